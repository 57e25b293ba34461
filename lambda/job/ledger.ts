import {
  DescribeFHIRImportJobCommand, HealthLakeClient, ImportJobProperties as ImportJob, paginateListFHIRImportJobs, ResourceNotFoundException,
} from '@aws-sdk/client-healthlake';
import { WireErrorTolerance } from '../../src/import-contract';
import { isJobOf } from '../fingerprint';
import { judge, Verdict } from '../outcome/verdict';

/** A job that imported, or imports, the data set. */
export interface LedgerEntry {
  readonly jobId: string;
  readonly submittedAt: number;
  readonly verdict: Verdict['kind'];
}

/** The jobs of a data set in a data store, oldest first: HealthLake's own list is the only memory that survives the stack. */
export async function readLedger(healthlake: HealthLakeClient, datastoreId: string, fingerprint: string,
  tolerance: WireErrorTolerance, abortSignal: AbortSignal): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for await (const page of paginateListFHIRImportJobs({ client: healthlake, pageSize: 100 }, { DatastoreId: datastoreId }, { abortSignal })) {
    for (const listed of page.ImportJobPropertiesList ?? []) {
      if (isJobOf(fingerprint, listed.JobName)) {
        const job = await withProgressReport(healthlake, listed, abortSignal);
        entries.push({ jobId: job.JobId!, submittedAt: job.SubmitTime?.getTime() ?? 0, verdict: judge(job, tolerance).kind });
      }
    }
  }
  return entries.sort((a, b) => a.submittedAt - b.submittedAt || a.jobId.localeCompare(b.jobId));
}

/** The list of the API reference has no progress report, the SDK's has; a job that completed can't be judged without. */
async function withProgressReport(healthlake: HealthLakeClient, job: ImportJob, abortSignal: AbortSignal): Promise<ImportJob> {
  if (job.JobProgressReport || !job.JobStatus?.startsWith('COMPLETED')) {
    return job;
  }
  try {
    const { DatastoreId, JobId } = job;
    const described = await healthlake.send(new DescribeFHIRImportJobCommand({ DatastoreId, JobId }), { abortSignal });
    return described.ImportJobProperties ?? job;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return job; // how long a job can be described is not documented
    }
    throw error;
  }
}
