import { JobStatus } from '@aws-sdk/client-healthlake';
import { Duration } from 'aws-cdk-lib';
import { hasEnded } from '../../../lambda/import/healthlake-job';
import { Completion } from '../../../src';
import { Deployed } from '../../support/deployed';
import { monitorDefinitionOf, nextOf, textsIn } from '../../support/state-machine';
import { importInto, newStack, onlyResource, templateOf } from '../../support/synth';

const stack = newStack();
importInto(stack, { completion: Completion.detached() });
const deployed = new Deployed(templateOf(stack));
const definition = monitorDefinitionOf(deployed);
const { StartAt, States } = definition;

test('goes to existing states only, and reaches each of them', () => {
  const reached = new Set([StartAt]);
  for (const name of reached) {
    expect(States).toHaveProperty(name);
    nextOf(States[name]).forEach((next) => reached.add(next));
  }

  expect([...reached].sort()).toEqual(Object.keys(States).sort());
});

test('ends in Succeeded or Failed', () => {
  const ends = Object.entries(States).filter(([, state]) => nextOf(state).length === 0);

  expect(ends.map(([name, { Type }]) => [name, Type])).toEqual([['Succeeded', 'Succeed'], ['Failed', 'Fail']]);
  expect(definition).not.toHaveProperty('TimeoutSeconds'); // the handler ends it
});

test('takes a job for running exactly if its status is not an end status', () => {
  const known = textsIn(States.IsRunning.Choices).filter((text) => /^[A-Z_]+$/.test(text));

  expect(known.sort()).toEqual(Object.values(JobStatus).filter((status) => !hasEnded(status)).sort());
});

test('lets the handler judge on other statuses, on a failed call and after the time limit', () => {
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

test('fails on unknown answers of the handler', () => {
  expect(States.HasEnded.Default).toBe('Failed');
  expect(States.HasEnded.Choices).toEqual([
    { Variable: '$.Judged.Decision', StringEquals: 'wait', Next: 'PauseAfterJudging' },
    { Variable: '$.Judged.Decision', StringEquals: 'succeeded', Next: 'Succeeded' },
  ]);
});

test('passes the answer of HealthLake only to the choice that reads the status', () => {
  const { Describe: { ResultPath, ...describe }, IsRunning: { Choices, ...isRunning }, ...others } = States;

  expect(ResultPath).toBe('$.Look');
  expect(textsIn([describe, isRunning, others]).filter((text) => /^\$(\.Look|$)|States\..*\$(\.Look|[^.$])/.test(text))).toEqual([]);
  // Without an OutputPath, the output would be the whole state of the execution.
  expect(States.Succeeded).toEqual({ Type: 'Succeed', OutputPath: '$.Judged' });
  expect(States.Failed).toEqual({ Type: 'Fail', Error: expect.stringMatching(/^\w+$/), Cause: expect.stringMatching(/^[\w :,]+$/) });
  expect(States.Judge).toMatchObject({
    ResultSelector: { 'Decision.$': '$.Payload.Decision', 'FailingSince.$': '$.Payload.FailingSince' }, ResultPath: '$.Judged',
  });
  expect(Object.keys(States.Judge.ResultSelector as object)).toHaveLength(2);
});

test('describes the job as the operator role of the import, and invokes the isComplete function', () => {
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

test('retries to invoke the handler for more than an hour', () => {
  const [{ IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds, ErrorEquals }] = States.Judge.Retry as
    [{ IntervalSeconds: number; MaxAttempts: number; BackoffRate: number; MaxDelaySeconds: number; ErrorEquals: string[] }];
  const delays = Array.from({ length: MaxAttempts }, (_, n) => Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** n));

  expect(ErrorEquals).toEqual(['States.ALL']);
  expect(delays.reduce((a, b) => a + b)).toBeGreaterThan(3600);
  expect(States.Judge.Catch).toBeUndefined(); // then it fails, and the alarm fires
});

describe('stays below the 25,000 events of an execution', () => {
  const LIMIT = 25_000;
  const [, LONGER] = /MathAdd\(\$\.Poll\.Seconds, (\d+)\)$/.exec((States.PauseLonger.Parameters as Record<string, string>)['Seconds.$'])!.map(Number);

  /** Returns the number of polls in this many days. */
  function pollsIn(days: number): number {
    let polls = 0;
    for (let seconds = 0, pause = 30; seconds < days * 86_400; seconds += pause, pause += LONGER) {
      polls += 1;
    }
    return polls;
  }

  test('in the longest time of 14 days, even if every poll fails', () => {
    expect(() => Completion.detached({ giveUpAfter: Duration.days(14) })).not.toThrow();
    expect(States.Describe.Retry).toBeUndefined();
    // Two events each for Pause, Describe, Judge, HasEnded and PauseLonger; three more each for the tasks Describe and Judge.
    expect(pollsIn(14) * (10 + 6)).toBeLessThan(LIMIT);
  });
});

test('is small enough for a template', () => {
  expect(JSON.stringify(definition).length).toBeLessThan(5000);
});
