import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HealthLakeClient, ListFHIRImportJobsCommand, StartFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { assumeRole, CLIENT_CONFIG } from '../../../lambda/aws/credentials';
import { operatorFor } from '../../../lambda/aws/operator';
import { DATASTORE, JOB } from '../harness';

const START = new StartFHIRImportJobCommand({
  DatastoreId: DATASTORE,
  ClientToken: 't',
  InputDataConfig: { S3Uri: JOB.InputS3Uri },
  JobOutputDataConfig: { S3Configuration: { S3Uri: JOB.OutputS3Uri, KmsKeyId: JOB.OutputKmsKeyId } },
  DataAccessRoleArn: JOB.DataAccessRoleArn,
});
const CREDENTIALS = { accessKeyId: 'a', secretAccessKey: 's' };

let server: Server | undefined;
const sts = mockClient(STSClient);

afterEach(async () => {
  sts.reset();
  jest.restoreAllMocks();
  jest.useRealTimers();
  delete process.env.AWS_ENDPOINT_URL_HEALTHLAKE;
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});
afterAll(() => sts.restore());

/** Starts an HTTP server in place of HealthLake and returns its URL. */
async function healthlake(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the client aborts a call that gets no answer', async () => {
  const endpoint = await healthlake(() => undefined);
  const requestHandler = { ...CLIENT_CONFIG.requestHandler, requestTimeout: 50 };
  const client = new HealthLakeClient({ ...CLIENT_CONFIG, requestHandler, maxAttempts: 1, endpoint, region: 'eu-west-1', credentials: CREDENTIALS });
  await expect(client.send(new ListFHIRImportJobsCommand({ DatastoreId: DATASTORE }))).rejects.toMatchObject({ name: 'TimeoutError' });
  client.destroy();
});

test('the SDK does not retry StartFHIRImportJob, because the handler must describe the stack before each start', async () => {
  let requests = 0;
  process.env.AWS_REGION = 'eu-west-1';
  process.env.AWS_ENDPOINT_URL_HEALTHLAKE = await healthlake((_, response) => {
    requests += 1;
    response.writeHead(500, { 'x-amzn-errortype': 'InternalServerException' }).end('{}');
  });
  sts.on(AssumeRoleCommand).resolves({ Credentials: { AccessKeyId: 'a', SecretAccessKey: 's', SessionToken: 't', Expiration: new Date(Date.now() + 3_600_000) } });
  const { starter } = operatorFor('arn:aws:iam::123456789012:role/of-clients-test');
  await expect(starter.send(START)).rejects.toMatchObject({ name: 'InternalServerException' });
  expect(requests).toBe(1);
  starter.destroy();
});

test('the client gives up after 30 s if AssumeRole gets no answer', async () => {
  jest.useFakeTimers();
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), ms);
    return controller.signal;
  });
  sts.on(AssumeRoleCommand).callsFake(() => new Promise((_, reject) => {
    const { args } = sts.calls()[0] as unknown as { readonly args: [object, { readonly abortSignal?: AbortSignal }?] };
    args[1]?.abortSignal?.addEventListener('abort', () => reject(new Error('aborted')));
  }));
  let ended: unknown;
  assumeRole('arn:aws:iam::123456789012:role/x').catch((error) => {
    ended = error;
  });
  await jest.advanceTimersByTimeAsync(29_999);
  expect(ended).toBeUndefined();
  await jest.advanceTimersByTimeAsync(1);
  expect(ended).toEqual(new Error('aborted'));
});
