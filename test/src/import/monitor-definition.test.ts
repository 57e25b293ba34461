import { JobStatus } from '@aws-sdk/client-healthlake';
import { Duration } from 'aws-cdk-lib';
import { hasEnded } from '../../../lambda/import/outcome/verdict';
import { Completion } from '../../../src';
import { Deployed } from '../../support/deployed';
import { monitorDefinitionOf, nextOf, textsIn } from '../../support/state-machine';
import { importInto, newStack, onlyResource, templateOf } from '../../support/synth';

const stack = newStack();
importInto(stack, { completion: Completion.detached() });
const deployed = new Deployed(templateOf(stack));
const definition = monitorDefinitionOf(deployed);
const { StartAt, States } = definition;

test('goes only to states that it has, and comes to each of them', () => {
  const reached = new Set([StartAt]);
  for (const name of reached) {
    expect(States).toHaveProperty(name);
    nextOf(States[name]).forEach((next) => reached.add(next));
  }

  expect([...reached].sort()).toEqual(Object.keys(States).sort());
});

test('ends by success or failure, and in no other state', () => {
  const ends = Object.entries(States).filter(([, state]) => nextOf(state).length === 0);

  expect(ends.map(([name, { Type }]) => [name, Type])).toEqual([['Succeeded', 'Succeed'], ['Failed', 'Fail']]);
  expect(definition).not.toHaveProperty('TimeoutSeconds'); // it ends when the handler says so
});

test('takes every status that is not of a job that has ended for a running one, and no other', () => {
  const known = textsIn(States.IsRunning.Choices).filter((text) => /^[A-Z_]+$/.test(text));

  expect(known.sort()).toEqual(Object.values(JobStatus).filter((status) => !hasEnded(status)).sort());
});

test('has everything judged that is not seen to run: other statuses, no answer, and a time that is up', () => {
  expect(States.IsRunning.Default).toBe('Judge');
  expect(States.Describe.Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Judge' }]);
  expect(States.IsRunning.Choices).toEqual([{
    And: [
      { Variable: '$.Look.ImportJobProperties.JobStatus', IsPresent: true },
      { Or: expect.any(Array) },
      { Variable: '$$.State.EnteredTime', TimestampLessThanPath: '$.GiveUpAt' },
    ],
    Next: 'PauseLonger',
  }]);
});

test('fails on every answer of the handler but those that it knows', () => {
  expect(States.HasEnded.Default).toBe('Failed');
  expect(States.HasEnded.Choices).toEqual([
    { Variable: '$.Judged.Decision', StringEquals: 'wait', Next: 'PauseAfterJudging' },
    { Variable: '$.Judged.Decision', StringEquals: 'succeeded', Next: 'Succeeded' },
  ]);
});

test('passes HealthLake\'s answer only to the choice that reads the status', () => {
  const { Describe: { ResultPath, ...describe }, IsRunning: { Choices, ...isRunning }, ...others } = States;

  expect(ResultPath).toBe('$.Look');
  expect(textsIn([describe, isRunning, others]).filter((text) => /^\$(\.Look|$)|States\..*\$(\.Look|[^.$])/.test(text))).toEqual([]);
  // Without a path the output of a state is all that the execution knows.
  expect(States.Succeeded).toEqual({ Type: 'Succeed', OutputPath: '$.Judged' });
  expect(States.Failed).toEqual({ Type: 'Fail', Error: expect.stringMatching(/^\w+$/), Cause: expect.stringMatching(/^[\w :,]+$/) });
  expect(States.Judge).toMatchObject({
    ResultSelector: { 'Decision.$': '$.Payload.Decision', 'FailingSince.$': '$.Payload.FailingSince' }, ResultPath: '$.Judged',
  });
  expect(Object.keys(States.Judge.ResultSelector as object)).toHaveLength(2);
});

test('asks as the operator role of the import, and invokes the function that judges', () => {
  expect(States.Describe).toMatchObject({
    Resource: 'arn:aws:states:::aws-sdk:healthlake:describeFHIRImportJob',
    Credentials: { 'RoleArn.$': '$.Import.OperatorRoleArn' },
    Parameters: { 'DatastoreId.$': '$.Import.DatastoreId', 'JobId.$': '$.Import.JobId' },
  });
  expect(States.Judge).toMatchObject({
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: deployed.arn(onlyResource(deployed.template, 'AWS::Lambda::Function', /ProviderIsComplete/).logicalId) },
  });
});

test('tries for an hour and more to have a job judged', () => {
  const [{ IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds, ErrorEquals }] = States.Judge.Retry as
    [{ IntervalSeconds: number; MaxAttempts: number; BackoffRate: number; MaxDelaySeconds: number; ErrorEquals: string[] }];
  const delays = Array.from({ length: MaxAttempts }, (_, n) => Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** n));

  expect(ErrorEquals).toEqual(['States.ALL']);
  expect(delays.reduce((a, b) => a + b)).toBeGreaterThan(3600);
  expect(States.Judge.Catch).toBeUndefined(); // then it fails, and the alarm tells
});

describe('keeps below the 25,000 events of an execution', () => {
  const LIMIT = 25_000;
  const [, LONGER] = /MathAdd\(\$\.Poll\.Seconds, (\d+)\)$/.exec((States.PauseLonger.Parameters as Record<string, string>)['Seconds.$'])!.map(Number);

  /** How often a job is looked at in so many days. */
  function looksIn(days: number): number {
    let looks = 0;
    for (let seconds = 0, pause = 30; seconds < days * 86_400; seconds += pause, pause += LONGER) {
      looks += 1;
    }
    return looks;
  }

  test('in the 14 days of the longest watch, even if no look ever succeeds', () => {
    expect(() => Completion.detached({ giveUpAfter: Duration.days(14) })).not.toThrow();
    expect(States.Describe.Retry).toBeUndefined();
    // Entered and left: Pause, Describe, Judge, HasEnded, PauseLonger; scheduled, started, ended: Describe, Judge.
    expect(looksIn(14) * (10 + 6)).toBeLessThan(LIMIT);
  });
});

test('is as small as a template wants it', () => {
  expect(JSON.stringify(definition).length).toBeLessThan(5000);
});
