import type { ListedJob } from '../../../lambda/job-monitor/listing';
import { durationOf, outcomesByDay, progressOf } from '../../../lambda/job-monitor/summary';
import { JOB_ID, MINUTE, T0 } from '../harness';

const HOUR = 60 * MINUTE;

function job(changes: Partial<ListedJob>): ListedJob {
  return { kind: 'IMPORT', id: JOB_ID, status: 'COMPLETED', submitted: new Date(T0), ...changes };
}

test.each<[ListedJob['progress'], number | undefined]>([
  [undefined, undefined],
  [{ imported: 3 }, undefined],
  [{ files: 0, filesImported: 0 }, undefined],
  [{ files: 4 }, undefined],
  [{ files: 4, filesImported: 0 }, 0],
  [{ files: 4, filesImported: 1, filesFailed: 1 }, 0.5],
  [{ files: 4, filesImported: 5 }, 1],
])('the progress %j is the fraction %s of the files', (progress, fraction) => {
  expect(progressOf(job({ progress }))).toBe(fraction);
});

test.each([[undefined, undefined], [T0 + MINUTE, MINUTE], [T0 - 1, 0]])('a job that ended at %s lasted %s ms', (ended, duration) => {
  expect(durationOf(job({ ended: ended === undefined ? undefined : new Date(ended) }))).toBe(duration);
});

test.each([[0, [2, 1]], [14 * HOUR, [0, 3]], [-14 * HOUR, [0, 3]]])('jobs are counted on the day of their end, at an offset of %d ms', (offset, completed) => {
  const midnight = Date.UTC(2026, 0, 15);
  const ends = [midnight - MINUTE, midnight - 1, midnight, midnight - 40 * 24 * HOUR];
  const days = outcomesByDay([...ends.map((end) => job({ ended: new Date(end) })), job({ status: 'IN_PROGRESS' })], midnight, 2, offset);
  expect(days.map(({ counts }) => counts.completed)).toEqual(completed);
});

test('jobs are counted by outcome', () => {
  const statuses = ['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCEL_FAILED', 'CANCEL_COMPLETED'];
  expect(outcomesByDay(statuses.map((status) => job({ status, ended: new Date(T0) })), T0, 1, 0)).toEqual([
    { day: '2026-01-15', counts: { completed: 1, completedWithErrors: 1, failed: 2, cancelled: 1 } },
  ]);
});
