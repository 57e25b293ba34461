import { DescribeFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { Duration } from 'aws-cdk-lib';
import { Completion } from '../../../../src';
import { QUERY_INTERVAL_SECONDS } from '../../../../src/contract';
import { Aws, importJob, MINUTE, outcomeEvent, report, SECOND, waitEvent } from '../../harness';

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

/** The assumed durations of a DescribeFHIRImportJob call and of the other work of an invocation, in milliseconds. */
const CALL = 300;
const OVERHEAD = 100;

/** The memory of the handler and of the framework's function together, in GB. */
const MEMORY = 0.25 + 0.125;

/** The cost of waiting for one job. */
interface Cost {
  readonly polls: number;
  /** The number of `isComplete` calls. Each causes an invocation of the framework's function, one of the handler, and a state transition. */
  readonly calls: number;
  readonly gbSeconds: number;
  /** The average number of running invocations. */
  readonly concurrency: number;
  /** The price of requests, GB-seconds and transitions in us-east-1, in USD. */
  readonly price: number;
  /** The time from the end of the job to the answer of `Outcome`, in seconds. */
  readonly answeredAfter: number;
}

/** Returns the cost of all `Wait` resources and `Outcome` for a job that starts at once, or is queued first. */
async function costOf(jobMinutes: number, timeout: Duration, queuedMinutes = 0): Promise<Cost> {
  const began = Date.now();
  const endsAt = began + (queuedMinutes + jobMinutes) * MINUTE;
  const jobNow = () => {
    if (Date.now() >= endsAt) {
      return importJob({ JobStatus: 'COMPLETED', JobProgressReport: report(10, 10, 0) });
    }
    return importJob({ JobStatus: Date.now() >= began + queuedMinutes * MINUTE ? 'IN_PROGRESS' : 'QUEUED' });
  };
  aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(async () => {
    await new Promise((resolve) => setTimeout(resolve, CALL));
    return { ImportJobProperties: jobNow() };
  });
  const shares = Completion.waitFor({ timeout })._shares();
  let [calls, seconds] = [0, 0];
  for (const [turn, share] of shares.entries()) {
    const properties = { TimeoutSeconds: String(share.toSeconds()), LegsBefore: turn === 0 ? undefined : String(turn) };
    const request = await aws.begin(turn < shares.length - 1 ? waitEvent({}, properties) : outcomeEvent({}, properties));
    for (let isComplete = false; !isComplete;) {
      const invokedAt = Date.now();
      const { answer, reason } = await aws.ask(request);
      expect(reason).toBeUndefined();
      isComplete = answer!.IsComplete;
      await jest.advanceTimersByTimeAsync(OVERHEAD);
      calls += 1;
      seconds += (Date.now() - invokedAt) / SECOND;
      await jest.advanceTimersByTimeAsync(isComplete ? 0 : QUERY_INTERVAL_SECONDS * SECOND);
    }
  }
  const gbSeconds = seconds * MEMORY;
  return {
    polls: aws.sent('DescribeFHIRImportJob').length,
    calls,
    gbSeconds: Math.round(gbSeconds),
    concurrency: (2 * seconds * SECOND) / (Date.now() - began),
    price: 2 * calls * 0.2e-6 + gbSeconds * 0.0000166667 + calls * 0.025e-3,
    answeredAfter: (Date.now() - endsAt) / SECOND,
  };
}

test.each([
  [30, 0, 3, 140, 61, 161],
  [120, 0, 3, 350, 275, 195],
  [360, 0, 8, 920, 850, 280],
  [690, 0, 12, 1_700, 1_640, 400],
  [30, 330, 8, 250, 870, 63],
])('a job of %i minutes after %i minutes in the queue with a time-out of %i hours causes at most %i polls, %i isComplete calls and %i GB-seconds',
  async (minutes, queuedMinutes, hours, ...most) => {
    const { polls, calls, gbSeconds, answeredAfter } = await costOf(minutes, Duration.hours(hours), queuedMinutes);
    [polls, calls, gbSeconds].forEach((value, index) => {
      expect(value).toBeLessThanOrEqual(most[index]);
      expect(value).toBeGreaterThan(most[index] * 0.9); // if this fails, update the documented costs
    });
    // After the poll that finds the job ended, the remaining `Wait` resources and `Outcome` answer at once.
    expect(answeredAfter).toBeLessThan(30);
  });

test('an import of six hours holds less than a tenth of an invocation on average, and costs less than 3 US cents', async () => {
  const { concurrency, price } = await costOf(360, Duration.hours(8));
  expect(concurrency).toBeLessThan(0.1);
  expect(price).toBeLessThan(0.03);
});
