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

/** The cost of waiting for one job. */
interface Cost {
  readonly polls: number;
  /** The number of `isComplete` calls. With each call come one invocation of the framework's function and one state transition of its waiter. */
  readonly invocations: number;
  /** The duration of all invocations, in seconds. The framework's function runs equally long, because it waits for the handler. */
  readonly seconds: number;
  /** The time from the end of the job to the answer of `Outcome`, in seconds. */
  readonly answeredAfter: number;
}

/** Waits for a job that runs immediately, with all `Wait` resources and then `Outcome`. The mocked calls take no time. */
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
])('a job of %i minutes under a time-out of %i hours takes at most %i polls, %i invocations and %i seconds', async (minutes, hours, ...most) => {
  const { polls, invocations, seconds, answeredAfter } = await costOf(minutes, Duration.hours(hours));
  [polls, invocations, seconds].forEach((value, index) => {
    expect(value).toBeLessThanOrEqual(most[index]);
    expect(value).toBeGreaterThan(most[index] * 0.9); // otherwise the documented costs are out of date
  });
  // After the poll that sees the end, the remaining `Wait` resources and `Outcome` answer at once.
  expect(answeredAfter).toBeLessThan(60);
});
