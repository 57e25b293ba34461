import { DescribeFHIRImportJobCommand, ImportJobProperties as ImportJob, paginateListFHIRImportJobs } from '@aws-sdk/client-healthlake';
import { ImportJobProperties } from '../../src/import-contract';
import { isNotFound } from '../errors';
import { isJobOf } from '../fingerprint';
import { Operator } from '../operator';
import { dependsOnResults, Evidence, judge, Verdict } from '../outcome/verdict';
import { evidenceOf } from '../results';

/** The reports on all old jobs together, in milliseconds: with the other calls, they stay below the function's time-out. */
const REPORT_BUDGET = 100_000;

/** A job that imported, or imports, the data set. */
export interface LedgerEntry {
  readonly jobId: string;
  readonly submittedAt: number;
  readonly verdict: Verdict['kind'];
}

/** The jobs of a data set in a data store, oldest first: HealthLake's own list is the only memory that survives the stack. */
export async function readLedger(operator: Operator, properties: ImportJobProperties, fingerprint: string,
  abortSignal: AbortSignal): Promise<LedgerEntry[]> {
  const pages = paginateListFHIRImportJobs({ client: operator.healthlake, pageSize: 100 }, { DatastoreId: properties.DatastoreId }, { abortSignal });
  const jobs: ImportJob[] = [];
  for await (const page of pages) {
    jobs.push(...(page.ImportJobPropertiesList ?? []).filter(({ JobName }) => isJobOf(fingerprint, JobName)));
  }
  const entries: LedgerEntry[] = [];
  const reportSignal = AbortSignal.timeout(REPORT_BUDGET);
  for (const job of jobs) {
    const evidence = await evidenceOn(job, operator, properties, { abortSignal, reportSignal });
    entries.push({
      jobId: job.JobId!,
      submittedAt: job.SubmitTime?.getTime() ?? 0,
      verdict: evidence === 'gone' ? 'succeeded' : judge(evidence, properties.ErrorTolerance).kind,
    });
  }
  return entries.sort((a, b) => a.submittedAt - b.submittedAt || a.jobId.localeCompare(b.jobId));
}

/**
 * The list of the API reference has no progress report, the SDK's has; a job that completed can't be judged without. Of a job that is gone
 * nobody can tell any more with how many errors it completed, and an import over newer data would be worse.
 */
async function evidenceOn(listed: ImportJob, operator: Operator, properties: ImportJobProperties,
  { abortSignal, reportSignal }: { readonly abortSignal: AbortSignal; readonly reportSignal: AbortSignal }): Promise<Evidence | 'gone'> {
  const job = listed.JobProgressReport || !listed.JobStatus?.startsWith('COMPLETED') ? listed : await describe(operator, listed, abortSignal);
  if (!job) {
    return 'gone';
  }
  return dependsOnResults(job.JobStatus, properties.ErrorTolerance)
    ? evidenceOf(job, properties, operator, reportSignal)
    : { job, isOwn: true };
}

/** Undefined if the job is gone. */
async function describe({ healthlake }: Operator, job: ImportJob, abortSignal: AbortSignal): Promise<ImportJob | undefined> {
  try {
    const { DatastoreId, JobId } = job;
    const described = await healthlake.send(new DescribeFHIRImportJobCommand({ DatastoreId, JobId }), { abortSignal });
    return described.ImportJobProperties ?? job;
  } catch (error) {
    if (isNotFound(error)) {
      return undefined;
    }
    throw error;
  }
}
