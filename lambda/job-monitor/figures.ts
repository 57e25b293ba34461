import type { JobProgress, ListedJob } from './listing';
import { isIn, type Window } from './windows';
import type { ENDED_JOB_METRICS, JOB_GAUGES, JobKind } from '../../src/contract';
import { hasEnded, isCompleted, isCompletedWithErrors, isInProgress, isQueued } from '../jobs/healthlake-job';

/** The outcomes of jobs that ended. A job that could not be cancelled counts as failed. */
export const JOB_OUTCOMES = ['completed', 'completedWithErrors', 'failed', 'cancelled'] as const;
export type JobOutcome = typeof JOB_OUTCOMES[number];

/** The state of a job. An unknown status counts as running. */
export type JobState = 'queued' | 'running' | JobOutcome;

export function stateOf({ status }: Pick<ListedJob, 'status'>): JobState {
  if (!hasEnded(status)) {
    return isQueued(status) ? 'queued' : 'running';
  }
  if (isCompleted(status)) {
    return isCompletedWithErrors(status) ? 'completedWithErrors' : 'completed';
  }
  return status === 'CANCEL_COMPLETED' ? 'cancelled' : 'failed';
}

/** The number of jobs that ended, by outcome. */
export type OutcomeCounts = Readonly<Record<JobOutcome, number>>;

/** Counts jobs by outcome. Jobs that have not ended are left out. */
export function countOutcomes(jobs: readonly ListedJob[]): OutcomeCounts {
  const numberOf = (outcome: JobOutcome): number => jobs.filter((job) => stateOf(job) === outcome).length;
  return {
    completed: numberOf('completed'),
    completedWithErrors: numberOf('completedWithErrors'),
    failed: numberOf('failed'),
    cancelled: numberOf('cancelled'),
  };
}

/** Returns the milliseconds since the submission of a job. HealthLake doesn't say when a job left its queue. */
export function ageOf({ submitted }: ListedJob, now: number): number {
  return Math.max(0, now - submitted.getTime());
}

/** Returns whether a job ended in a window. */
export function endedIn({ status, ended }: ListedJob, window: Window): boolean {
  return hasEnded(status) && isIn(window, ended);
}

/** Figures by the name of their metric. A figure is undefined if HealthLake doesn't report the numbers that it needs. */
type Figures<Name extends string> = Readonly<Record<Name, number | undefined>>;

/** Returns the figures of the jobs of one kind that have not ended. */
export function gaugesOf(jobs: readonly ListedJob[], now: number): Figures<typeof JOB_GAUGES[number]> {
  const [queued, running] = (['queued', 'running'] as const).map((state) => jobs.filter((job) => stateOf(job) === state));
  const importing = jobs.filter(({ kind, status }) => kind === 'IMPORT' && isInProgress(status));
  const oldestAge = (some: readonly ListedJob[]) => Math.max(0, ...some.map((job) => ageOf(job, now) / 1000));
  return {
    JobsRunning: running.length,
    JobsQueued: queued.length,
    OldestRunningAge: oldestAge(running),
    OldestQueuedAge: oldestAge(queued),
    ImportThroughput: importing.length > 0 ? sumOf(importing, 'throughput') : undefined,
  };
}

/** Returns the figures of the jobs of one kind that ended in a window. */
export function figuresOf(kind: JobKind, jobs: readonly ListedJob[], window: Window): Figures<typeof ENDED_JOB_METRICS[number]> {
  const ended = jobs.filter((job) => endedIn(job, window));
  const { completed, completedWithErrors, failed, cancelled } = countOutcomes(ended);
  return {
    JobsCompleted: completed,
    JobsCompletedWithErrors: completedWithErrors,
    JobsFailed: failed,
    JobsCancelled: cancelled,
    JobResourcesImported: kind === 'IMPORT' ? sumOf(ended, 'imported') : undefined,
    JobResourcesFailed: kind === 'IMPORT' ? sumOf(ended, 'failed') : undefined,
  };
}

/** Returns the sum of a number over jobs. Undefined if the number of a job is not known, because the sum would be too low. */
function sumOf(jobs: readonly ListedJob[], number: keyof JobProgress): number | undefined {
  return jobs.reduce<number | undefined>((sum, { progress }) => {
    const added = progress?.[number];
    return sum === undefined || added === undefined ? undefined : sum + added;
  }, 0);
}
