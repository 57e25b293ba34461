import type { ContractErrorTolerance } from '../../src/contract';
import { hasEnded, isCompleted, isCompletedWithErrors, type JobDescription } from '../jobs/healthlake-job';
import type { Counts, Evidence, Verdict } from '../jobs/verdict';
import type { ManifestCounts, ReportAnswer } from '../report/types';

/** Compensates for floating-point errors: 0.57 percent of 10,000 is computed as 56.99999999999999. */
const ROUNDING = 1e-6;

/**
 * Returns the numbers of resources and files from the manifest of the results. If the manifest lacks a number, the number comes from the progress
 * report of the job. The progress report has no numbers of server errors.
 */
export function countsOf({ JobProgressReport: progress = {} }: Pick<JobDescription, 'JobProgressReport'>, report?: ReportAnswer): Counts {
  const manifest: ManifestCounts = report?.kind === 'report' ? report.manifest ?? {} : {};
  const scanned = manifest.resourcesScanned ?? progress.TotalNumberOfResourcesScanned;
  const imported = manifest.resourcesImported ?? progress.TotalNumberOfResourcesImported;
  // A resource that was scanned and not imported has failed, even if HealthLake counts no error for it.
  const missing = scanned !== undefined && imported !== undefined ? scanned - imported : undefined;
  const counted = sum(manifest.resourcesWithCustomerError ?? progress.TotalNumberOfResourcesWithCustomerError, manifest.resourcesWithServerError);
  const failures = [counted, missing].filter((n) => n !== undefined);
  return {
    scanned,
    imported,
    failed: failures.length > 0 ? Math.max(0, ...failures) : undefined,
    unreadableFiles: sum(manifest.filesWithCustomerError ?? progress.TotalNumberOfFilesReadWithCustomerError, manifest.filesWithServerError),
  };
}

/** Adds two numbers. Returns undefined only if neither number is known. */
function sum(a?: number, b?: number): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}

/**
 * Judges a job of this deployment, or an earlier job that may be adopted.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_ImportJobProperties.html
 */
export function judge(evidence: Evidence, tolerance: ContractErrorTolerance): Verdict {
  const status = evidence.job.JobStatus;
  if (!hasEnded(status)) {
    return { kind: 'running', evidence };
  }
  const why = isCompleted(status) ? whyNotTolerated(evidence, tolerance) : `the job ended with ${status}`;
  return why === undefined ? { kind: 'succeeded', evidence } : { kind: 'failed', why, evidence, advice: isCompletedWithErrors(status) ? 'errors' : 'job' };
}

function whyNotTolerated(evidence: Evidence, tolerance: ContractErrorTolerance): string | undefined {
  const { job, counts } = evidence;
  if (tolerance.Kind === 'ANY') {
    return undefined;
  }
  if (counts.scanned === 0) {
    return 'HealthLake found no resources';
  }
  // The status COMPLETED doesn't rule out failed resources, so the counts decide.
  const isFlawless = !isCompletedWithErrors(job.JobStatus) && !counts.failed && !counts.unreadableFiles;
  return isFlawless ? undefined : whyErrorsNotTolerated(evidence, tolerance);
}

function whyErrorsNotTolerated({ counts, report, isOwn }: Evidence, tolerance: Exclude<ContractErrorTolerance, { Kind: 'ANY' }>): string | undefined {
  if (tolerance.Kind === 'NONE') {
    return 'no errors are tolerated';
  }
  const manifestProblem = report && isOwn ? manifestProblemOf(report) : undefined;
  if (manifestProblem !== undefined) {
    return `the results have no manifest that counts the errors: ${manifestProblem}`;
  }
  if (counts.unreadableFiles) {
    return `${counts.unreadableFiles} files could not be read, which no limit on resources covers`;
  }
  if (counts.failed === undefined || (tolerance.Kind === 'PERCENT' && counts.scanned === undefined)) {
    return 'HealthLake does not say how many resources failed';
  }
  const limit = Number(tolerance.Limit);
  const allowed = tolerance.Kind === 'RESOURCES' ? limit : limit * (counts.scanned ?? 0) / 100 + ROUNDING;
  return counts.failed <= allowed
    ? undefined
    : `more than the tolerated ${tolerance.Limit} ${tolerance.Kind === 'RESOURCES' ? 'resources' : 'percent of the resources'} failed`;
}

function manifestProblemOf(report: ReportAnswer): string | undefined {
  if (report.kind === 'report') {
    return report.manifest ? undefined : report.manifestProblem ?? 'it is missing';
  }
  return report.kind === 'no-manifest' ? report.why : undefined;
}

/** Returns whether the verdict depends on the results of the job. */
export function dependsOnResults(status: string | undefined, { Kind }: ContractErrorTolerance): boolean {
  return isCompletedWithErrors(status) && (Kind === 'RESOURCES' || Kind === 'PERCENT');
}

/** Returns the reason why the results were not read, although the verdict depends on them. Otherwise returns undefined. */
export function whyWithoutResults({ job, report, isOwn }: Evidence, tolerance: ContractErrorTolerance): string | undefined {
  if (!dependsOnResults(job.JobStatus, tolerance)) {
    return undefined;
  }
  if (!isOwn) {
    return 'its results are outside the output location that this import may read';
  }
  if (!report) {
    return 'the import makes no failure reports';
  }
  return report.kind === 'unreadable' ? report.why : undefined;
}
