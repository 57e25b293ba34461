import { metricsOf, putMetrics } from './metrics';
import { type ImportOutcomeProperties, UNKNOWN } from '../../src/contract';
import { isQueued, type JobDescription } from '../import/healthlake-job';
import type { OutcomeDecision } from '../import/outcome/decision';
import { type Evidence, whyWithoutResults } from '../import/verdict';

type Fields = Readonly<Record<string, string | number | undefined>>;

/** Writes a line to the log. Readers of the log must not see patient data. Log only counts, statuses, codes, and ids of jobs and data stores. */
export function log(message: string, fields: Fields): void {
  console.log(JSON.stringify({ message, ...fields }));
}

/** A job, and the resource or construct that polls it. */
export interface Polled {
  readonly construct: string;
  readonly DatastoreId: string;
  readonly JobId: string;
}

/** Logs the result of a poll. */
export function logPoll({ construct, DatastoreId, JobId }: Polled, evidence: Evidence | undefined, more: Fields): void {
  const { job, counts } = evidence ?? {};
  const secondsQueued = secondsQueuedOf(job);
  log(secondsQueued === undefined ? 'import progress' : 'waiting in the queue of HealthLake', {
    construct,
    datastoreId: DatastoreId,
    jobId: JobId,
    status: job?.JobStatus ?? UNKNOWN,
    secondsQueued,
    filesScanned: job?.JobProgressReport?.TotalNumberOfScannedFiles,
    filesImported: job?.JobProgressReport?.TotalNumberOfImportedFiles,
    resourcesScanned: counts?.scanned,
    resourcesImported: counts?.imported,
    resourcesFailed: counts?.failed,
    ...more,
  });
}

/** Returns how many seconds a job has been in HealthLake's queue. Returns undefined if the job is not queued. */
function secondsQueuedOf(job?: JobDescription): number | undefined {
  return isQueued(job?.JobStatus) && job?.SubmitTime ? Math.round((Date.now() - job.SubmitTime.getTime()) / 1000) : undefined;
}

/** Logs a decision, and emits the metrics of the decision. */
export function recordDecision(construct: string, properties: ImportOutcomeProperties, deadline: number, decision: OutcomeDecision): void {
  const { kind, evidence } = decision;
  if (kind === 'already imported') {
    log('no job was started: the data set is already in the data store', { construct, datastoreId: properties.DatastoreId, decision: kind });
  } else {
    logPoll({ ...properties, construct }, evidence, {
      secondsLeft: Math.round((deadline - Date.now()) / 1000),
      judgedByJobBecause: evidence && whyWithoutResults(evidence, properties.ErrorTolerance),
      restorePoint: evidence?.restorePoint?.toISOString(),
      decision: kind,
    });
  }
  putMetrics(properties, metricsOf(decision));
}
