import { DescribeFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { playWatch, type Watched, watchedImport } from './state-machine';
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

/** Watches a job that runs at once, for so many minutes. */
async function watch(minutes: number): Promise<Watched> {
  const endsAt = Date.now() + minutes * MINUTE;
  aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => ({
    ImportJobProperties: importJob(Date.now() >= endsAt ? { JobStatus: 'COMPLETED', JobProgressReport: report(10, 10, 0) } : { JobStatus: 'IN_PROGRESS' }),
  }));
  return playWatch(watchedImport(JOB, JOB_ID, LONGEST));
}

/** The pauses of the state machine from the start to the end of the longest watch, in seconds: what its definition says, without running it. */
function pauses(): number[] {
  const [, longer] = /MathAdd\(\$\.Poll\.Seconds, (\d+)\)/.exec(JSON.stringify(monitorDefinition('arn')))!;
  const all: number[] = [];
  for (let [passed, pause] = [0, watchedImport(JOB, JOB_ID).Poll.Seconds]; passed < LONGEST * 60; passed += pause, pause += Number(longer)) {
    all.push(pause);
  }
  return all;
}

/** How often a job of so many minutes is looked at. */
function looksAt(minutes: number): number {
  let passed = 0;
  return pauses().findIndex((pause) => (passed += pause) >= minutes * 60) + 1;
}

/** How long after its end a job is looked at that takes about so many minutes: a tenth more or less. In seconds. */
function delaysOf(minutes: number): { readonly longest: number; readonly mean: number } {
  const [from, to] = [0.9, 1.1].map((part) => looksAt(part * minutes));
  const possible = pauses().slice(from - 1, to);
  const sum = (values: number[]) => values.reduce((a, b) => a + b);
  // It ends in a long pause more often than in a short one, and then waits half of it, one with the other.
  return { longest: Math.max(...possible), mean: Math.round(sum(possible.map((pause) => pause ** 2 / 2)) / sum(possible)) };
}

test.each([
  [30, 31, 128],
  [2 * HOUR, 72, 290],
  [6 * HOUR, 135, 540],
  [11.5 * HOUR, 191, 765],
  [7 * DAY - 1, 765, 3_060],
])('a job of %i minutes takes %i looks of the state machine, %i transitions, and one invocation', async (minutes, mostLooks, mostTransitions) => {
  const { looks, invocations, transitions, status } = await watch(minutes);
  expect([status, looks, invocations]).toEqual(['SUCCEEDED', looksAt(minutes), 1]);
  expect(aws.sent('DescribeFHIRImportJob')).toHaveLength(looks + 1); // and one of the handler, which judges
  [[looks, mostLooks], [transitions, mostTransitions]].forEach(([value, most]) => {
    expect(value).toBeLessThanOrEqual(most);
    expect(value).toBeGreaterThan(most * 0.97); // else what is written down of the costs is no longer true
  });
});

test.each([
  [30, 95, 46],
  [2 * HOUR, 180, 88],
  [6 * HOUR, 310, 150],
  [11.5 * HOUR, 430, 206],
  [7 * DAY, 1_640, 780],
])('the end of a job of about %i minutes is seen after %i seconds at the latest, and after %i in the mean', (minutes, most, mostInTheMean) => {
  const { longest, mean } = delaysOf(minutes);
  [[longest, most], [mean, mostInTheMean]].forEach(([value, bound]) => {
    expect(value).toBeLessThanOrEqual(bound);
    expect(value).toBeGreaterThan(bound * 0.97); // else what is written down of the delay is no longer true
  });
  expect(longest).toBeLessThan(Math.max(2 * 60, minutes * 60 * 0.06)); // a small part of what was waited for anyway
});

test('a job that runs for all of the longest watch leaves room in the history of the execution', async () => {
  const { status, events } = await watch(2 * LONGEST);
  expect(status).toBe('FAILED');
  expect(events).toBeLessThan(25_000 / 2);
});
