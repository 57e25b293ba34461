import type { FoundJob } from './find';
import type { JobDetails } from './show';
import { durationOf, progressOf } from '../../../../lambda/job-monitor/summary';
import { bar, type Colors, count, duration, fields, table, time } from '../cli/text';

const STATUS_COLORS: Readonly<Record<string, 'green' | 'yellow' | 'red' | 'cyan'>> = {
  COMPLETED: 'green', COMPLETED_WITH_ERRORS: 'yellow', FAILED: 'red', CANCEL_FAILED: 'red', IN_PROGRESS: 'cyan',
};

/** Returns jobs as a table. The data store has a column only if there are several. */
export function jobsText(jobs: readonly FoundJob[], now: number, colors: Colors): string {
  if (jobs.length === 0) {
    return 'No jobs.\n';
  }
  const severalStores = new Set(jobs.map(({ datastoreId }) => datastoreId)).size > 1;
  const rows = jobs.map((job) => [
    ...severalStores ? [job.datastoreId] : [],
    job.kind.toLowerCase(), job.id, job.name, statusText(job.status, colors), time(job.submitted), durationText(job, now),
    job.progress?.imported, job.progress?.failed, progressText(job),
  ]);
  const columns = ['kind', 'job', 'name', 'status', 'submitted', '>duration', '>imported', '>failed', 'progress'];
  return table(severalStores ? ['data store', ...columns] : columns, rows, colors);
}

/** Returns all that HealthLake says about a job, as text. */
export function jobText(job: JobDetails, now: number, colors: Colors): string {
  const { progress = {} } = job;
  return fields([
    ['job', job.id], ['kind', job.kind.toLowerCase()], ['name', job.name], ['status', statusText(job.status, colors)], ['message', job.message],
    ['data store', job.datastoreId], ['submitted', time(job.submitted)], ['ended', time(job.ended)], ['duration', durationText(job, now)],
    ['progress', progressText(job)],
    ['files', countsText({ scanned: progress.files, imported: progress.filesImported, unreadable: progress.filesFailed })],
    ['resources', countsText({ scanned: progress.scanned, imported: progress.imported, failed: progress.failed })],
    ['input', job.input], ['output', job.output], ['KMS key', job.kmsKey], ['validation', job.validationLevel], ['role', job.role],
  ], colors);
}

function statusText(status: string, colors: Colors): string {
  return colors[STATUS_COLORS[status] ?? 'reset'](status);
}

function durationText(job: FoundJob, now: number): string {
  return duration(durationOf(job) ?? Math.max(0, now - job.submitted.getTime()));
}

function progressText(job: FoundJob): string {
  const fraction = job.ended ? undefined : progressOf(job);
  return fraction === undefined ? '' : bar(fraction);
}

function countsText(counts: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(counts).filter(([, number]) => number !== undefined).map(([name, number]) => `${count(number!)} ${name}`).join(', ');
}
