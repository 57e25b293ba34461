/** The time-out of the function of the job monitor. `lambda/budgets.ts` divides it into budgets. */
export const JOB_MONITOR_TIMEOUT_MINUTES = 15;

/** The kinds of HealthLake's jobs, as they are named in the metrics. */
export const JOB_KINDS = ['IMPORT', 'EXPORT'] as const;

export type JobKind = typeof JOB_KINDS[number];

/** The limits of a job monitor, which the functions check too. */
export const MAX_MONITORED_DATASTORES = 10;

export const MAX_LOOK_BACK_DAYS = 90;

/** The input of a tick of the job monitor. EventBridge Scheduler writes the scheduled time of the tick into `scheduledTime`, in ISO 8601. */
export interface JobMonitorInput {
  readonly datastoreIds: readonly string[];
  readonly constructPath: string;
  /** The interval of the schedule, and the length of a window. */
  readonly periodMinutes: number;
  /** The monitor lists the jobs that were submitted within this time before the tick. */
  readonly lookBackDays: number;
  readonly scheduledTime: string;
}

/**
 * The metrics of the jobs at the time of a tick. An age is the time since the submission, because HealthLake doesn't tell when a job started. It is 0 if there
 * is no such job. `ImportThroughput` is HealthLake's `Throughput` of the running import. It has no unit, because AWS's pages contradict each other: megabytes
 * per second, or transactions. The dimensions are `JobDimensions`.
 */
export const JOB_GAUGES = ['JobsRunning', 'JobsQueued', 'OldestRunningAge', 'OldestQueuedAge', 'ImportThroughput'] as const;

/**
 * The metrics of the jobs that ended in a window. The timestamp is the start of the window, and several ticks may emit a metric of one window. So the metrics
 * are read by Maximum, with the length of the window as the period. The dimensions are `JobDimensions`.
 */
export const ENDED_JOB_METRICS = [
  'JobsCompleted', 'JobsCompletedWithErrors', 'JobsFailed', 'JobsCancelled', 'JobResourcesImported', 'JobResourcesFailed',
] as const;

export type JobMetricName = typeof JOB_GAUGES[number] | typeof ENDED_JOB_METRICS[number];

/** The dimensions of the metrics of the jobs. */
export interface JobDimensions {
  readonly DatastoreId: string;
  readonly JobKind: JobKind;
}

/** The number of data stores whose jobs a tick could not read completely. The only dimension is `ConstructPath`. */
export const DATASTORES_NOT_LISTED = 'DatastoresNotListed';
