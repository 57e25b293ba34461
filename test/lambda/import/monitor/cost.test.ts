import { DescribeFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { runMonitor, type MonitorRun, monitorInput } from './state-machine';
import { monitorDefinition } from '../../../../src/import/private/monitor-definition';
import { Aws, importJob, JOB, JOB_ID, MINUTE, report } from '../../harness';

const HOUR = 60;
const DAY = 24 * HOUR;
const LONGEST = 14 * DAY;

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

/** Monitors a job that runs immediately and takes this many minutes. */
async function run(minutes: number): Promise<MonitorRun> {
  const endsAt = Date.now() + minutes * MINUTE;
  aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => ({
    ImportJobProperties: importJob(Date.now() >= endsAt ? { JobStatus: 'COMPLETED', JobProgressReport: report(10, 10, 0) } : { JobStatus: 'IN_PROGRESS' }),
  }));
  return runMonitor(monitorInput(JOB, JOB_ID, LONGEST));
}

/** Returns the pauses between polls in the longest execution, in seconds. They follow from the definition of the state machine. */
function pauses(): number[] {
  const [, longer] = /MathAdd\(\$\.Poll\.Seconds, (\d+)\)/.exec(JSON.stringify(monitorDefinition('arn')))!;
  const all: number[] = [];
  for (let [passed, pause] = [0, monitorInput(JOB, JOB_ID).Poll.Seconds]; passed < LONGEST * 60; passed += pause, pause += Number(longer)) {
    all.push(pause);
  }
  return all;
}

/** Returns how often a job that takes this many minutes is polled. */
function pollsAt(minutes: number): number {
  let passed = 0;
  return pauses().findIndex((pause) => (passed += pause) >= minutes * 60) + 1;
}

/** Returns the delay from the end of a job to the next poll, in seconds. The job takes this many minutes, or up to 10 percent more or less. */
function delaysOf(minutes: number): { readonly longest: number; readonly mean: number } {
  const [from, to] = [0.9, 1.1].map((part) => pollsAt(part * minutes));
  const possible = pauses().slice(from - 1, to);
  const sum = (values: number[]) => values.reduce((a, b) => a + b);
  // A job ends during a long pause more often than during a short pause. On average it ends in the middle of the pause.
  return { longest: Math.max(...possible), mean: Math.round(sum(possible.map((pause) => pause ** 2 / 2)) / sum(possible)) };
}

test.each([
  [30, 31, 128],
  [2 * HOUR, 72, 290],
  [6 * HOUR, 135, 540],
  [11.5 * HOUR, 191, 765],
  [7 * DAY - 1, 765, 3_060],
])('a job of %i minutes takes at most %i polls, %i transitions, and one invocation', async (minutes, mostPolls, mostTransitions) => {
  const { polls, invocations, transitions, status } = await run(minutes);
  expect([status, polls, invocations]).toEqual(['SUCCEEDED', pollsAt(minutes), 1]);
  expect(aws.sent('DescribeFHIRImportJob')).toHaveLength(polls + 1); // the handler polls the job once more
  [[polls, mostPolls], [transitions, mostTransitions]].forEach(([value, most]) => {
    expect(value).toBeLessThanOrEqual(most);
    expect(value).toBeGreaterThan(most * 0.97); // otherwise the documented costs are out of date
  });
});

test.each([
  [30, 95, 46],
  [2 * HOUR, 180, 88],
  [6 * HOUR, 310, 150],
  [11.5 * HOUR, 430, 206],
  [7 * DAY, 1_640, 780],
])('the end of a job of about %i minutes is seen after at most %i seconds, and after %i on average', (minutes, most, mostInTheMean) => {
  const { longest, mean } = delaysOf(minutes);
  [[longest, most], [mean, mostInTheMean]].forEach(([value, bound]) => {
    expect(value).toBeLessThanOrEqual(bound);
    expect(value).toBeGreaterThan(bound * 0.97); // otherwise the documented delay is out of date
  });
  expect(longest).toBeLessThan(Math.max(2 * 60, minutes * 60 * 0.06)); // 2 minutes or 6 percent of the job's duration
});

test('the longest execution needs less than half of the 25,000 history events that Step Functions allows', async () => {
  const { status, events } = await run(2 * LONGEST);
  expect(status).toBe('FAILED');
  expect(events).toBeLessThan(25_000 / 2);
});
