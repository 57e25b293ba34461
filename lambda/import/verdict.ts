import type { ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { type Counts, countsOf } from './outcome/counts';
import type { ContractErrorTolerance } from '../../src/contract';
import type { ReportAnswer } from '../report/types';

/** What a job is judged by. */
export interface Evidence {
  readonly job: ImportJob;
  /** What its results say; undefined if they were not looked at. */
  readonly report?: ReportAnswer;
  /** Whether the results lie where this import puts its own. */
  readonly isOwn: boolean;
}

/** What the status and the counts of a job mean. */
export type Verdict =
  | { readonly kind: 'running' }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly why: string };

const FAILED = new Set(['FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED']);
const COMPLETED = new Set(['COMPLETED', 'COMPLETED_WITH_ERRORS']);

/** What binary fractions may take from a percentage: 0.57 percent of 10,000 come out as 56.99999999999999. */
const ROUNDING = 1e-6;

/** Whether the job has ended, as far as the status tells: one that isn't known yet is that of a job that still runs. */
export function hasEnded(status: string | undefined): boolean {
  return FAILED.has(status ?? '') || COMPLETED.has(status ?? '');
}

/** Whether the results can change the verdict. */
export function dependsOnResults(status: string | undefined, { Kind }: ContractErrorTolerance): boolean {
  return status === 'COMPLETED_WITH_ERRORS' && (Kind === 'RESOURCES' || Kind === 'PERCENT');
}

/**
 * Judges a job: whether an old one is good enough to be adopted, and how one of this deployment ended.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_ImportJobProperties.html
 */
export function judge(evidence: Evidence, tolerance: ContractErrorTolerance): Verdict {
  const status = evidence.job.JobStatus;
  if (!hasEnded(status)) {
    return { kind: 'running' };
  }
  if (!COMPLETED.has(status!)) {
    return { kind: 'failed', why: `the job ended with ${status}` };
  }
  const counts = countsOf(evidence.job.JobProgressReport, evidence.report);
  if (counts.scanned === 0 && tolerance.Kind !== 'ANY') {
    return { kind: 'failed', why: 'HealthLake found no resources' };
  }
  // A job that says it is complete and counts what is missing has not done what was asked.
  const flawless = status === 'COMPLETED' && !counts.failed && !counts.unreadableFiles;
  return flawless ? { kind: 'succeeded' } : judgeErrors(counts, evidence, tolerance);
}

function judgeErrors(counts: Counts, { report, isOwn }: Evidence, tolerance: ContractErrorTolerance): Verdict {
  if (tolerance.Kind === 'ANY') {
    return { kind: 'succeeded' };
  }
  if (tolerance.Kind === 'NONE') {
    return { kind: 'failed', why: 'no errors are tolerated' };
  }
  const manifestProblem = report && isOwn ? manifestProblemOf(report) : undefined;
  if (manifestProblem !== undefined) {
    return { kind: 'failed', why: `the results have no manifest that counts the errors: ${manifestProblem}` };
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

function manifestProblemOf(report: ReportAnswer): string | undefined {
  if (report.kind === 'report') {
    return report.manifest ? undefined : report.manifestProblem ?? 'it is missing';
  }
  return report.kind === 'no-manifest' ? report.why : undefined;
}

/** Why the counts are those of the job and not those of its results; undefined if they are those of the results. */
export function notByResults({ report, isOwn }: Evidence): string | undefined {
  if (!isOwn) {
    return 'its results lie where this import does not read';
  }
  if (!report) {
    return 'there are no reports';
  }
  return report.kind === 'unreadable' ? report.why : undefined;
}
