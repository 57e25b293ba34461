import { ServiceError } from '../../src/contract';
import { allow, eventually, Foundation } from '../foundation';

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start();
});
afterEach(() => aws.close());

const invoke = (arn: string) => aws.lambda.invoke(aws.iam.admin, arn, {});

const PID = 'exports.handler = async () => process.pid;';

test('a function with a role that does not trust Lambda can be neither created nor invoked', async () => {
  const wrong = aws.role('wrong', 'ec2.amazonaws.com');
  await expect(aws.function('unassumable', PID, { Role: wrong })).rejects.toThrow('The role defined for the function cannot be assumed by Lambda.');

  const arn = await aws.function('distrusted', PID);
  aws.iam.roles.change('distrusted-role', { trustPolicy: aws.iam.roles.get('wrong').settings.latest.trustPolicy });
  await expect(invoke(arn)).rejects.toThrow(new ServiceError('AccessDeniedException', 'The role defined for the function cannot be assumed by Lambda.', 403));
});

test('a service can invoke a function only while a permission of the function allows the service', async () => {
  const arn = await aws.function('guarded', PID);
  const service = { arn: 'events.amazonaws.com', principalArn: 'events.amazonaws.com', accountId: '' };
  await expect(aws.lambda.invoke(service, arn, {})).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const properties = { FunctionName: arn, Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com' };
  const { physicalId } = await aws.createResource('AWS::Lambda::Permission', properties);
  expect((await aws.lambda.invoke(service, arn, {})).payload).toEqual(expect.any(Number));
  await aws.deleteResource('AWS::Lambda::Permission', physicalId, properties);
  await expect(aws.lambda.invoke(service, arn, {})).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('invoking a version needs permission for the ARN of the version', async () => {
  const arn = await aws.function('versioned', 'exports.handler = async (event, context) => context.functionVersion;');
  const { physicalId } = await aws.createResource('AWS::Lambda::Version', { FunctionName: 'versioned' });
  expect(physicalId).toBe(`${arn}:1`);
  expect((await invoke(arn)).payload).toBe('$LATEST');
  expect((await invoke(physicalId)).payload).toBe('1');

  const { caller: limited } = await aws.sessionWith('unqualified-only', [allow('lambda:InvokeFunction', arn)]);
  await expect(aws.lambda.invoke(limited, physicalId, {})).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const { caller: both } = await aws.sessionWith('both', [allow('lambda:InvokeFunction', [arn, `${arn}:*`])]);
  expect((await aws.lambda.invoke(both, physicalId, {})).payload).toBe('1');

  await aws.deleteResource('AWS::Lambda::Version', physicalId);
  await expect(invoke(physicalId)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect((await invoke(arn)).payload).toBe('$LATEST');
});

test('a function writes its log only if its role allows logging', async () => {
  const code = 'exports.handler = async () => { console.log("from the handler"); process.stdout.write("raw\\n"); console.error("two\\nlines"); };';
  await invoke(await aws.function('muted', code, { Role: aws.role('muted-role', 'lambda.amazonaws.com') }));
  await invoke(await aws.function('talking', code));
  await eventually(() => aws.logs.events('/aws/lambda/talking').length === 3);
  expect(aws.logs.events('/aws/lambda/talking').map((event) => event.message).sort()).toEqual([
    expect.stringMatching(/^\d{4}-\S+Z\t[0-9a-f-]{36}\tINFO\tfrom the handler$/),
    expect.stringMatching(/\tERROR\ttwo\nlines$/),
    'raw',
  ]);
  expect(aws.logs.groupNames()).toEqual(['/aws/lambda/talking']);
});

test('even a function that logs nothing has a log group', async () => {
  await invoke(await aws.function('silent', PID));
  expect(aws.logs.groupNames()).toEqual(['/aws/lambda/silent']);
});

test('a function drops JSON logs below its log level', async () => {
  const code = 'exports.handler = async () => { console.log("hidden"); console.warn({ shown: 1 }); };';
  await invoke(await aws.function('json', code, { LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'WARN', LogGroup: 'json' } }));
  expect(aws.logs.events('json').map((event) => JSON.parse(event.message))).toEqual([expect.objectContaining({ level: 'WARN', message: { shown: 1 } })]);
});
