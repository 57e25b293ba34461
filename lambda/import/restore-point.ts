import { type DatastoreProperties, DatastoreProperties$, DescribeFHIRDatastoreCommand } from '@aws-sdk/client-healthlake';
import { ask, describeError } from '../aws/errors';
import type { Operator } from '../aws/operator';
import { BUDGETS } from '../budgets';
import type { JobDescription } from '../jobs/healthlake-job';
import { log } from '../telemetry/log';

/** The times to which a data store can be restored, as DescribeFHIRDatastore returns them. */
export interface RestoreWindow {
  readonly EarliestRestorePoint?: Date;
  readonly LatestRestorePoint?: Date;
}

// The pinned SDK drops the members of a response that are not in its schema. A newer SDK has this member in its schema.
const [, namespace, , , members, types] = DatastoreProperties$;
if (!members.includes('BackupStatusInfo')) {
  const TIMESTAMP = 4; // the number that the SDK's schemas use for timestamps
  members.push('BackupStatusInfo');
  types.push([3, namespace, 'BackupStatusInfo', 0, ['EarliestRestorePoint', 'LatestRestorePoint'], [TIMESTAMP, TIMESTAMP]]);
}

/**
 * Returns the latest time before a job to which its data store can be restored. Returns undefined if the data store has no backup, if the backup is younger
 * than the job, or if HealthLake doesn't answer. A missing restore point must not change the verdict on the job.
 */
export async function findRestorePoint({ DatastoreId, JobId, SubmitTime }: JobDescription, { healthlake }: Pick<Operator, 'healthlake'>, own: readonly string[],
  abortSignal: AbortSignal): Promise<Date | undefined> {
  const limit = AbortSignal.any([AbortSignal.timeout(BUDGETS.handler.poll.describeDatastoreMs), abortSignal]);
  const answer = await ask(() => healthlake.send(new DescribeFHIRDatastoreCommand({ DatastoreId }), { abortSignal: limit }));
  if ('error' in answer) {
    log('warning: the restore point is not known', { datastoreId: DatastoreId, jobId: JobId, why: describeError(answer.error, own) });
    return undefined;
  }
  const properties: DatastoreProperties & { readonly BackupStatusInfo?: RestoreWindow } | undefined = answer.value.DatastoreProperties;
  return restorePointBefore(SubmitTime, properties?.BackupStatusInfo);
}

/** Returns the latest time in a restore window that is not later than the submission of a job. */
export function restorePointBefore(submitted: Date | undefined, window: RestoreWindow = {}): Date | undefined {
  const { EarliestRestorePoint: earliest, LatestRestorePoint: latest } = window;
  if (!submitted || !earliest || !latest || earliest > submitted) {
    return undefined;
  }
  return latest < submitted ? latest : submitted;
}
