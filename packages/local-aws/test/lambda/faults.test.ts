import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Fault } from '../../../local-healthlake/src/http/router';
import { allow, eventually, Foundation, isRunning, policy, trust } from '../foundation';

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start();
});
afterEach(() => aws.close());

/** The code of a handler that logs its process id and never answers. */
const STUCK = 'exports.handler = async () => { console.log(process.pid); await new Promise(r => setTimeout(r, 60000)); };';

/** The code of a handler that answers with its process id. */
const PID = 'exports.handler = async () => process.pid;';

const EXIT_ERROR = { functionError: 'Unhandled', payload: { errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/signal: killed$/) } };
const SERVICE_ERROR = { name: 'ServiceException', message: 'Internal service error', status: 500 };

/** A trust policy that doesn't allow Lambda to assume the role. A running process of the function continues, but Lambda cannot start another one. */
const NO_TRUST = policy(trust({ Service: 'glue.amazonaws.com' }));

const invoke = (arn: string, payload: unknown = {}) => aws.lambda.invoke(aws.iam.admin, arn, payload);

/** Invokes a function that never answers. Returns its ARN, the promise of the invocation and its process id. */
async function stuck(name: string, properties: Record<string, unknown> = {}) {
  const arn = await aws.function(name, STUCK, properties);
  const answer = invoke(arn);
  answer.catch(() => undefined);
  const log = () => aws.logs.events(`/aws/lambda/${name}`);
  await eventually(() => log().length === 1);
  return { arn, answer, pid: Number(log()[0].message.split('\t')[3]) };
}

describe('killAfterMs', () => {
  test.each([[undefined], ['function-error'] as const])('makes the invocation return a function error (killAnswer: %s)', async (killAnswer) => {
    const arn = await aws.function('killed', 'exports.handler = async () => { await new Promise(r => setTimeout(r, 5000)); };');
    aws.lambda.beforeInvoke = () => ({ killAfterMs: 50, killAnswer });
    expect(await invoke(arn)).toEqual(EXIT_ERROR);
  });
});

describe('killEnvironments', () => {
  test('makes a running invocation return a function error', async () => {
    const { answer } = await stuck('lost');
    await aws.lambda.killEnvironments('lost');
    expect(await answer).toEqual(EXIT_ERROR);
  });

  test('can make a running invocation fail with a service error; the next invocation starts a new process', async () => {
    const { arn, answer, pid } = await stuck('lost');
    await aws.lambda.killEnvironments('lost', 'service-error');
    await expect(answer).rejects.toMatchObject(SERVICE_ERROR);
    expect(isRunning(pid)).toBe(false);
    const again = invoke(arn);
    await eventually(() => aws.logs.events('/aws/lambda/lost').length === 2);
    await aws.lambda.killEnvironments('lost');
    expect(await again).toEqual(EXIT_ERROR);
  });

  test('makes the API answer with a 500 status that the SDK retries', async () => {
    const client = aws.lambdaClient(2);
    await aws.function('wired', 'exports.handler = async () => { await new Promise(r => setTimeout(r, 300)); };');
    aws.lambda.beforeInvoke = ({ count }) => count === 1 ? { killAfterMs: 0, killAnswer: 'service-error' } : undefined;
    const { FunctionError, StatusCode } = await client.send(new InvokeCommand({ FunctionName: 'wired' }));
    expect([FunctionError, StatusCode]).toEqual([undefined, 200]);
    expect(aws.router.requests.of('lambda', 'Invoke').map(({ status }) => status)).toEqual([500, 200]);
  });

  test('kills the processes of one function or of all functions', async () => {
    const [one, other] = [await stuck('one'), await stuck('other')];
    await aws.lambda.killEnvironments('one', 'service-error');
    await expect(one.answer).rejects.toMatchObject(SERVICE_ERROR);
    expect(isRunning(other.pid)).toBe(true);
    await aws.lambda.killEnvironments(undefined, 'service-error');
    await expect(other.answer).rejects.toMatchObject(SERVICE_ERROR);
  });

  test('kills a process that still runs the old code of an updated function', async () => {
    const Role = aws.functionRole('updated-role');
    const { answer } = await stuck('updated', { Role });
    const properties = { FunctionName: 'updated', Runtime: 'nodejs22.x', Handler: 'index.handler', Role };
    await aws.updateResource('AWS::Lambda::Function', 'updated', { ...properties, Code: { ZipFile: STUCK } }, { ...properties, Code: { ZipFile: PID } });
    await aws.lambda.killEnvironments('updated', 'service-error');
    await expect(answer).rejects.toMatchObject(SERVICE_ERROR);
  });

  test('ends an idle process at once: an invocation during the call starts a new process', async () => {
    const arn = await aws.function('idle', PID);
    const { payload: pid } = await invoke(arn);
    const gone = aws.lambda.killEnvironments('idle', 'service-error');
    const { payload, functionError } = await invoke(arn);
    expect([functionError, payload === pid]).toEqual([undefined, false]);
    await gone;
  });

  test('throws for an unknown function', async () => {
    await expect(aws.lambda.killEnvironments('nobody')).rejects.toThrow('Function not found: nobody');
  });
});

test('an invocation that runs twice returns the answer of the first run, even if the second run fails', async () => {
  const arn = await aws.function('twice', 'exports.handler = async () => { await new Promise(r => setTimeout(r, 50)); return "done"; };');
  await invoke(arn);
  aws.lambda.beforeInvoke = () => ({ twice: true });
  await aws.iam.changeRole('twice-role', () => ({ trustPolicy: NO_TRUST }));
  expect(await invoke(arn)).toEqual({ payload: 'done' });
});

describe('`faults.hook`', () => {
  /** The code of a handler that logs its process id, calls another function, and logs again. */
  const CALLING = `
    const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda');
    exports.handler = async () => {
      console.log(process.pid);
      await new LambdaClient({}).send(new InvokeCommand({ FunctionName: 'target' }));
      console.log('survived');
    };`;

  const messages = (name: string) => aws.logs.events(`/aws/lambda/${name}`).map(({ message }) => message.split('\t')[3]);

  test.each([
    ['reset-before', 'function-error', []],
    ['reset-before', 'service-error', []],
    ['reset-after', 'function-error', ['reached']],
    ['reset-after', 'service-error', ['reached']],
  ] as const)('can kill a function while the function sends a request (fault: %s, response: %s)', async (kind, answer, reached) => {
    const target = await aws.function('target', 'exports.handler = async () => console.log("reached");');
    const arn = await aws.function('calling', CALLING, { Role: aws.functionRole('calling-role', [allow('lambda:InvokeFunction', target)]) });
    aws.router.faults.hook = (service, operation, { callerArn }): Fault | undefined => {
      if (service !== 'lambda' || operation !== 'Invoke' || !callerArn?.endsWith('assumed-role/calling-role/calling')) {
        return undefined;
      }
      void aws.lambda.killEnvironments('calling', answer);
      return { kind };
    };
    const outcome = invoke(arn);
    if (answer === 'function-error') {
      expect(await outcome).toEqual(EXIT_ERROR);
    } else {
      await expect(outcome).rejects.toMatchObject(SERVICE_ERROR);
    }
    await eventually(() => aws.router.requests.of('lambda', 'Invoke').length === 1);
    expect(aws.router.requests.of('lambda', 'Invoke').map(({ status, fault }) => [status, fault])).toEqual([[undefined, kind]]);
    expect(messages('target')).toEqual(reached);
    const [pid, ...more] = messages('calling');
    expect([isRunning(Number(pid)), more]).toEqual([false, []]);
  });
});
