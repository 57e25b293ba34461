import { HealthLakeClient } from '@aws-sdk/client-healthlake';
import { endedIn } from './figures';
import { type ListedJob, listJobs, withProgress } from './listing';
import { putJobMetrics, putNotListed } from './metrics';
import { DAY_MS, type TickWindows, windowsOf } from './windows';
import { JOB_KINDS, type JobKind, type JobMonitorInput } from '../../src/contract';
import { CLIENT_CONFIG } from '../aws/credentials';
import { ask, describeError } from '../aws/errors';
import { BUDGETS } from '../budgets';
import { isInProgress } from '../jobs/healthlake-job';
import { ownNamesOf } from '../service-text/own-names';
import { log } from '../telemetry/log';

const client = new HealthLakeClient(CLIENT_CONFIG);

/**
 * Emits the metrics of all jobs. EventBridge Scheduler calls this function for each tick of the job monitor. A data store whose jobs can't be listed doesn't
 * make it throw, because EventBridge Scheduler would then repeat the tick for all data stores.
 */
export async function handler(input: JobMonitorInput): Promise<void> {
  const windows = windowsOf(input);
  let notListed = 0;
  // All calls are made one after the other, because they share the account's quotas with the imports.
  for (const datastoreId of input.datastoreIds) {
    const errors = await monitor(datastoreId, input, windows);
    if (errors.size > 0) {
      const own = ownNamesOf({ ConstructPath: input.constructPath, DatastoreId: datastoreId });
      const why = Object.fromEntries([...errors].map(([kind, error]) => [kind, describeError(error, own)]));
      log('warning: the jobs of a data store could not be listed', { construct: input.constructPath, datastoreId, ...why });
      notListed += 1;
    }
  }
  putNotListed(input, windows, notListed);
}

/** Emits the metrics of one data store. Returns the errors by kind of job. If a list can't be read, its kind has no metrics. */
async function monitor(datastoreId: string, input: JobMonitorInput, windows: TickWindows): Promise<Map<JobKind, unknown>> {
  const errors = new Map<JobKind, unknown>();
  const submittedSince = new Date(Date.parse(input.scheduledTime) - input.lookBackDays * DAY_MS);
  for (const kind of JOB_KINDS) {
    const abortSignal = AbortSignal.timeout(BUDGETS.jobs.listMs);
    const jobs = await ask(() => listJobs(client, datastoreId, kind, submittedSince, abortSignal));
    if ('error' in jobs) {
      errors.set(kind, causeOf(jobs.error, abortSignal));
      continue;
    }
    const described = await ask(() => addProgress(datastoreId, jobs.value, windows, abortSignal));
    if ('error' in described) {
      errors.set(kind, causeOf(described.error, abortSignal));
    }
    putJobMetrics({ DatastoreId: datastoreId, JobKind: kind }, 'value' in described ? described.value : jobs.value, windows);
  }
  return errors;
}

/** Returns the jobs, and adds the progress that the metrics need. */
async function addProgress(datastoreId: string, jobs: ListedJob[], { complete }: TickWindows, abortSignal: AbortSignal): Promise<ListedJob[]> {
  const all: ListedJob[] = [];
  for (const job of jobs) {
    const needsProgress = isInProgress(job.status) || complete.some((window) => endedIn(job, window));
    all.push(needsProgress ? await withProgress(client, datastoreId, job, abortSignal) : job);
  }
  return all;
}

function causeOf(error: unknown, { aborted }: AbortSignal): unknown {
  return aborted ? new Error(`the jobs were not listed within ${BUDGETS.jobs.listMs / 1000} seconds`) : error;
}
