import { chosen } from '../../src/stepfunctions/language/choice';
import { parseDefinition } from '../../src/stepfunctions/language/definition';
import { filtered, merged } from '../../src/stepfunctions/language/paths';
import type { ChoiceRule, ChoiceState } from '../../src/stepfunctions/language/states';
import { filledTemplate } from '../../src/stepfunctions/language/template';
import { RetryBudget } from '../../src/stepfunctions/retry';
import { ComputeHarness } from '../compute-harness';

const scope = {
  input: { n: 3, s: 'abc', flag: true, none: null, list: [{ x: 1 }, { x: 2 }], four: 4, t: '2026-01-01T12:00:00+02:00' },
  context: { Execution: { Name: 'e' }, State: { EnteredTime: '2026-01-01T10:00:00.500Z' } },
};

describe('Choice', () => {
  test.each<[boolean, ChoiceRule]>([
    [true, { Variable: '$.n', NumericEquals: 3 }],
    [false, { Variable: '$.n', NumericLessThan: 3 }],
    [true, { Variable: '$.n', NumericLessThanEquals: 3 }],
    [false, { Variable: '$.n', NumericGreaterThan: 3 }],
    [false, { Variable: '$.s', NumericEquals: 3 }],
    [true, { Variable: '$.s', StringEquals: 'abc' }],
    [true, { Variable: '$.s', StringGreaterThan: 'abb' }],
    [true, { Variable: '$.s', StringMatches: 'a*' }],
    [false, { Variable: '$.s', StringMatches: 'b*' }],
    [true, { Variable: '$.flag', BooleanEquals: true }],
    [true, { Variable: '$.none', IsNull: true }],
    [false, { Variable: '$.missing', IsPresent: true }],
    [true, { Variable: '$.list[1].x', NumericEquals: 2 }],
    [true, { And: [{ Variable: '$.n', NumericEquals: 3 }, { Not: { Variable: '$.flag', BooleanEquals: false } }] }],
    [false, { Or: [{ Variable: '$.n', NumericEquals: 4 }, { Variable: '$.s', IsNumeric: true }] }],
    [true, { Variable: '$.n', NumericLessThanPath: '$.four' }],
    [false, { Variable: '$.n', NumericEqualsPath: '$.s' }],
    [true, { Variable: '$$.Execution.Name', StringLessThanEqualsPath: '$$.Execution.Name' }],
    [true, { Variable: '$.flag', BooleanEqualsPath: '$.flag' }],
    [true, { Variable: '$.t', TimestampEquals: '2026-01-01T10:00:00Z' }],
    [true, { Variable: '$$.State.EnteredTime', TimestampGreaterThanEqualsPath: '$.t' }],
    [false, { Variable: '$$.State.EnteredTime', TimestampLessThanPath: '$.t' }],
    [true, { Variable: '$.t', TimestampLessThan: '2026-01-01T10:00:00.001Z' }],
    [false, { Variable: '$.s', TimestampLessThan: '2026-01-01T10:00:00Z' }],
    [false, { Variable: '$.t', TimestampGreaterThan: '2025' }],
    [true, { Variable: '$.t', IsTimestamp: true }],
    [false, { Variable: '$.s', IsTimestamp: true }],
  ])('%s: %j', (expected, rule) => {
    const state: ChoiceState = { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' };
    expect(chosen(state, scope)).toBe(expected ? 'Yes' : 'No');
  });

  test('errors', () => {
    expect(() => chosen({ Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 4, Next: 'Yes' }] }, scope)).toThrow('States.NoChoiceMatched');
    expect(() => chosen({ Type: 'Choice', Choices: [{ Variable: '$.missing', NumericEquals: 4, Next: 'Yes' }] }, scope)).toThrow('States.Runtime');
    expect(() => chosen({ Type: 'Choice', Choices: [{ Variable: '$.n', NumericAbout: 4, Next: 'Yes' }] }, scope)).toThrow('NumericAbout');
    expect(() => chosen({ Type: 'Choice', Choices: [{ Variable: '$.n', NumericEqualsPath: '$.missing', Next: 'Yes' }] }, scope)).toThrow('States.Runtime');
  });
});

describe('paths', () => {
  test('select, fill in and merge', () => {
    expect(filtered('$.list[0]', scope)).toEqual({ x: 1 });
    expect(filtered(undefined, scope)).toBe(scope.input);
    expect(filtered(null, scope)).toEqual({});
    expect(filledTemplate({ 'a.$': '$.n', 'b': { 'c.$': '$$.Execution.Name', 'd': '$.n' } }, scope)).toEqual({ a: 3, b: { c: 'e', d: '$.n' } });
    expect(merged('$.a.b', { a: { c: 1 } }, 2)).toEqual({ a: { c: 1, b: 2 } });
    expect(merged(undefined, { a: 1 }, 2)).toBe(2);
    expect(merged(null, { a: 1 }, 2)).toEqual({ a: 1 });
    expect(() => filtered('$..x', scope)).toThrow('$..x');
  });
});

describe('Retry', () => {
  test('each retrier counts for itself; defaults are 1 second, 3 attempts, back-off 2', () => {
    const budget = new RetryBudget([{ ErrorEquals: ['A'] }, { ErrorEquals: ['States.TaskFailed'], MaxAttempts: 1, IntervalSeconds: 7 }]);
    expect(['A', 'A', 'B', 'A', 'A', 'B'].map((error) => budget.next(error))).toEqual([1, 2, 7, 4, undefined, undefined]);
    expect(new RetryBudget([{ ErrorEquals: ['States.ALL'] }]).next('States.DataLimitExceeded')).toBeUndefined();
    expect(new RetryBudget([{ ErrorEquals: ['States.TaskFailed'] }]).next('States.Timeout')).toBeUndefined();
    expect(new RetryBudget().next('A')).toBeUndefined();
  });

  test('full jitter waits any time up to the delay, and the same time for the same seed', () => {
    const delays = (seed: string): (number | undefined)[] => {
      const budget = new RetryBudget([{ ErrorEquals: ['A'], IntervalSeconds: 8, MaxAttempts: 6, MaxDelaySeconds: 20, JitterStrategy: 'FULL' }], seed);
      return [...Array(7)].map(() => budget.next('A'));
    };
    const first = delays('first');
    expect(first).toEqual(delays('first'));
    expect(first).not.toEqual(delays('second'));
    expect(first[6]).toBeUndefined();
    [8, 16, 20, 20, 20, 20].forEach((most, i) => {
      expect(first[i]).toBeGreaterThanOrEqual(0);
      expect(first[i]).toBeLessThan(most);
    });
  });
});

describe('definitions', () => {
  test.each([
    ['{', 'INVALID_JSON_DESCRIPTION'],
    ['{"StartAt":"X","States":{}}', 'X at /StartAt'],
    ['{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}', 'B at /States/A'],
    ['{"StartAt":"A","States":{"A":{"Type":"Pass"}}}', '[Next] or [End]'],
    ['{"StartAt":"A","States":{"A":{"Type":"Map","End":true}}}', 'Map'],
    ['{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"r","HeartbeatSeconds":3,"End":true}}}', 'HeartbeatSeconds'],
    ['{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Succeed"}}}', 'JSONata'],
  ])('%s is refused', (text, problem) => {
    expect(() => parseDefinition(text)).toThrow(problem);
  });

  const lambda = 'arn:aws:states:::lambda:invoke';
  const describeJob = 'arn:aws:states:::aws-sdk:healthlake:describeFHIRImportJob';

  test.each<[object, string]>([
    [{ Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:dynamodb:getItem' }, 'aws-sdk:dynamodb:getItem'],
    [{ Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:healthlake:startFHIRImportJob' }, 'startFHIRImportJob'],
    [{ Type: 'Task', Resource: `${describeJob}.sync` }, 'describeFHIRImportJob.sync'],
    [{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }, 'waitForTaskToken'],
    [{ Type: 'Task', Resource: describeJob, Parameters: { 'Datastore.$': '$.d' } }, '"Datastore" is not supported'],
    [{ Type: 'Task', Resource: lambda, Parameters: { InvocationType: 'Event' } }, 'InvocationType'],
    [{ Type: 'Task', Resource: lambda, Parameters: { Payload: { deep: [{ 'x.$': 'States.UUID()' }] } } }, 'States.UUID'],
    [{ Type: 'Task', Resource: lambda, ResultSelector: { 'x.$': '$..y' } }, '$..y'],
    [{ Type: 'Task', Resource: lambda, ResultPath: '$$.x' }, '$$.x'],
    [{ Type: 'Task', Resource: lambda, Credentials: { Role: 'r' } }, 'Credentials {"Role":"r"}'],
    [{ Type: 'Task', Resource: lambda, Retry: [{ ErrorEquals: ['A'], JitterStrategy: 'HALF' }] }, 'HALF'],
    [{ Type: 'Task', Resource: lambda, Retry: [{ ErrorEquals: ['A'], MaxDelaySeconds: 0 }] }, 'MaxDelaySeconds 0'],
    [{ Type: 'Task', Resource: lambda, Retry: [{ ErrorEquals: ['A', 'States.ALL'] }] }, 'States.ALL'],
    [{ Type: 'Task', Resource: lambda, Retry: [{ MaxAttempts: 2 }] }, 'ErrorEquals'],
    [{ Type: 'Task', Resource: lambda, Retry: [{ ErrorEquals: ['A'], Until: 3 }] }, 'Until'],
    [{ Type: 'Task', Resource: lambda, Catch: [{ ErrorEquals: ['A'], Next: 'A', Output: {} }] }, 'Output of Catch'],
    [{ Type: 'Choice', Choices: [{ Not: { Variable: '$.x', NumericAbout: 3 }, Next: 'A' }] }, 'NumericAbout'],
    [{ Type: 'Choice', Choices: [{ Variable: '$.x', NumericEqualsPath: '3', Next: 'A' }] }, 'path 3'],
    [{ Type: 'Wait', SecondsPath: '$.x[*]' }, '$.x[*]'],
    [{ Type: 'Fail', Error: 'E', ErrorPath: '$.e' }, 'ErrorPath'],
    [{ Type: 'Fail', CausePath: 'because' }, 'because'],
  ])('state %j is refused', (state, problem) => {
    const isLast = ['Choice', 'Fail'].includes((state as { Type: string }).Type);
    expect(() => parseDefinition(JSON.stringify({ StartAt: 'A', States: { A: { ...state, ...(isLast ? {} : { End: true }) } } }))).toThrow(problem);
  });
});

test('Choice, Wait, Pass and Fail work together', async () => {
  const aws = await ComputeHarness.start(100);
  const DefinitionString = JSON.stringify({
    StartAt: 'Which',
    States: {
      Which: { Type: 'Choice', Choices: [{ Variable: '$.wait', IsPresent: true, Next: 'Hold' }], Default: 'Broken' },
      Hold: { Type: 'Wait', SecondsPath: '$.wait', Next: 'Shape' },
      Shape: { Type: 'Pass', Parameters: { 'waited.$': '$.wait' }, End: true },
      Broken: { Type: 'Fail', Error: 'NoWait', Cause: 'nothing to wait for' },
    },
  });
  const RoleArn = aws.role('flow', 'states.amazonaws.com');
  const { physicalId: stateMachineArn } = await aws.create('AWS::StepFunctions::StateMachine', 'Flow', { DefinitionString, RoleArn });
  const run = async (input: object) => {
    const execution = await aws.stepFunctions.startExecution(aws.iam.admin, { stateMachineArn, input: JSON.stringify(input) });
    await execution.ended;
    return execution;
  };
  const waited = await run({ wait: 20 });
  expect(waited).toMatchObject({ status: 'SUCCEEDED', output: '{"waited":20}' });
  expect((waited.stoppedAt ?? 0) - waited.startedAt).toBeGreaterThanOrEqual(20_000);
  expect(await run({})).toMatchObject({ status: 'FAILED', error: 'NoWait', cause: 'nothing to wait for' });
  await aws.stop();
});
