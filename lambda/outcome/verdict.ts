import { ImportJobProperties as ImportJob, JobProgressReport } from '@aws-sdk/client-healthlake';
import { WireErrorTolerance } from '../../src/import-contract';

/** How many resources, as far as HealthLake says. */
export interface Counts {
  readonly scanned?: number;
  readonly imported?: number;
  readonly failed?: number;
  readonly unreadableFiles?: number;
}

/** What the status and the counts of a job mean. */
export type Verdict =
  | { readonly kind: 'running' }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly why: string };

const FAILED = new Set(['FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED']);

/** What binary fractions may take from a percentage: 0.57 percent of 10,000 come out as 56.99999999999999. */
const ROUNDING = 1e-6;

/**
 * Judges a job. A status that isn't known yet is one of a job that still runs.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_ImportJobProperties.html
 */
export function judge(job: Pick<ImportJob, 'JobStatus' | 'JobProgressReport'>, tolerance: WireErrorTolerance): Verdict {
  const status = job.JobStatus ?? '';
  if (FAILED.has(status)) {
    return { kind: 'failed', why: `the job ended with ${status}` };
  }
  if (status !== 'COMPLETED' && status !== 'COMPLETED_WITH_ERRORS') {
    return { kind: 'running' };
  }
  const counts = countsOf(job.JobProgressReport);
  if (counts.scanned === 0 && tolerance.Kind !== 'ANY') {
    return { kind: 'failed', why: 'HealthLake found no resources' };
  }
  // A job that says it is complete and counts what is missing has not done what was asked.
  const flawless = status === 'COMPLETED' && !counts.failed && !counts.unreadableFiles;
  return flawless ? { kind: 'succeeded' } : judgeErrors(counts, tolerance);
}

/** The counts of a progress report. What was scanned and not imported has failed, also where HealthLake counts it as nobody's error. */
export function countsOf(report: JobProgressReport = {}): Counts {
  const scanned = report.TotalNumberOfResourcesScanned;
  const imported = report.TotalNumberOfResourcesImported;
  const missing = scanned !== undefined && imported !== undefined ? scanned - imported : undefined;
  const failures = [report.TotalNumberOfResourcesWithCustomerError, missing].filter((n) => n !== undefined);
  return {
    scanned,
    imported,
    failed: failures.length > 0 ? Math.max(0, ...failures) : undefined,
    unreadableFiles: report.TotalNumberOfFilesReadWithCustomerError,
  };
}

function judgeErrors(counts: Counts, tolerance: WireErrorTolerance): Verdict {
  if (tolerance.Kind === 'ANY') {
    return { kind: 'succeeded' };
  }
  if (tolerance.Kind === 'NONE') {
    return { kind: 'failed', why: 'no errors are tolerated' };
  }
  if (counts.unreadableFiles) {
    return { kind: 'failed', why: `${counts.unreadableFiles} files could not be read, which no limit on resources covers` };
  }
  if (counts.failed === undefined || (tolerance.Kind === 'PERCENT' && counts.scanned === undefined)) {
    return { kind: 'failed', why: 'HealthLake does not say how many resources failed' };
  }
  const limit = Number(tolerance.Limit);
  const allowed = tolerance.Kind === 'RESOURCES' ? limit : limit * (counts.scanned ?? 0) / 100 + ROUNDING;
  return counts.failed <= allowed
    ? { kind: 'succeeded' }
    : { kind: 'failed', why: `more than the tolerated ${tolerance.Limit} ${tolerance.Kind === 'RESOURCES' ? 'resources' : 'percent of the resources'} failed` };
}
