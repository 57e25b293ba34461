import { JobStatus } from '@aws-sdk/client-healthlake';
import { Duration } from 'aws-cdk-lib';
import { hasEnded } from '../../../../lambda/jobs/healthlake-job';
import { Completion } from '../../../../src';
import { Deployed } from '../../../support/deployed';
import { monitorDefinitionOf, nextOf, textsIn } from '../../../support/state-machine';
import { onlyResource, templateWith } from '../../../support/synth';

const deployed = new Deployed(templateWith({ completion: Completion.detached() }));
const definition = monitorDefinitionOf(deployed);
const { StartAt, States } = definition;

test('the state machine definition refers only to existing states, and reaches every state', () => {
  const reached = new Set([StartAt]);
  for (const name of reached) {
    expect(States).toHaveProperty(name);
    nextOf(States[name]).forEach((next) => reached.add(next));
  }

  expect([...reached].sort()).toEqual(Object.keys(States).sort());
});

test('every path of the state machine definition ends in the state Succeeded or Failed', () => {
  const ends = Object.entries(States).filter(([, state]) => nextOf(state).length === 0);

  expect(ends.map(([name, { Type }]) => [name, Type])).toEqual([['Succeeded', 'Succeed'], ['Failed', 'Fail']]);
  expect(definition).not.toHaveProperty('TimeoutSeconds'); // the handler, not Step Functions, enforces the time limit
});

test('the state IsRunning matches every status of a running job, and no end status', () => {
  const known = textsIn(States.IsRunning.Choices).filter((text) => /^[A-Z_]+$/.test(text));

  expect(known.sort()).toEqual(Object.values(JobStatus).filter((status) => !hasEnded(status)).sort());
});

test('the handler is invoked for every job status except a running one, after a failed DescribeFHIRImportJob call and after the time limit', () => {
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

test('the execution fails if the handler returns an unknown decision', () => {
  expect(States.HasEnded.Default).toBe('Failed');
  expect(States.HasEnded.Choices).toEqual([
    { Variable: '$.Judged.Decision', StringEquals: 'wait', Next: 'PauseAfterJudging' },
    { Variable: '$.Judged.Decision', StringEquals: 'succeeded', Next: 'Succeeded' },
  ]);
});

test('only the state IsRunning reads the response of HealthLake', () => {
  const { Describe: { ResultPath, ...describe }, IsRunning: { Choices, ...isRunning }, ...others } = States;

  expect(ResultPath).toBe('$.Look');
  expect(textsIn([describe, isRunning, others]).filter((text) => /^\$(\.Look|$)|States\..*\$(\.Look|[^.$])/.test(text))).toEqual([]);
  // Without OutputPath, the execution would output all of its state data.
  expect(States.Succeeded).toEqual({ Type: 'Succeed', OutputPath: '$.Judged' });
  expect(States.Failed).toEqual({ Type: 'Fail', Error: expect.stringMatching(/^\w+$/), Cause: expect.stringMatching(/^[\w :,]+$/) });
  expect(States.Judge).toMatchObject({
    ResultSelector: { 'Decision.$': '$.Payload.Decision', 'FailingSince.$': '$.Payload.FailingSince' }, ResultPath: '$.Judged',
  });
  expect(Object.keys(States.Judge.ResultSelector as object)).toHaveLength(2);
});

test('the state Describe assumes the operator role, and the state Judge invokes the isComplete function', () => {
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

test('the state Judge retries the handler for more than an hour', () => {
  const [{ IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds, ErrorEquals }] = States.Judge.Retry as
    [{ IntervalSeconds: number; MaxAttempts: number; BackoffRate: number; MaxDelaySeconds: number; ErrorEquals: string[] }];
  const delays = Array.from({ length: MaxAttempts }, (_, n) => Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** n));

  expect(ErrorEquals).toEqual(['States.ALL']);
  expect(delays.reduce((a, b) => a + b)).toBeGreaterThan(3600);
  expect(States.Judge.Catch).toBeUndefined(); // after the last retry, the execution fails and the alarm fires
});

describe('the limit of 25,000 history events of an execution', () => {
  const LIMIT = 25_000;
  const [, LONGER] = /MathAdd\(\$\.Poll\.Seconds, (\d+)\)$/.exec((States.PauseLonger.Parameters as Record<string, string>)['Seconds.$'])!.map(Number);

  /** Returns how many times the monitor polls in this many days. */
  function pollsIn(days: number): number {
    let polls = 0;
    for (let seconds = 0, pause = 30; seconds < days * 86_400; seconds += pause, pause += LONGER) {
      polls += 1;
    }
    return polls;
  }

  test('is enough for 14 days, even if every poll fails', () => {
    expect(() => Completion.detached({ giveUpAfter: Duration.days(14) })).not.toThrow();
    expect(States.Describe.Retry).toBeUndefined();
    // Pause, Describe, Judge, HasEnded and PauseLonger write two history events each. The tasks Describe and Judge write three more each.
    expect(pollsIn(14) * (10 + 6)).toBeLessThan(LIMIT);
  });
});

test('the state machine definition has fewer than 5000 characters', () => {
  expect(JSON.stringify(definition).length).toBeLessThan(5000);
});
