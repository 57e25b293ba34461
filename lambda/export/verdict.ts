import type { ExportOutcomeProperties } from '../../src/contract';
import { hasEnded, isCompletedWithErrors, type JobDescription } from '../jobs/healthlake-job';
import type { Counts, Evidence, Verdict } from '../jobs/verdict';
import type { ReportAnswer } from '../report/types';

/** The properties by which an export is judged. */
type Terms = Pick<ExportOutcomeProperties, 'AllowEmpty'>;

/** Returns the numbers of files, bytes and resources, from the report. HealthLake doesn't count them. */
export function countsOf(_job: JobDescription, report?: ReportAnswer): Counts {
  return report?.kind === 'export' && report.complete ? { files: report.files, bytes: report.bytes, resources: report.resources } : {};
}

/** Judges an export. An export with errors fails, because resources may be missing in the copy. */
export function judge(evidence: Evidence, { AllowEmpty }: Terms): Verdict {
  const { job: { JobStatus: status }, counts } = evidence;
  if (!hasEnded(status)) {
    return { kind: 'running', evidence };
  }
  if (status !== 'COMPLETED') {
    return { kind: 'failed', why: `the job ended with ${status}`, evidence, advice: isCompletedWithErrors(status) ? 'errors' : 'job' };
  }
  return counts.files === 0 && !AllowEmpty
    ? { kind: 'failed', why: 'the job completed and exported no files', evidence, advice: 'empty' }
    : { kind: 'succeeded', evidence };
}

/** Returns whether the verdict depends on the exported files. */
export function dependsOnResults(status: string | undefined, { AllowEmpty }: Terms): boolean {
  return status === 'COMPLETED' && !AllowEmpty;
}

/** Returns the reason why the number of exported files is not known, although the verdict depends on it. Otherwise returns undefined. */
export function whyWithoutResults({ job, report, isOwn, counts }: Evidence, terms: Terms): string | undefined {
  if (!dependsOnResults(job.JobStatus, terms) || counts.files !== undefined) {
    return undefined;
  }
  if (!isOwn) {
    return 'its files are outside the output location that this export may read';
  }
  const why = report?.kind === 'export' ? report.problem : report?.kind === 'unreadable' ? report.why : undefined;
  return why ?? 'the report function does not say how many files there are';
}
