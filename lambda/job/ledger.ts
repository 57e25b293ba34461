import {
  DescribeFHIRImportJobCommand, HealthLakeClient, ImportJobProperties as ImportJob, paginateListFHIRImportJobs,
} from '@aws-sdk/client-healthlake';
import { WireErrorTolerance } from '../../src/import-contract';
import { isNotFound } from '../errors';
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
        entries.push({
          jobId: listed.JobId!,
          submittedAt: listed.SubmitTime?.getTime() ?? 0,
          verdict: await verdictOf(healthlake, listed, tolerance, abortSignal),
        });
      }
    }
  }
  return entries.sort((a, b) => a.submittedAt - b.submittedAt || a.jobId.localeCompare(b.jobId));
}

/** The list of the API reference has no progress report, the SDK's has; a job that completed can't be judged without. */
async function verdictOf(healthlake: HealthLakeClient, job: ImportJob, tolerance: WireErrorTolerance,
  abortSignal: AbortSignal): Promise<Verdict['kind']> {
  if (job.JobProgressReport || !job.JobStatus?.startsWith('COMPLETED')) {
    return judge(job, tolerance).kind;
  }
  try {
    const { DatastoreId, JobId } = job;
    const described = await healthlake.send(new DescribeFHIRImportJobCommand({ DatastoreId, JobId }), { abortSignal });
    return judge(described.ImportJobProperties ?? job, tolerance).kind;
  } catch (error) {
    if (isNotFound(error)) {
      return 'succeeded'; // nobody can tell any more with how many errors; an import over newer data would be worse
    }
    throw error;
  }
}
