import {
  UpdateFunctionCodeCommand, UpdateFunctionConfigurationCommand, waitUntilFunctionUpdatedV2, type LambdaClient,
} from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { Foundation, putObject } from '../foundation';

let aws: Foundation;
let client: LambdaClient;

beforeEach(async () => {
  aws = await Foundation.start();
  client = aws.lambdaClient();
});
afterEach(() => aws.close());

const handler = (text: string) => `exports.handler = async () => "${text} " + process.env.STAGE;`;
const zip = (text: string) => zipSync({ 'index.js': Buffer.from(handler(text)) });
const FunctionName = 'changed';

async function answer(): Promise<unknown> {
  return (await aws.lambda.invoke(aws.iam.admin, FunctionName, {})).payload;
}

test('UpdateFunctionCode replaces the code by a zip file or an S3 object, and keeps the environment variables', async () => {
  await aws.function(FunctionName, handler('one'), { Environment: { Variables: { STAGE: 'a' } } });
  expect(await answer()).toBe('one a');
  const configuration = await client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip('two') }));
  expect(configuration).toMatchObject({ FunctionName, LastUpdateStatus: 'Successful' });
  expect(await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 5 }, { FunctionName })).toMatchObject({ state: 'SUCCESS' });
  expect(await answer()).toBe('two a');
  putObject(aws.local, 'code', 'three.zip', Buffer.from(zip('three')));
  await client.send(new UpdateFunctionCodeCommand({ FunctionName, S3Bucket: 'code', S3Key: 'three.zip' }));
  expect(await answer()).toBe('three a');
});

test('UpdateFunctionConfiguration replaces the environment variables and keeps the code', async () => {
  await aws.function(FunctionName, handler('one'));
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description: 'new', Environment: { Variables: { STAGE: 'b' } } }));
  expect(await answer()).toBe('one b');
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description: 'newer' }));
  expect(await answer()).toBe('one b');
});

test('Lambda refuses an update of a missing function, an update without code, and an update of a setting that is not emulated', async () => {
  await expect(client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip('two') }))).rejects.toThrow('Function not found: changed');
  await aws.function(FunctionName, handler('one'));
  await expect(client.send(new UpdateFunctionCodeCommand({ FunctionName }))).rejects.toThrow('Please provide a source for function code.');
  await expect(client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 5 }))).rejects.toThrow('Timeout isn\'t emulated');
});
