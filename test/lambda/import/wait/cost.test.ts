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
  /** The number of `isComplete` calls. Each call causes an invocation of the framework's function and a transition of the framework's state machine. */
  readonly invocations: number;
  /** The total duration of all invocations of the handler, in seconds. The framework's function waits for the handler, so it runs equally long. */
  readonly seconds: number;
  /** The time from the end of the job to the answer of `Outcome`, in seconds. */
  readonly answeredAfter: number;
}

/** Returns the cost of all `Wait` resources and `Outcome` for a job that starts at once. The mocked calls take no time. */
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
])('a job of %i minutes with a time-out of %i hours causes at most %i polls, %i invocations and %i seconds of execution', async (minutes, hours, ...most) => {
  const { polls, invocations, seconds, answeredAfter } = await costOf(minutes, Duration.hours(hours));
  [polls, invocations, seconds].forEach((value, index) => {
    expect(value).toBeLessThanOrEqual(most[index]);
    expect(value).toBeGreaterThan(most[index] * 0.9); // if this fails, update the documented costs
  });
  // After the poll that finds the job ended, the remaining `Wait` resources and `Outcome` answer at once.
  expect(answeredAfter).toBeLessThan(60);
});
