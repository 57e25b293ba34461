import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ServiceError } from '../../src/contract';
import { allow, ComputeHarness, eventually, isRunning } from '../compute-harness';

let aws: ComputeHarness;

beforeEach(async () => {
  aws = await ComputeHarness.start();
});
afterEach(async () => aws.stop());

const invoke = (arn: string, payload: unknown = {}) => aws.lambda.invoke(aws.iam.admin, arn, payload);

const PID = 'exports.handler = async () => process.pid;';

describe('permissions', () => {
  test('a role that does not trust Lambda is refused at the creation, and later at the invocation', async () => {
    const wrong = aws.role('wrong', 'ec2.amazonaws.com');
    await expect(aws.function('unassumable', PID, { Role: wrong })).rejects.toThrow('The role defined for the function cannot be assumed by Lambda.');

    const arn = await aws.function('distrusted', PID);
    aws.iam.roles.change('distrusted-role', { trustPolicy: aws.iam.roles.get('wrong').settings.latest.trustPolicy });
    await expect(invoke(arn)).rejects.toThrow(new ServiceError('AccessDeniedException', 'The role defined for the function cannot be assumed by Lambda.', 403));
  });

  test('a function may be invoked by whom an identity policy or a permission allows it', async () => {
    const arn = await aws.function('guarded', PID);
    const service = { arn: 'events.amazonaws.com', principalArn: 'events.amazonaws.com', accountId: '' };
    await expect(aws.lambda.invoke(service, arn, {})).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const properties = { FunctionName: arn, Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com' };
    const { physicalId } = await aws.create('AWS::Lambda::Permission', 'Permission', properties);
    expect((await aws.lambda.invoke(service, arn, {})).payload).toEqual(expect.any(Number));
    await aws.delete('AWS::Lambda::Permission', physicalId, properties);
    await expect(aws.lambda.invoke(service, arn, {})).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('a version is invoked by its own ARN, which a policy on the function alone does not cover', async () => {
    const arn = await aws.function('versioned', 'exports.handler = async (event, context) => context.functionVersion;');
    const version = await aws.create('AWS::Lambda::Version', 'Version', { FunctionName: 'versioned' });
    const alias = await aws.create('AWS::Lambda::Alias', 'Alias', { FunctionName: 'versioned', FunctionVersion: '1', Name: 'live' });
    expect(version.physicalId).toBe(`${arn}:1`);
    expect((await invoke(arn)).payload).toBe('$LATEST');
    expect((await invoke(version.physicalId)).payload).toBe('1');
    expect((await invoke(alias.physicalId)).payload).toBe('1');

    const session = async (name: string, resources: string[]) =>
      (await aws.iam.assumeRole({ service: 'states.amazonaws.com' }, aws.role(name, 'states.amazonaws.com', [allow('lambda:InvokeFunction', resources)]))).caller;
    const unqualifiedOnly = await session('unqualified-only', [arn]);
    await expect(aws.lambda.invoke(unqualifiedOnly, version.physicalId, {})).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect((await aws.lambda.invoke(await session('both', [arn, `${arn}:*`]), version.physicalId, {})).payload).toBe('1');
  });

  test('the log is written only if the role may, and what is lost is counted', async () => {
    const code = 'exports.handler = async () => { console.log("from the handler"); process.stdout.write("raw\\n"); console.error("two\\nlines"); };';
    const allowed = await aws.function('talking', code);
    const denied = await aws.function('muted', code, { Role: aws.role('muted-role', 'lambda.amazonaws.com') });
    await invoke(allowed);
    await invoke(denied);
    await eventually(() => aws.logs.events('/aws/lambda/talking').length === 3 && aws.lambda.droppedLogLines('muted') === 3);
    expect(aws.logs.events('/aws/lambda/talking').map((event) => event.message).sort()).toEqual([
      expect.stringMatching(/^\d{4}-\S+Z\t[0-9a-f-]{36}\tINFO\tfrom the handler$/),
      expect.stringMatching(/\tERROR\ttwo\nlines$/),
      'raw',
    ]);
    expect(aws.logs.hasGroup('/aws/lambda/muted')).toBe(false);
    expect(aws.lambda.droppedLogLines('talking')).toBe(0);
  });

  test('a function that says nothing has a log group too', async () => {
    await invoke(await aws.function('silent', PID));
    expect(aws.logs.groupNames()).toEqual(['/aws/lambda/silent']);
  });

  test('JSON logs obey the level', async () => {
    const code = 'exports.handler = async () => { console.log("hidden"); console.warn({ shown: 1 }); };';
    await invoke(await aws.function('json', code, { LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'WARN', LogGroup: 'json' } }));
    expect(aws.logs.events('json').map((event) => JSON.parse(event.message))).toEqual([expect.objectContaining({ level: 'WARN', message: { shown: 1 } })]);
  });
});

describe('faults', () => {
  test('the service fails, the process is killed, the event is run twice', async () => {
    const arn = await aws.function('faulty', 'exports.handler = async () => { console.log("ran"); await new Promise(r => setTimeout(r, 300)); return "done"; };');
    aws.lambda.beforeInvoke = ({ count }) => [
      { error: new ServiceError('ServiceException', 'Internal service error', 500) },
      { killAfterMs: 100 },
      { twice: true },
    ][count - 1];
    await expect(invoke(arn)).rejects.toMatchObject({ name: 'ServiceException' });
    expect((await invoke(arn)).payload).toMatchObject({ errorMessage: expect.stringContaining('Runtime exited with error: signal: killed') });
    expect((await invoke(arn)).payload).toBe('done');
    expect(aws.logs.events('/aws/lambda/faulty').filter(({ message }) => message.endsWith('ran'))).toHaveLength(3);
    expect(aws.logs.streamNames('/aws/lambda/faulty')).toHaveLength(3);
  });

  test('killEnvironments ends an event in the middle', async () => {
    const arn = await aws.function('killed', 'exports.handler = async () => { console.log("begun"); await new Promise(r => setTimeout(r, 60000)); };', { Timeout: 90 });
    const running = invoke(arn);
    await eventually(() => aws.logs.events('/aws/lambda/killed').length === 1);
    await aws.lambda.killEnvironments('killed');
    expect((await running).payload).toMatchObject({ errorType: 'Runtime.ExitError' });
  });

  test('a killed parent leaves no child', async () => {
    const parent = join(__dirname, 'abandoning-parent.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', parent]).catch((error) => error);
    const [pid, directory] = stdout.split(' ');
    expect(Number(pid)).toBeGreaterThan(0);
    await eventually(() => !isRunning(Number(pid)) && !existsSync(directory));
  });
});
