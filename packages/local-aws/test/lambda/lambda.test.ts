import { existsSync } from 'node:fs';
import { GetFunctionCommand, InvokeCommand, LambdaClient, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { allow, ComputeHarness, eventually, isRunning } from '../compute-harness';

let aws: ComputeHarness;

beforeEach(async () => {
  aws = await ComputeHarness.start();
});
afterEach(async () => aws.stop());

const invoke = (arn: string, payload: unknown = {}) => aws.lambda.invoke(aws.iam.admin, arn, payload);

/** A handler that answers with its process id, after holding on for the event's milliseconds. */
const PID = 'exports.handler = async ({ ms }) => { await new Promise(r => setTimeout(r, ms ?? 0)); return process.pid; };';

describe('execution environments', () => {
  test('a warm one is used again', async () => {
    const arn = await aws.function('warm', PID);
    expect((await invoke(arn)).payload).toBe((await invoke(arn)).payload);
  });

  test('each run is written down, by the clock, with the memory that it had', async () => {
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

  test('a second event at the same time gets its own', async () => {
    const arn = await aws.function('two', PID);
    const answers = await Promise.all([invoke(arn, { ms: 200 }), invoke(arn, { ms: 200 })]);
    expect(new Set(answers.map(({ payload }) => payload)).size).toBe(2);
  });

  test('at most ten run; the others wait their turn', async () => {
    const arn = await aws.function('many', PID);
    const answers = await Promise.all(Array.from({ length: 13 }, () => invoke(arn, { ms: 400 })));
    expect(new Set(answers.map(({ payload }) => payload)).size).toBe(10);
  });

  test('an idle one that was killed is not used again', async () => {
    const arn = await aws.function('idle', PID);
    const { payload: pid } = await invoke(arn);
    await aws.lambda.killEnvironments('idle');
    const { payload, functionError } = await invoke(arn);
    expect(functionError).toBeUndefined();
    expect(payload).not.toBe(pid);
  });

  test('an update of the code replaces them, running events end on the old code', async () => {
    const role = aws.functionRole('updated-role');
    const oldCode = 'exports.handler = async ({ ms }) => { await new Promise(r => setTimeout(r, ms ?? 0)); return [process.pid, "old"]; };';
    const arn = await aws.function('updated', oldCode, { Role: role });
    const [oldPid] = (await invoke(arn)).payload as [number, string];
    const running = invoke(arn, { ms: 200 });
    const properties = { FunctionName: 'updated', Runtime: 'nodejs22.x', Handler: 'index.handler', Role: role };
    const result = await aws.update('AWS::Lambda::Function', 'updated',
      { ...properties, Code: aws.codeProperty('updated', 'exports.handler = async () => [process.pid, "new"];') },
      { ...properties, Code: { ZipFile: '' } });
    expect(result).toEqual({ physicalId: 'updated', attributes: { Arn: arn } });
    const [pid, code] = (await invoke(arn)).payload as [number, string];
    expect(code).toBe('new');
    expect(pid).not.toBe(oldPid);
    expect((await running).payload).toEqual([oldPid, 'old']);
    await eventually(() => !isRunning(oldPid));
  });

  test('nothing is left when Lambda is closed, even in the middle of an event', async () => {
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

describe('answers', () => {
  test('of callbacks, of synchronous handlers, and of handlers that return nothing', async () => {
    const callback = await aws.function('callback', 'exports.handler = (event, context, callback) => setTimeout(() => callback(null, { got: event.a }), 5);');
    const nothing = await aws.function('nothing', 'exports.handler = async () => {};');
    const synchronous = await aws.function('synchronous', 'exports.handler = () => {};');
    expect(await invoke(callback, { a: 1 })).toEqual({ payload: { got: 1 } });
    expect(await invoke(nothing)).toEqual({ payload: null });
    expect(await invoke(synchronous)).toEqual({ payload: null });
  });

  test('an error of the function has type, message and trace', async () => {
    const arn = await aws.function('throwing', 'exports.handler = async () => { const e = new Error("bad day"); e.name = "BadDay"; throw e; };');
    const { payload, functionError } = await invoke(arn);
    expect(functionError).toBe('Unhandled');
    expect(payload).toEqual({ errorType: 'BadDay', errorMessage: 'bad day', trace: expect.any(Array) });
    expect((payload as { trace: string[] }).trace).toEqual(expect.arrayContaining([expect.stringMatching(/: bad day$/), expect.stringMatching(/^ {4}at .*index\.js/)]));
  });

  test('an error keeps the environment warm, a crash does not', async () => {
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

  test('a function past its timeout is killed', async () => {
    await aws.stop();
    aws = await ComputeHarness.start(3);
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
  ])('%s of %j can not be loaded: %s', async (handler, files, errorType) => {
    const arn = await aws.function('unloadable', { 'index.js': 'exports.handler = async () => 1;', ...files }, { Handler: handler });
    const { payload, functionError } = await invoke(arn);
    expect(functionError).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType });
  });
});

test('a function of another runtime can be created, but not run', async () => {
  const arn = await aws.function('snake', 'def handler(event, context): pass', { Runtime: 'python3.13' });
  await expect(invoke(arn)).rejects.toThrow('runtime python3.13 of function snake can\'t be run here, only nodejs can');
});

describe('what a function sees', () => {
  test('its context, its own variables, and nothing else of the machine than PATH', async () => {
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
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: aws.env.endpoint(),
      AWS_LAMBDA_FUNCTION_NAME: 'seeing',
      AWS_LAMBDA_LOG_GROUP_NAME: 'my-group',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      PATH: process.env.PATH,
      LAMBDA_TASK_ROOT: cwd,
    });
    expect(Object.keys(env).filter((name) => !/^(AWS_|NODE_|LAMBDA_|_HANDLER$|MINE$|PATH$|HOME$|TZ$)/.test(name))).toEqual([]);
  });

  test('no warning of the SDK about the Node.js of this machine, but all others', async () => {
    const arn = await aws.function('warned', `
      new (require('@aws-sdk/client-lambda').LambdaClient)({});
      exports.handler = async () => process.emitWarning('mind this');`);
    await invoke(arn);
    await aws.lambda.killEnvironments('warned');
    const log = aws.logs.events('/aws/lambda/warned').map(({ message }) => message).join('\n');
    expect(log).toContain('Warning: mind this');
    expect(log).not.toContain('NodeVersionSupportWarning');
  });

  test('calls AWS as a session of its role, with the SDK that the runtime brings', async () => {
    const target = await aws.function('target', 'exports.handler = async () => "reached";');
    const role = aws.functionRole('calling-role', [allow('lambda:InvokeFunction', target)]);
    const arn = await aws.function('calling', `
      const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda');
      exports.handler = async ({ name }) => new LambdaClient({}).send(new InvokeCommand({ FunctionName: name })).then(
        ({ Payload }) => Buffer.from(Payload).toString(), ({ name, message }) => ({ name, message }));`, { Role: role, Timeout: 10 });
    expect((await invoke(arn, { name: 'target' })).payload).toBe('"reached"');
    expect((await invoke(arn, { name: 'calling' })).payload).toEqual({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::111122223333:assumed-role/calling-role/calling is not authorized to perform: lambda:InvokeFunction on resource: ${arn} `
        + 'because no identity-based policy allows the lambda:InvokeFunction action',
    });
  });
});

describe('the wire', () => {
  test('Invoke, function errors by header, GetFunction', async () => {
    const client = new LambdaClient(aws.clientConfig);
    const arn = await aws.function('wired', 'exports.handler = async event => { if (event.fail) throw new Error("failed"); return event; };');
    const call = async (FunctionName: string, payload: object, InvocationType?: 'Event' | 'DryRun') => {
      const command = new InvokeCommand({ FunctionName, InvocationType, Payload: JSON.stringify(payload) });
      const { Payload, FunctionError, StatusCode } = await client.send(command);
      return { FunctionError, StatusCode, text: Buffer.from(Payload ?? []).toString() };
    };
    expect(await call(arn, { a: 'é' })).toEqual({ FunctionError: undefined, StatusCode: 200, text: '{"a":"é"}' });
    expect(await call('wired', { fail: true })).toMatchObject({ FunctionError: 'Unhandled', text: expect.stringContaining('"errorMessage":"failed"') });
    expect(await call(arn, {}, 'Event')).toMatchObject({ StatusCode: 202 });
    expect(await call(arn, {}, 'DryRun')).toMatchObject({ StatusCode: 204 });
    await expect(call('missing', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: arn }));
    expect(Configuration).toMatchObject({ FunctionArn: arn, State: 'Active', LastUpdateStatus: 'Successful' });
    expect(await waitUntilFunctionActiveV2({ client, maxWaitTime: 5 }, { FunctionName: arn })).toMatchObject({ state: 'SUCCESS' });
    client.destroy();
  });
});
