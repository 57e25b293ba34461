import type { ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { log } from './log';
import { count, type Metrics } from './metrics';
import { UNKNOWN } from '../../src/contract';
import type { Counts } from '../import/outcome/counts';

/** Which resource has looked at which job. */
export interface Looked {
  readonly LogicalResourceId: string;
  readonly DatastoreId: string;
  readonly JobId: string;
}

/** The line for one look at a job. */
export function logLook({ LogicalResourceId, DatastoreId, JobId }: Looked, job: ImportJob | undefined, { scanned, imported, failed }: Counts,
  more: Parameters<typeof log>[1]): void {
  const secondsQueued = secondsQueuedOf(job);
  log(secondsQueued === undefined ? 'import progress' : 'waiting in the queue of HealthLake', {
    construct: LogicalResourceId,
    datastoreId: DatastoreId,
    jobId: JobId,
    status: job?.JobStatus ?? UNKNOWN,
    secondsQueued,
    filesScanned: job?.JobProgressReport?.TotalNumberOfScannedFiles,
    filesImported: job?.JobProgressReport?.TotalNumberOfImportedFiles,
    resourcesScanned: scanned,
    resourcesImported: imported,
    resourcesFailed: failed,
    ...more,
  });
}

/** The metrics of a job that is waited for. */
export function progressMetrics({ scanned, imported, failed }: Counts): Metrics {
  return { ResourcesScannedSoFar: count(scanned), ResourcesImportedSoFar: count(imported), ResourcesFailedSoFar: count(failed) };
}

/** How long a job has been waiting in HealthLake's queue. Undefined once it has begun. */
function secondsQueuedOf(job?: ImportJob): number | undefined {
  const isQueued = job?.JobStatus === 'SUBMITTED' || job?.JobStatus === 'QUEUED';
  return isQueued && job.SubmitTime ? Math.round((Date.now() - job.SubmitTime.getTime()) / 1000) : undefined;
}
