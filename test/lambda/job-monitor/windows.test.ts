import * as fc from 'fast-check';
import { JobLists, Metrics, progress, row, TICK } from './job-lists';
import { handler } from '../../../lambda/job-monitor';
import { windowsOf } from '../../../lambda/job-monitor/windows';
import { Aws, DATASTORE, MINUTE, T0 } from '../harness';

const WINDOW = TICK.periodMinutes * MINUTE;

/** The number of ticks in a run. All jobs end in the windows of the ticks. */
const TICKS = 8;

/** The deliveries of a tick, as numbers of windows after its scheduled time. A dropped tick has none. */
const DELIVERIES = { 'once': [0], 'twice': [0, 0], 'late': [1], 'on time and late': [0, 1], 'dropped': [] } as const;
type Delivery = keyof typeof DELIVERIES;

interface Ending {
  readonly window: number;
  readonly offset: number;
  readonly status: 'COMPLETED' | 'COMPLETED_WITH_ERRORS' | 'FAILED' | 'CANCEL_COMPLETED';
  readonly imported: number;
}

const anyEnding: fc.Arbitrary<Ending> = fc.record({
  window: fc.nat(TICKS - 1),
  offset: fc.oneof(fc.constantFrom(0, 1, WINDOW - 1), fc.nat(WINDOW - 1)), // many jobs end in the same millisecond, and at the borders of a window
  status: fc.constantFrom('COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCEL_COMPLETED'),
  imported: fc.nat(1000),
});

/** Generates the deliveries of all ticks. Of two ticks that follow each other, at least one is delivered. */
const anyDeliveries = fc.array(fc.constantFrom(...Object.keys(DELIVERIES) as Delivery[]), { minLength: TICKS, maxLength: TICKS })
  .filter((all) => all.every((delivery, i) => delivery !== 'dropped' || all[i + 1] !== 'dropped'));

const startOf = (window: number) => T0 + window * WINDOW;

let aws: Aws;
let lists: JobLists;
beforeEach(() => {
  aws = new Aws();
  lists = new JobLists(aws);
});
afterEach(() => aws.close());

/** Runs the ticks, and returns the metrics. A job is in the list as running before its end. */
async function run(endings: readonly Ending[], deliveries: readonly Delivery[]): Promise<Metrics> {
  const ticks = deliveries.flatMap((delivery, i) => DELIVERIES[delivery].map((late) => ({ scheduled: startOf(i), at: startOf(i + late) + 1 })));
  aws.lines.splice(0);
  for (const { scheduled, at } of ticks.sort((a, b) => a.at - b.at)) {
    jest.setSystemTime(at);
    const jobs = endings.map(({ window, offset, status, imported }, i) => {
      const ended = startOf(window) + offset;
      return row(String(i), ended < at ? status : 'IN_PROGRESS', 60, { ...progress(imported, 1, 1), EndTime: ended < at ? new Date(ended) : undefined });
    });
    lists.rows.IMPORT.splice(0, lists.rows.IMPORT.length, ...jobs);
    aws.healthlake.resetHistory();
    await handler({ ...TICK, scheduledTime: new Date(scheduled).toISOString() });
  }
  return new Metrics(aws.lines);
}

test('a tick that is delivered twice or late, or is dropped, changes no number of jobs that ended', async () => {
  await fc.assert(fc.asyncProperty(fc.array(anyEnding, { maxLength: 12 }), anyDeliveries, async (endings, deliveries) => {
    const metrics = await run(endings, deliveries);
    for (let window = 0; window < TICKS - 2; window += 1) {
      const ended = endings.filter((ending) => ending.window === window);
      const numberOf = (status: string) => ended.filter((ending) => ending.status === status).length;
      expect({ window, ...metrics.allAt(startOf(window), DATASTORE, 'IMPORT') }).toMatchObject({
        window,
        JobsCompleted: numberOf('COMPLETED'),
        JobsCompletedWithErrors: numberOf('COMPLETED_WITH_ERRORS'),
        JobsFailed: numberOf('FAILED'),
        JobsCancelled: numberOf('CANCEL_COMPLETED'),
        JobResourcesImported: ended.reduce((sum, { imported }) => sum + imported, 0),
        JobResourcesFailed: ended.length,
      });
    }
  }), { numRuns: 25 });
});

test.each([
  ['2026-01-15T12:00:00Z', 5, '2026-01-15T12:00', '2026-01-15T11:55', '2026-01-15T11:50'],
  ['2026-01-15T12:04:59.999Z', 5, '2026-01-15T12:00', '2026-01-15T11:55', '2026-01-15T11:50'],
  ['2026-01-15T12:05:00Z', 60, '2026-01-15T12:00', '2026-01-15T11:00', '2026-01-15T10:00'],
  ['2026-01-15T00:00:30Z', 1, '2026-01-15T00:00', '2026-01-14T23:59', '2026-01-14T23:58'],
])('a tick at %s with a period of %i minutes is in the window of %s', (scheduledTime, periodMinutes, current, previous, before) => {
  const { current: now, complete } = windowsOf({ scheduledTime, periodMinutes });
  expect([now, ...complete].map(({ start }) => new Date(start).toISOString().slice(0, 16))).toEqual([current, previous, before]);
  expect([complete[0].end, complete[1].end]).toEqual([now.start, complete[0].start]);
});
