import { chosen } from '../../src/stepfunctions/language/choice';
import { parseDefinition } from '../../src/stepfunctions/language/definition';
import { filtered, merged } from '../../src/stepfunctions/language/paths';
import { RetryBudget } from '../../src/stepfunctions/language/state-error';
import type { ChoiceRule, ChoiceState } from '../../src/stepfunctions/language/states';
import { filledTemplate } from '../../src/stepfunctions/language/template';
import { Foundation } from '../foundation';

const scope = {
  input: { n: 3, s: 'abc', list: [{ x: 1 }, { x: 2 }], t: '2026-01-01T12:00:00+02:00' },
  context: { Execution: { Name: 'e' }, State: { EnteredTime: '2026-01-01T10:00:00.500Z' } },
};

describe('Choice', () => {
  test.each<[boolean, ChoiceRule]>([
    [true, { Variable: '$.s', StringEquals: 'abc' }],
    [false, { Variable: '$.n', StringEquals: '3' }],
    [true, { Variable: '$.n', NumericGreaterThanEquals: 3 }],
    [false, { Variable: '$.missing', IsPresent: true }],
    [true, { Variable: '$.list[1].x', IsPresent: true }],
    [false, { And: [{ Variable: '$.s', StringEquals: 'abc' }, { Variable: '$.s', StringEquals: 'abd' }] }],
    [true, { Or: [{ Variable: '$.s', StringEquals: 'abd' }, { Variable: '$.s', StringEquals: 'abc' }] }],
    [true, { Variable: '$.t', TimestampLessThanPath: '$$.State.EnteredTime' }],
    [false, { Variable: '$$.State.EnteredTime', TimestampLessThanPath: '$.t' }],
    [false, { Variable: '$.s', TimestampLessThanPath: '$.t' }],
  ])('evaluates to %s for the rule %j', (expected, rule) => {
    const state: ChoiceState = { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' };
    expect(chosen(state, scope)).toBe(expected ? 'Yes' : 'No');
  });

  test('fails if no rule matches or if a value is missing', () => {
    expect(() => chosen({ Type: 'Choice', Choices: [{ Variable: '$.s', StringEquals: 'b', Next: 'Yes' }] }, scope)).toThrow('States.NoChoiceMatched');
    expect(() => chosen({ Type: 'Choice', Choices: [{ Variable: '$.missing', StringEquals: 'b', Next: 'Yes' }] }, scope)).toThrow('States.Runtime');
    expect(() => chosen({ Type: 'Choice', Choices: [{ Variable: '$.t', TimestampLessThanPath: '$.missing', Next: 'Yes' }] }, scope)).toThrow('States.Runtime');
  });
});

test('paths select values, fill in templates and merge results', () => {
  expect(filtered('$.list[0]', scope)).toEqual({ x: 1 });
  expect(filtered(undefined, scope)).toBe(scope.input);
  expect(filtered(null, scope)).toEqual({});
  expect(filledTemplate({ 'a.$': '$.n', 'b': { 'c.$': '$$.Execution.Name', 'd': '$.n' } }, scope)).toEqual({ a: 3, b: { c: 'e', d: '$.n' } });
  expect(merged('$.a.b', { a: { c: 1 } }, 2)).toEqual({ a: { c: 1, b: 2 } });
  expect(merged(undefined, { a: 1 }, 2)).toBe(2);
  expect(merged(null, { a: 1 }, 2)).toEqual({ a: 1 });
  expect(() => filtered('$..x', scope)).toThrow('$..x');
});

test('States.MathAdd adds an integer to a number', () => {
  expect(filledTemplate({ 'a.$': 'States.MathAdd($.n, 3)', 'b.$': 'States.MathAdd( $.n , -4 )' }, scope)).toEqual({ a: 6, b: -1 });
  expect(() => filledTemplate({ 'a.$': 'States.MathAdd($.s, 3)' }, scope)).toThrow('States.IntrinsicFailure');
  expect(() => filledTemplate({ 'a.$': 'States.MathAdd($.missing, 3)' }, scope)).toThrow('States.Runtime');
});

test('each retrier counts its own attempts; the defaults are 1 second, 3 attempts and a back-off rate of 2', () => {
  const budget = new RetryBudget([{ ErrorEquals: ['A'] }, { ErrorEquals: ['States.TaskFailed'], MaxAttempts: 1, IntervalSeconds: 7 }]);
  expect(['A', 'A', 'B', 'A', 'A', 'B'].map((error) => budget.next(error))).toEqual([1, 2, 7, 4, undefined, undefined]);
  expect(new RetryBudget([{ ErrorEquals: ['States.ALL'] }]).next('States.DataLimitExceeded')).toBeUndefined();
  expect(new RetryBudget([{ ErrorEquals: ['States.TaskFailed'] }]).next('States.Timeout')).toBeUndefined();
  expect(new RetryBudget().next('A')).toBeUndefined();
});

describe('a definition', () => {
  test.each([
    ['{', 'INVALID_JSON_DESCRIPTION'],
    ['{"StartAt":"X","States":{}}', 'X at /StartAt'],
    ['{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}', 'B at /States/A'],
    ['{"StartAt":"A","States":{"A":{"Type":"Pass"}}}', '[Next] or [End]'],
    ['{"StartAt":"A","States":{"A":{"Type":"Map","End":true}}}', 'Map'],
    ['{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"r","HeartbeatSeconds":3,"End":true}}}', 'HeartbeatSeconds'],
    ['{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Succeed"}}}', 'JSONata'],
  ])('is refused if its text is %s; the error contains %s', (text, problem) => {
    expect(() => parseDefinition(text)).toThrow(problem);
  });

  const lambda = 'arn:aws:states:::lambda:invoke';
  const describeJob = 'arn:aws:states:::aws-sdk:healthlake:describeFHIRImportJob';

  test.each<[object, string]>([
    [{ Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:healthlake:startFHIRImportJob' }, 'startFHIRImportJob'],
    [{ Type: 'Task', Resource: `${describeJob}.sync` }, 'describeFHIRImportJob.sync'],
    [{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }, 'waitForTaskToken'],
    [{ Type: 'Task', Resource: describeJob, Parameters: { 'Datastore.$': '$.d' } }, '"Datastore" is not supported'],
    [{ Type: 'Task', Resource: lambda, Parameters: { InvocationType: 'Event' } }, 'InvocationType'],
    [{ Type: 'Task', Resource: lambda, Parameters: { Payload: { deep: [{ 'x.$': 'States.UUID()' }] } } }, 'States.UUID'],
    [{ Type: 'Task', Resource: lambda, Parameters: { Payload: { 'x.$': 'States.MathAdd($.n, $.n)' } } }, 'States.MathAdd'],
    [{ Type: 'Task', Resource: lambda, ResultSelector: { 'x.$': '$..y' } }, '$..y'],
    [{ Type: 'Task', Resource: lambda, ResultPath: '$$.x' }, '$$.x'],
    [{ Type: 'Task', Resource: lambda, Credentials: { Role: 'r' } }, 'Credentials {"Role":"r"}'],
    [{ Type: 'Task', Resource: lambda, Retry: [{ ErrorEquals: ['A'], MaxDelaySeconds: 0 }] }, 'MaxDelaySeconds 0'],
    [{ Type: 'Task', Resource: lambda, Retry: [{ ErrorEquals: ['A', 'States.ALL'] }] }, 'States.ALL'],
    [{ Type: 'Task', Resource: lambda, Retry: [{ MaxAttempts: 2 }] }, 'ErrorEquals'],
    [{ Type: 'Task', Resource: lambda, Retry: [{ ErrorEquals: ['A'], JitterStrategy: 'FULL' }] }, 'JitterStrategy'],
    [{ Type: 'Task', Resource: lambda, Catch: [{ ErrorEquals: ['A'], Next: 'A', Output: {} }] }, 'Output of Catch'],
    [{ Type: 'Choice', Choices: [{ Or: [{ Variable: '$.x', NumericEquals: 3 }], Next: 'A' }] }, 'NumericEquals'],
    [{ Type: 'Choice', Choices: [{ Variable: '$.x', TimestampLessThanPath: '3', Next: 'A' }] }, 'path 3'],
    [{ Type: 'Wait', SecondsPath: '$.x[*]' }, '$.x[*]'],
    [{ Type: 'Fail', ErrorPath: '$.e' }, 'ErrorPath'],
  ])('is refused if it contains the state %j; the error contains %s', (state, problem) => {
    const isLast = ['Choice', 'Fail'].includes((state as { Type: string }).Type);
    expect(() => parseDefinition(JSON.stringify({ StartAt: 'A', States: { A: { ...state, ...(isLast ? {} : { End: true }) } } }))).toThrow(problem);
  });
});

test('an execution runs through Choice, Wait, Pass and Fail', async () => {
  const aws = await Foundation.start({ timeScale: 100 });
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
  const { physicalId: stateMachineArn } = await aws.createResource('AWS::StepFunctions::StateMachine', { DefinitionString, RoleArn });
  const run = async (input: object) => {
    const execution = await aws.states.startExecution(aws.iam.admin, { stateMachineArn, input: JSON.stringify(input) });
    await execution.ended;
    return execution;
  };
  const waited = await run({ wait: 20 });
  expect(waited).toMatchObject({ status: 'SUCCEEDED', output: '{"waited":20}' });
  expect((waited.stoppedAt ?? 0) - waited.startedAt).toBeGreaterThanOrEqual(20_000);
  expect(await run({})).toMatchObject({ status: 'FAILED', error: 'NoWait', cause: 'nothing to wait for' });
  for (const wait of ['soon', -1, 1.5, null]) {
    expect(await run({ wait })).toMatchObject({
      status: 'FAILED', error: 'States.Runtime', cause: `The SecondsPath parameter cannot be parsed as a long value: $.wait == ${JSON.stringify(wait)}`,
    });
  }
  await aws.close();
});
