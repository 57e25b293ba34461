import { metricsOf, putMetrics } from './metrics';
import { type JobOutcomeProperties, UNKNOWN } from '../../src/contract';
import { isQueued, type JobDescription } from '../jobs/healthlake-job';
import type { JobKind } from '../jobs/kind';
import type { OutcomeDecision } from '../jobs/outcome/decision';
import type { Counts, Evidence } from '../jobs/verdict';

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
export function logPoll({ noun, results }: JobKind, { construct, DatastoreId, JobId }: Polled, evidence: Evidence | undefined, more: Fields): void {
  const { job, counts } = evidence ?? {};
  const secondsQueued = secondsQueuedOf(job);
  log(secondsQueued === undefined ? `${noun} progress` : 'waiting in the queue of HealthLake', {
    construct,
    datastoreId: DatastoreId,
    jobId: JobId,
    status: job?.JobStatus ?? UNKNOWN,
    secondsQueued,
    filesScanned: job?.JobProgressReport?.TotalNumberOfScannedFiles,
    filesImported: job?.JobProgressReport?.TotalNumberOfImportedFiles,
    ...namedCounts(results, counts),
    ...more,
  });
}

/** Returns counts by the names that they have in the log and in events, such as `resourcesScanned`. */
export function namedCounts(results: JobKind['results'], counts: Counts = {}): Readonly<Record<string, number | undefined>> {
  return Object.fromEntries(Object.entries(results).map(([name, of]) => [name[0].toLowerCase() + name.slice(1), counts[of]]));
}

/** Returns how many seconds a job has been in HealthLake's queue. Returns undefined if the job is not queued. */
function secondsQueuedOf(job?: JobDescription): number | undefined {
  return isQueued(job?.JobStatus) && job?.SubmitTime ? Math.round((Date.now() - job.SubmitTime.getTime()) / 1000) : undefined;
}

/** Logs a decision, and emits the metrics of the decision. */
export function recordDecision(kindOfJob: JobKind, construct: string, properties: JobOutcomeProperties, deadline: number,
  decision: OutcomeDecision): void {
  const { kind, evidence } = decision;
  if (kind === 'already imported') {
    log('no job was started: the data set is already in the data store', { construct, datastoreId: properties.DatastoreId, decision: kind });
  } else {
    logPoll(kindOfJob, { ...properties, construct }, evidence, {
      secondsLeft: Math.round((deadline - Date.now()) / 1000),
      judgedByJobBecause: evidence && kindOfJob.whyWithoutResults(evidence, properties),
      restorePoint: evidence?.restorePoint?.toISOString(),
      decision: kind,
    });
  }
  putMetrics(properties, metricsOf(kindOfJob, decision));
}
