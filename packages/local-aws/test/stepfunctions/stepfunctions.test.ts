import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ServiceError } from '../../src/contract';
import type { Execution } from '../../src/stepfunctions/stepfunctions';
import { ACCOUNT, allow, eventually, Foundation, REGION } from '../foundation';

const SCALE = 100;

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start({ timeScale: SCALE });
});
afterEach(() => aws.close());

async function stateMachine(states: Record<string, object>, statements = [allow('lambda:InvokeFunction', '*')], name = 'machine'): Promise<string> {
  const RoleArn = aws.role(`${name}-role`, 'states.amazonaws.com', statements);
  const DefinitionString = JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
  return (await aws.createResource('AWS::StepFunctions::StateMachine', { StateMachineName: name, DefinitionString, RoleArn })).physicalId;
}

async function run(stateMachineArn: string, input: unknown = {}): Promise<Execution> {
  const execution = await aws.states.startExecution(aws.iam.admin, { stateMachineArn, input: JSON.stringify(input) });
  await execution.ended;
  return execution;
}

const output = (execution: Execution) => JSON.parse(execution.output ?? `"${execution.error}: ${execution.cause}"`);

const times = (execution: Execution, type: string) => execution.history.events.filter((event) => event.type === type).map((event) => event.timestamp);

/** Returns states that loop `turns` times and then continue with `Next`. Each loop adds four events to the history. */
function counting(turns: number, Next: string): Record<string, object> {
  return {
    Count: { Type: 'Pass', Parameters: { 'n.$': 'States.MathAdd($.n, 1)' }, Next: 'Enough' },
    Enough: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericGreaterThanEquals: turns, Next }], Default: 'Count' },
  };
}

describe('tasks', () => {
  test('call a function by its ARN or with the lambda:invoke integration', async () => {
    const fn = await aws.function('adding', 'exports.handler = async ({ a, b }) => ({ sum: a + b });');
    const direct = await stateMachine({ Add: { Type: 'Task', Resource: fn, ResultPath: '$.result', End: true } });
    expect(output(await run(direct, { a: 1, b: 2 }))).toEqual({ a: 1, b: 2, result: { sum: 3 } });

    const Parameters = { FunctionName: fn, Payload: { 'a.$': '$.numbers[1]', 'b': 5 } };
    const integrated = await stateMachine({
      Add: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters, OutputPath: '$.Payload', End: true },
    }, undefined, 'integrated');
    expect(output(await run(integrated, { numbers: [7, 8] }))).toEqual({ sum: 13 });
  });

  test('are retried with a growing interval, and then their error and cause are caught', async () => {
    const fn = await aws.function('failing', 'exports.handler = async () => { const e = new Error("still no"); e.name = "NotYet"; throw e; };');
    const arn = await stateMachine({
      Try: {
        Type: 'Task',
        Resource: fn,
        End: true,
        Retry: [
          { ErrorEquals: ['Other'], MaxAttempts: 9 },
          { ErrorEquals: ['NotYet'], IntervalSeconds: 20, MaxAttempts: 3, BackoffRate: 2, MaxDelaySeconds: 60 },
        ],
        Catch: [{ ErrorEquals: ['Other'], Next: 'Never' }, { ErrorEquals: ['States.ALL'], Next: 'Caught', ResultPath: '$.failure' }],
      },
      Caught: { Type: 'Pass', End: true },
      Never: { Type: 'Fail' },
    });
    const sleep = jest.spyOn(aws.clock, 'sleep');
    const execution = await run(arn, { kept: true });
    const { kept, failure } = output(execution);
    expect(kept).toBe(true);
    expect(execution.transitions).toBe(1 + 3 + 1);
    expect(failure.Error).toBe('NotYet');
    expect(JSON.parse(failure.Cause)).toEqual({ errorType: 'NotYet', errorMessage: 'still no', trace: expect.any(Array) });

    const failed = times(execution, 'LambdaFunctionFailed');
    const scheduled = times(execution, 'LambdaFunctionScheduled');
    expect(scheduled).toHaveLength(4);
    [20, 40, 60].forEach((delay, i) => {
      expect(scheduled[i + 1] - failed[i]).toBeGreaterThanOrEqual(delay);
    });
    expect(sleep.mock.calls.map(([ms]) => ms).filter((ms) => ms < 300_000)).toEqual([20_000, 40_000, 60_000]); // the others are the time-outs of the function
  });

  test('are not retried after a success', async () => {
    const fn = await aws.function('third', 'let n = 0; exports.handler = async () => { if (++n < 3) throw new Error("no"); return n; };');
    const arn = await stateMachine({ Try: { Type: 'Task', Resource: fn, End: true, Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 1 }] } });
    expect(output(await run(arn))).toBe(3);
  });

  test('can be retried by the names of Lambda service errors', async () => {
    const fn = await aws.function('served', 'exports.handler = async () => "at last";');
    aws.lambda.beforeInvoke = ({ count }) => count === 1 ? { error: new ServiceError('ServiceException', 'Internal', 500) } : undefined;
    const arn = await stateMachine({ Try: { Type: 'Task', Resource: fn, End: true, Retry: [{ ErrorEquals: ['Lambda.ServiceException'], IntervalSeconds: 1 }] } });
    const execution = await run(arn);
    expect(output(execution)).toBe('at last');
    expect(times(execution, 'LambdaFunctionFailed')).toHaveLength(1);
  });

  test('fail if the role may not invoke the function', async () => {
    const fn = await aws.function('forbidden', 'exports.handler = async () => 1;');
    const execution = await run(await stateMachine({ Try: { Type: 'Task', Resource: fn, End: true } }, []));
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Lambda.AWSLambdaException', cause: expect.stringContaining('is not authorized to perform: lambda:InvokeFunction') });
  });

  test('require a role that trusts Step Functions', async () => {
    const RoleArn = aws.role('wrong', 'lambda.amazonaws.com');
    const DefinitionString = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Succeed' } } });
    await expect(aws.createResource('AWS::StepFunctions::StateMachine', { DefinitionString, RoleArn })).rejects.toThrow(/states\.amazonaws\.com.*authorized to assume/);
  });

  test('a long cause is truncated; a task fails if its result is too large, and States.ALL does not catch this failure', async () => {
    const fn = await aws.function('large', 'exports.handler = async ({ n, fail }) => { if (fail) throw new Error("x".repeat(n)); return "x".repeat(n); };');
    const arn = await stateMachine({
      Try: { Type: 'Task', Resource: fn, End: true, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] },
      Caught: { Type: 'Succeed' },
    });
    expect(output(await run(arn, { n: 40_000, fail: true })).Cause).toHaveLength(32_768);
    expect(output(await run(arn, { n: 260_000 }))).toHaveLength(260_000);
    expect(await run(arn, { n: 263_000 })).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('executions', () => {
  test('are refused if the input or the name is invalid, or if the name was used with another input', async () => {
    const stateMachineArn = await stateMachine({ Hold: { Type: 'Wait', Seconds: 3000, End: true } });
    const start = (name: string, input: string) => aws.states.startExecution(aws.iam.admin, { stateMachineArn, name, input });
    await expect(start('big', JSON.stringify('x'.repeat(262_143)))).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(start('broken', '{')).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await expect(start('a b', '{}')).rejects.toMatchObject({ name: 'InvalidName' });
    const first = await start('once', '{"a":1}');
    expect(await start('once', '{"a":1}')).toBe(first);
    await expect(start('once', '{"a":2}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await first.stop();
    await expect(start('once', '{"a":1}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  test('can read the context object', async () => {
    const stateMachineArn = await stateMachine({
      Lose: { Type: 'Pass', Parameters: {}, Next: 'Find' },
      Find: { Type: 'Pass', Parameters: { 'a.$': '$$.Execution.Input.a', 'id.$': '$$.Execution.Id', 'state.$': '$$.State.Name', 'machine.$': '$$.StateMachine.Name' }, End: true },
    });
    const execution = await run(stateMachineArn, { a: [1] });
    expect(output(execution)).toEqual({ a: [1], id: execution.setup.arn, state: 'Find', machine: 'machine' });
  });

  test('are refused without states:StartExecution', async () => {
    const stateMachineArn = await stateMachine({ A: { Type: 'Succeed' } });
    const { caller } = await aws.iam.assumeRole({ service: 'lambda.amazonaws.com' }, aws.role('other', 'lambda.amazonaws.com'));
    await expect(aws.states.startExecution(caller, { stateMachineArn })).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('are aborted at the next transition after the state machine is deleted', async () => {
    const arn = await stateMachine({ Hold: { Type: 'Wait', Seconds: 36_000, Next: 'After' }, After: { Type: 'Succeed' } });
    const execution = await aws.states.startExecution(aws.iam.admin, { stateMachineArn: arn });
    await aws.deleteResource('AWS::StepFunctions::StateMachine', arn);
    aws.clock.skip(36_000_000);
    await execution.ended;
    expect(execution.status).toBe('ABORTED');
    expect(times(execution, 'SucceedStateEntered')).toEqual([]);
  });

  test('can be stopped without waiting for a running function', async () => {
    const fn = await aws.function('endless', 'exports.handler = async () => new Promise(r => setTimeout(r, 800000));', { Timeout: 900 });
    const arn = await stateMachine({ Hold: { Type: 'Task', Resource: fn, End: true } });
    const execution = await aws.states.startExecution(aws.iam.admin, { stateMachineArn: arn });
    await eventually(() => times(execution, 'LambdaFunctionStarted').length === 1);
    await execution.stop('Enough', 'of it');
    expect(execution).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'of it' });
  });

  test('fail when the history has 25,000 events, unless event 25,000 records the success', async () => {
    const looping = await run(await stateMachine({ Again: { Type: 'Pass', Next: 'Again' } }));
    expect(looping).toMatchObject({
      status: 'FAILED', error: 'States.Runtime', cause: 'The execution reached the maximum number of history events (25000).',
    });
    expect(looping.history.events).toHaveLength(25_000);
    expect(looping.history.events[24_999]).toMatchObject({ id: 25_000, type: 'ExecutionFailed' });
    // The 25,000 events are the start event, two events for each state, and the end event.
    expect(looping.transitions).toBe(12_499 + 1);

    // The 25,000 events are the start event, four events for each loop, two events for the last state, and the end event.
    const turns = (25_000 - 1 - 2 - 1) / 4;
    const ending = await run(await stateMachine({ ...counting(turns, 'Done'), Done: { Type: 'Succeed' } }, undefined, 'ending'), { n: 0 });
    expect(ending.status).toBe('SUCCEEDED');
    expect(ending.history.events).toHaveLength(25_000);
  });

  test('do not retry or catch the failure that a full history causes', async () => {
    const fn = await aws.function('one', 'exports.handler = async () => 1;');
    // The first 24,999 events are the start event, four events for each loop, and two events for the task.
    const turns = (24_999 - 1 - 2) / 4;
    const execution = await run(await stateMachine({
      ...counting(turns, 'Try'),
      Try: {
        Type: 'Task',
        Resource: fn,
        Retry: [{ ErrorEquals: ['States.Runtime'] }],
        Catch: [{ ErrorEquals: ['States.Runtime'], Next: 'Caught' }],
        Next: 'Caught',
      },
      Caught: { Type: 'Succeed' },
    }), { n: 0 });
    expect(execution).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('maximum number of history events') });
    expect(execution.history.events.slice(-2).map(({ type }) => type)).toEqual(['LambdaFunctionScheduled', 'ExecutionFailed']);
  });

  test('can be started through the API', async () => {
    const client = aws.statesClient();
    const stateMachineArn = await stateMachine({ A: { Type: 'Pass', Parameters: [1], ResultPath: '$.r', Next: 'B' }, B: { Type: 'Succeed' } });
    const { executionArn, startDate } = await client.send(new StartExecutionCommand({ stateMachineArn, name: 'mine', input: '{"a":"é"}' }));
    expect(executionArn).toBe(`arn:aws:states:${REGION}:${ACCOUNT}:execution:machine:mine`);
    expect(startDate?.getTime()).toBeLessThanOrEqual(aws.clock.now());
    const [execution] = aws.states.executions();
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: '{"a":"é","r":[1]}' });
    expect(execution.history.events.map(({ type }) => type)).toEqual([
      'ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded',
    ]);
    expect(execution.history.events[1].stateEnteredEventDetails).toEqual({ name: 'A', input: '{"a":"é"}' });
    await expect(client.send(new StartExecutionCommand({ stateMachineArn: `${stateMachineArn}x` }))).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    await expect(client.send(new DescribeExecutionCommand({ executionArn }))).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});
