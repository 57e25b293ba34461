import { DescribeFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { Duration } from 'aws-cdk-lib';
import { Completion } from '../../../../src';
import { Aws, importJob, MINUTE, outcomeEvent, report, SECOND, waitEvent } from '../../harness';
import { QUERY_INTERVAL } from '../simulation';

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

/** The cost of a wait. */
interface Cost {
  readonly polls: number;
  /** Calls of `isComplete`. The framework's function and its waiter, with one state transition each, are invoked as often. */
  readonly invocations: number;
  /** Duration of all invocations, in seconds. The framework's function takes as long, because it waits for the handler. */
  readonly seconds: number;
  /** How long after the job's end the outcome answers, in seconds. */
  readonly answeredAfter: number;
}

/** Waits for a job that runs at once, through all legs to the outcome. Calls take no time. */
async function costOf(jobMinutes: number, timeout: Duration): Promise<Cost> {
  const endsAt = Date.now() + jobMinutes * MINUTE;
  aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => ({
    ImportJobProperties: importJob(Date.now() >= endsAt ? { JobStatus: 'COMPLETED', JobProgressReport: report(10, 10, 0) } : { JobStatus: 'IN_PROGRESS' }),
  }));
  const shares = Completion.waitFor({ timeout })._shares();
  let [invocations, seconds] = [0, 0];
  for (const [turn, share] of shares.entries()) {
    const properties = { TimeoutSeconds: String(share.toSeconds()), LegsBefore: turn === 0 ? undefined : String(turn) };
    const request = await aws.begin(turn < shares.length - 1 ? waitEvent({}, properties) : outcomeEvent({}, properties));
    for (let isComplete = false; !isComplete;) {
      const began = Date.now();
      const { answer, reason } = await aws.ask(request);
      expect(reason).toBeUndefined();
      isComplete = answer!.IsComplete;
      invocations += 1;
      seconds += (Date.now() - began) / SECOND;
      await jest.advanceTimersByTimeAsync(isComplete ? 0 : QUERY_INTERVAL);
    }
  }
  return { polls: aws.sent('DescribeFHIRImportJob').length, invocations, seconds: Math.round(seconds), answeredAfter: (Date.now() - endsAt) / SECOND };
}

test.each([
  [30, 3, 140, 60, 1_300],
  [120, 3, 325, 245, 4_900],
  [360, 8, 815, 740, 14_500],
  [690, 12, 1_490, 1_420, 27_700],
])('a job of %i minutes under a time-out of %i hours takes at most %i polls and %i invocations of %i seconds', async (minutes, hours, ...most) => {
  const { polls, invocations, seconds, answeredAfter } = await costOf(minutes, Duration.hours(hours));
  [polls, invocations, seconds].forEach((value, index) => {
    expect(value).toBeLessThanOrEqual(most[index]);
    expect(value).toBeGreaterThan(most[index] * 0.9); // otherwise the documented costs are out of date
  });
  // The remaining legs and the outcome take no time after the poll that sees the end.
  expect(answeredAfter).toBeLessThan(60);
});
