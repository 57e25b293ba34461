import { existsSync } from 'node:fs';
import { GetFunctionCommand, InvokeCommand, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { expectNothingRemains } from './abandoned-function';
import { allow, eventually, Foundation, isRunning, REGION } from '../foundation';

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start();
});
afterEach(() => aws.close());

const invoke = (arn: string, payload: unknown = {}) => aws.lambda.invoke(aws.iam.admin, arn, payload);

/** The code of a handler that answers with its process id after `ms` milliseconds. */
const PID = 'exports.handler = async ({ ms }) => { await new Promise(r => setTimeout(r, ms ?? 0)); return process.pid; };';

describe('Lambda', () => {
  test('records the start, the end and the memory size of each invocation', async () => {
    const arn = await aws.function('noted', PID, { MemorySize: 256 });
    const before = aws.clock.now();
    const running = invoke(arn, { ms: 200 });
    await eventually(() => aws.lambda.invocations.length === 1);
    expect(aws.lambda.invocations).toEqual([{ functionName: 'noted', memoryInMB: 256, startedAt: expect.any(Number) }]);
    await running;
    const [{ startedAt, endedAt }] = aws.lambda.invocations;
    expect(startedAt).toBeGreaterThanOrEqual(before);
    expect(endedAt! - startedAt).toBeGreaterThanOrEqual(200);
    expect(endedAt).toBeLessThanOrEqual(aws.clock.now());
  });

  test('runs concurrent invocations in separate environments', async () => {
    const arn = await aws.function('two', PID);
    const answers = await Promise.all([invoke(arn, { ms: 200 }), invoke(arn, { ms: 200 })]);
    expect(new Set(answers.map(({ payload }) => payload)).size).toBe(2);
  });

  test('runs at most ten environments and queues further invocations', async () => {
    const arn = await aws.function('many', PID);
    const answers = await Promise.all(Array.from({ length: 13 }, () => invoke(arn, { ms: 400 })));
    expect(new Set(answers.map(({ payload }) => payload)).size).toBe(10);
  });

  test('completes running invocations with the old code after an update of the function', async () => {
    const role = aws.functionRole('updated-role');
    const oldCode = 'exports.handler = async ({ ms }) => { await new Promise(r => setTimeout(r, ms ?? 0)); return [process.pid, "old"]; };';
    const arn = await aws.function('updated', oldCode, { Role: role });
    const [oldPid] = (await invoke(arn)).payload as [number, string];
    const running = invoke(arn, { ms: 200 });
    const properties = { FunctionName: 'updated', Runtime: 'nodejs22.x', Handler: 'index.handler', Role: role };
    const result = await aws.updateResource('AWS::Lambda::Function', 'updated',
      { ...properties, Code: { ZipFile: '' } },
      { ...properties, Code: { ZipFile: 'exports.handler = async () => [process.pid, "new"];' } });
    expect(result).toEqual({ physicalId: 'updated', attributes: { Arn: arn } });
    const [pid, code] = (await invoke(arn)).payload as [number, string];
    expect(code).toBe('new');
    expect(pid).not.toBe(oldPid);
    expect((await running).payload).toEqual([oldPid, 'old']);
    await eventually(() => !isRunning(oldPid));
  });

  test('leaves no process and no directory if Lambda is closed during an invocation', async () => {
    const arn = await aws.function('closing', `exports.handler = async ({ ms }) => {
      if (ms > 0) console.log('begun');
      await new Promise(r => setTimeout(r, ms));
      return [process.pid, __dirname];
    };`);
    const [pid, directory] = (await invoke(arn, { ms: 0 })).payload as [number, string];
    expect(existsSync(directory)).toBe(true);
    const cutOff = invoke(arn, { ms: 60_000 });
    await eventually(() => aws.logs.events('/aws/lambda/closing').length === 1);
    await aws.lambda.close();
    expect((await cutOff).payload).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(directory)).toBe(false);
  });
});

test('no function process and no directory remains after the parent process is killed', async () => {
  await expectNothingRemains('nodejs22.x');
});

describe('the results of a function', () => {
  test('a handler may return its result through a callback, or return nothing', async () => {
    const callback = await aws.function('callback', 'exports.handler = (event, context, callback) => setTimeout(() => callback(null, { got: event.a }), 5);');
    const nothing = await aws.function('nothing', 'exports.handler = async () => {};');
    const synchronous = await aws.function('synchronous', 'exports.handler = () => {};');
    expect(await invoke(callback, { a: 1 })).toEqual({ payload: { got: 1 } });
    expect(await invoke(nothing)).toEqual({ payload: null });
    expect(await invoke(synchronous)).toEqual({ payload: null });
  });

  test('the result of a failed invocation contains the type, the message and the stack trace of the error', async () => {
    const arn = await aws.function('throwing', 'exports.handler = async () => { const e = new Error("bad day"); e.name = "BadDay"; throw e; };');
    const { payload, functionError } = await invoke(arn);
    expect(functionError).toBe('Unhandled');
    expect(payload).toEqual({ errorType: 'BadDay', errorMessage: 'bad day', trace: expect.any(Array) });
    expect((payload as { trace: string[] }).trace).toEqual(expect.arrayContaining([expect.stringMatching(/: bad day$/), expect.stringMatching(/^ {4}at .*index\.js/)]));
  });

  test('an environment is reused after an error, but not after a crash', async () => {
    const arn = await aws.function('fragile', `
      exports.handler = async ({ how }) => {
        if (how === 'throw') throw new Error('no');
        if (how === 'exit') process.exit(3);
        if (how === 'async') { setTimeout(() => { throw new TypeError('later'); }, 1); await new Promise(() => {}); }
        return process.pid;
      };`);
    const { payload: pid } = await invoke(arn);
    await invoke(arn, { how: 'throw' });
    expect((await invoke(arn)).payload).toBe(pid);
    expect(await invoke(arn, { how: 'exit' })).toEqual({
      functionError: 'Unhandled',
      payload: { errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 3$/) },
    });
    expect((await invoke(arn, { how: 'async' })).payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'later' });
    const { payload: newPid, functionError } = await invoke(arn);
    expect(functionError).toBeUndefined();
    expect(newPid).not.toBe(pid);
  });

  test('the result is a timeout error if the function is killed after its timeout', async () => {
    await aws.close();
    aws = await Foundation.start({ timeScale: 3 });
    const arn = await aws.function('slow', 'exports.handler = async ({ pid }) => { if (pid) return process.pid; for (;;); };', { Timeout: 1 });
    const { payload: pid } = await invoke(arn, { pid: true });
    expect(await invoke(arn)).toEqual({
      functionError: 'Unhandled',
      payload: { errorType: 'Sandbox.Timedout', errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/) },
    });
    expect(isRunning(pid as number)).toBe(false);
    expect(aws.logs.events('/aws/lambda/slow').map((event) => event.message)).toEqual([expect.stringContaining('Task timed out after 1.00 seconds')]);
    expect((await invoke(arn, { pid: true })).payload).not.toBe(pid);
  });

  test.each([
    ['index.missing', {}, 'Runtime.HandlerNotFound'],
    ['other.handler', {}, 'Runtime.ImportModuleError'],
    ['index.handler', { 'index.js': 'this is no JavaScript' }, 'Runtime.UserCodeSyntaxError'],
    ['index.handler', { 'index.js': 'throw new RangeError("at load")' }, 'RangeError'],
  ])('the handler %s with the files %j fails to load with the error %s', async (handler, files, errorType) => {
    const arn = await aws.function('unloadable', { 'index.js': 'exports.handler = async () => 1;', ...files }, { Handler: handler });
    const { payload, functionError } = await invoke(arn);
    expect(functionError).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType });
  });
});

test('a function with an unsupported runtime can be created but not invoked', async () => {
  const arn = await aws.function('gem', 'def handler(event:, context:); end', { Runtime: 'ruby3.4' });
  await expect(invoke(arn)).rejects.toThrow('runtime ruby3.4 of function gem can\'t be run by the local AWS, use nodejs or python');
});

describe('a function', () => {
  test('receives its context and its own environment variables; of the machine\'s variables it receives only PATH', async () => {
    process.env.LOCAL_SECRET = 'not for functions';
    const arn = await aws.function('seeing', `
      exports.handler = async (event, context) => ({ context, remaining: context.getRemainingTimeInMillis(), env: process.env, cwd: process.cwd() });`, {
      Timeout: 20, MemorySize: 256, Environment: { Variables: { MINE: 'yes' } }, LoggingConfig: { LogGroup: 'my-group' },
    });
    const { context, remaining, env, cwd } = (await invoke(arn)).payload as Record<string, any>;
    delete process.env.LOCAL_SECRET;
    expect(context).toMatchObject({
      functionName: 'seeing',
      functionVersion: '$LATEST',
      invokedFunctionArn: arn,
      memoryLimitInMB: '256',
      logGroupName: 'my-group',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    });
    expect(remaining).toBeGreaterThan(15_000);
    expect(remaining).toBeLessThanOrEqual(20_000);
    expect(env).toMatchObject({
      MINE: 'yes',
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: aws.environment.endpoint(),
      AWS_LAMBDA_FUNCTION_NAME: 'seeing',
      AWS_LAMBDA_LOG_GROUP_NAME: 'my-group',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      PATH: process.env.PATH,
      LAMBDA_TASK_ROOT: cwd,
    });
    expect(Object.keys(env).filter((name) => !/^(AWS_|NODE_|LAMBDA_|_HANDLER$|MINE$|PATH$|HOME$|TZ$)/.test(name))).toEqual([]);
  });

  test('logs process warnings, except the warning of the SDK about the Node.js version', async () => {
    const arn = await aws.function('warned', `
      new (require('@aws-sdk/client-lambda').LambdaClient)({});
      exports.handler = async () => process.emitWarning('mind this');`);
    await invoke(arn);
    await aws.lambda.killEnvironments('warned');
    const log = aws.logs.events('/aws/lambda/warned').map(({ message }) => message).join('\n');
    expect(log).toContain('Warning: mind this');
    expect(log).not.toContain('NodeVersionSupportWarning');
  });

  test('calls AWS with the SDK of the runtime, in a session of its role', async () => {
    const target = await aws.function('target', 'exports.handler = async () => "reached";');
    const role = aws.functionRole('calling-role', [allow('lambda:InvokeFunction', target)]);
    const arn = await aws.function('calling', `
      const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda');
      exports.handler = async ({ name }) => new LambdaClient({}).send(new InvokeCommand({ FunctionName: name })).then(
        ({ Payload }) => Buffer.from(Payload).toString(), ({ name, message }) => ({ name, message }));`, { Role: role, Timeout: 10 });
    expect((await invoke(arn, { name: 'target' })).payload).toBe('"reached"');
    expect((await invoke(arn, { name: 'calling' })).payload).toEqual({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::123456789012:assumed-role/calling-role/calling is not authorized to perform: lambda:InvokeFunction on resource: ${arn} `
        + 'because no identity-based policy allows the lambda:InvokeFunction action',
    });
  });
});

describe('the Lambda API', () => {
  test('responds to Invoke and GetFunction', async () => {
    const client = aws.lambdaClient();
    const arn = await aws.function('wired', 'exports.handler = async event => { if (event.fail) throw new Error("failed"); return event; };');
    const call = async (FunctionName: string, payload: object, InvocationType?: 'Event' | 'DryRun') => {
      const command = new InvokeCommand({ FunctionName, InvocationType, Payload: JSON.stringify(payload) });
      const { Payload, FunctionError, StatusCode } = await client.send(command);
      return { FunctionError, StatusCode, text: Buffer.from(Payload ?? []).toString() };
    };
    expect(await call(arn, { a: 'é' })).toEqual({ FunctionError: undefined, StatusCode: 200, text: '{"a":"é"}' });
    expect(await call('wired', { fail: true })).toMatchObject({ FunctionError: 'Unhandled', text: expect.stringContaining('"errorMessage":"failed"') });
    expect(await call(arn, {}, 'Event')).toMatchObject({ StatusCode: 202 });
    await expect(call(arn, {}, 'DryRun')).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    for (const name of ['missing', `${arn}:1`]) {
      await expect(call(name, {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
    await aws.createResource('AWS::Lambda::Version', { FunctionName: 'wired' });
    const version = await client.send(new GetFunctionCommand({ FunctionName: 'wired', Qualifier: '1' }));
    expect(version.Configuration).toMatchObject({ FunctionArn: `${arn}:1`, Version: '1' });
    const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: arn }));
    expect(Configuration).toMatchObject({ FunctionArn: arn, State: 'Active', LastUpdateStatus: 'Successful' });
    expect(await waitUntilFunctionActiveV2({ client, maxWaitTime: 5 }, { FunctionName: arn })).toMatchObject({ state: 'SUCCESS' });
  });
});
