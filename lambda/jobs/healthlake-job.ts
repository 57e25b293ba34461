import type { ExportJobProperties, ImportJobProperties } from '@aws-sdk/client-healthlake';
import { JOB_STATUSES, type JobWindow } from '../../src/contract';

/** The name of a kind of job in logs and failure reasons. */
export type JobNoun = 'import' | 'export';

/** A job of any kind as HealthLake describes it. Only imports have a progress report. */
export type JobDescription = Pick<ImportJobProperties, Extract<keyof ImportJobProperties, keyof ExportJobProperties>>
  & Pick<ImportJobProperties, 'JobOutputDataConfig' | 'JobProgressReport'> & Partial<Pick<ExportJobProperties, 'OutputDataConfig'>>;

/** A job status as HealthLake returns it. An unknown status counts as running. */
type Status = string | undefined;

export function hasEnded(status: Status): boolean {
  return isCompleted(status) || isOneOf(JOB_STATUSES.failed, status);
}

export function isCompleted(status: Status): boolean {
  return isOneOf(JOB_STATUSES.completed, status);
}

export function isCompletedWithErrors(status: Status): boolean {
  return status === 'COMPLETED_WITH_ERRORS';
}

export function isInProgress(status: Status): boolean {
  return isOneOf(JOB_STATUSES.inProgress, status);
}

export function isQueued(status: Status): boolean {
  return isOneOf(JOB_STATUSES.queued, status);
}

function isOneOf(statuses: readonly string[], status: Status): boolean {
  return status !== undefined && statuses.includes(status);
}

/** Returns the time between the submission of the job and its end, in seconds. Undefined if HealthLake doesn't return both. */
export function durationOf({ SubmitTime, EndTime }: Partial<JobDescription> = {}): number | undefined {
  return SubmitTime && EndTime ? (EndTime.getTime() - SubmitTime.getTime()) / 1000 : undefined;
}

/** Returns the times of a job, and the restore point before it. */
export function windowOf({ SubmitTime, EndTime }: Partial<JobDescription> = {}, restorePoint?: Date): JobWindow {
  return { submitted: SubmitTime?.toISOString(), ended: EndTime?.toISOString(), restorePoint: restorePoint?.toISOString() };
}
