import { DescribeFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { runMonitor, type MonitorRun, monitorInput } from './state-machine';
import { IMPORT as KIND } from '../../../../src/import/private/kind';
import { monitorDefinition } from '../../../../src/jobs/private/monitor-definition';
import { Aws, importJob, JOB, JOB_ID, MINUTE, report } from '../../harness';

const HOUR = 60;
const DAY = 24 * HOUR;
const LONGEST = 14 * DAY;

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

/** Runs the monitor for a job that starts at once and takes this many minutes. */
async function run(minutes: number): Promise<MonitorRun> {
  const endsAt = Date.now() + minutes * MINUTE;
  aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => ({
    ImportJobProperties: importJob(Date.now() >= endsAt ? { JobStatus: 'COMPLETED', JobProgressReport: report(10, 10, 0) } : { JobStatus: 'IN_PROGRESS' }),
  }));
  return runMonitor(monitorInput(JOB, JOB_ID, LONGEST));
}

/** Returns the pauses between the polls of the longest execution, in seconds, as the definition of the state machine sets them. */
function pauses(): number[] {
  const [, longer] = /MathAdd\(\$\.Poll\.Seconds, (\d+)\)/.exec(JSON.stringify(monitorDefinition(KIND, 'arn')))!;
  const all: number[] = [];
  for (let [passed, pause] = [0, monitorInput(JOB, JOB_ID).Poll.Seconds]; passed < LONGEST * 60; passed += pause, pause += Number(longer)) {
    all.push(pause);
  }
  return all;
}

/** Returns how often the monitor polls a job that takes this many minutes. */
function pollsAt(minutes: number): number {
  let passed = 0;
  return pauses().findIndex((pause) => (passed += pause) >= minutes * 60) + 1;
}

/** Returns the longest and the mean delay from the end of a job to the next poll, in seconds. The job takes from 90 to 110 percent of this many minutes. */
function delaysOf(minutes: number): { readonly longest: number; readonly mean: number } {
  const [from, to] = [0.9, 1.1].map((part) => pollsAt(part * minutes));
  const possible = pauses().slice(from - 1, to);
  const sum = (values: number[]) => values.reduce((a, b) => a + b);
  // The probability that a job ends during a pause is proportional to the pause. On average, the job ends in the middle of the pause.
  return { longest: Math.max(...possible), mean: Math.round(sum(possible.map((pause) => pause ** 2 / 2)) / sum(possible)) };
}

test.each([
  [30, 31, 128],
  [2 * HOUR, 72, 290],
  [6 * HOUR, 135, 540],
  [11.5 * HOUR, 191, 765],
  [7 * DAY - 1, 765, 3_060],
])('a job of %i minutes causes at most %i polls, %i state transitions and one invocation', async (minutes, mostPolls, mostTransitions) => {
  const { polls, invocations, transitions, status } = await run(minutes);
  expect([status, polls, invocations]).toEqual(['SUCCEEDED', pollsAt(minutes), 1]);
  expect(aws.sent('DescribeFHIRImportJob')).toHaveLength(polls + 1); // one more, because the handler polls the ended job
  [[polls, mostPolls], [transitions, mostTransitions]].forEach(([value, most]) => {
    expect(value).toBeLessThanOrEqual(most);
    expect(value).toBeGreaterThan(most * 0.97); // if this fails, update the documented costs
  });
});

test.each([
  [30, 95, 46],
  [2 * HOUR, 180, 88],
  [6 * HOUR, 310, 150],
  [11.5 * HOUR, 430, 206],
  [7 * DAY, 1_640, 780],
])('the monitor notices the end of a job of about %i minutes within %i seconds, and within %i seconds on average', (minutes, most, mostInTheMean) => {
  const { longest, mean } = delaysOf(minutes);
  [[longest, most], [mean, mostInTheMean]].forEach(([value, bound]) => {
    expect(value).toBeLessThanOrEqual(bound);
    expect(value).toBeGreaterThan(bound * 0.97); // if this fails, update the documented delays
  });
  expect(longest).toBeLessThan(Math.max(2 * 60, minutes * 60 * 0.06)); // the limit is 2 minutes, or 6 percent of the duration of a longer job
});

test('the longest execution needs less than half of the 25,000 history events that Step Functions allows', async () => {
  const { status, events } = await run(2 * LONGEST);
  expect(status).toBe('FAILED');
  expect(events).toBeLessThan(25_000 / 2);
});
