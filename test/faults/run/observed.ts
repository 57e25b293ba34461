import type { InjectedFault } from './fault-injector';
import type { StackStatus } from '../../../packages/local-aws/src/cloudformation/stacks/status';
import type { ExecutionStatus } from '../../../packages/local-aws/src/stepfunctions/stepfunctions';
import type { JobProperties } from '../../../packages/local-healthlake/src/healthlake/jobs/job';
import type { JobKind } from '../../../packages/local-healthlake/src/healthlake/options';
import type { LoggedRequest } from '../../../packages/local-healthlake/src/http/router';
import type { ExportEventDetail, ImportEventDetail } from '../../../src/contract';
import type { Plan, Tolerance, Variant } from '../plan/plan';

/** Everything that the invariants read. Times are in milliseconds of the scaled clock. */
export interface Observed {
  readonly plan: Plan;
  readonly operations: readonly ObservedOperation[];
  readonly jobs: readonly ObservedJob[];
  /** All status changes of all stacks, oldest first. */
  readonly statuses: readonly ObservedStatus[];
  readonly requests: readonly LoggedRequest[];
  /** The monitor executions, oldest first. */
  readonly monitorings: readonly ObservedMonitoring[];
  /** All faults of the plan that were injected into the monitor. */
  readonly injectedIntoMonitors: readonly InjectedFault[];
  /** The restored data store, and the fingerprints of the data sets that it contains. */
  readonly restored?: { readonly datastoreId: string; readonly dataSets: readonly string[] };
  /** Number of Step Functions executions that did not end in time. Set when the plan has ended. */
  readonly endlessExecutions?: number;
  /** All jobs with their final status. Set when the plan has ended. */
  readonly jobsAtEnd?: readonly JobState[];
  /** The EventBridge events of the constructs, oldest first. Set when the plan has ended. */
  readonly events?: readonly ObservedEvent[];
  /** All text that is visible without access to the buckets. Set when the plan has ended. */
  readonly visible?: { readonly everywhere: string; readonly inLogs: string };
}

/** One operation on the stack, such as a creation or a roll-back. */
export interface ObservedOperation {
  /** Index of the operation's step in the plan. */
  readonly step: number;
  readonly kind: OperationKind;
  /** The version to deploy. Undefined if the operation is not a deployment. */
  readonly wanted?: Wanted;
  /** Whether the faults of the step are active. Operations that only prepare the stack for the step run without faults. */
  readonly isDisturbed: boolean;
  readonly injected: readonly InjectedFault[];
  readonly startedAt: number;
  /** The time at which the operation ended. Undefined if it did not end in time. */
  readonly settledAt?: number;
  readonly stackId: string;
  readonly before?: StackStatus;
  readonly after: StackStatus;
  /** Whether the stack was deleted during the operation. */
  readonly wasDeleted: boolean;
  readonly failures: readonly ResourceFailed[];
  readonly outputs: Readonly<Record<string, string>>;
  /** All jobs at the end of the operation. */
  readonly jobsAfter: readonly JobState[];
}

export type OperationKind = 'create' | 'update' | 'delete' | 'roll back' | 'continue the roll-back';

/** The version of the app to deploy: the properties of the app, the data store and the data set. */
export interface Wanted {
  readonly variant: Variant;
  readonly datastoreId: string;
  /** The fingerprint of the data set. */
  readonly dataSet: string;
}

/** A stack event of a failed resource. */
export interface ResourceFailed {
  readonly time: number;
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

/** A job as HealthLake describes it. */
export interface JobState extends JobProperties {
  readonly kind: JobKind;
  /** The files of an export that has ended, as they are in the bucket. */
  readonly exported?: ExportedFiles;
}

export interface ExportedFiles {
  readonly files: number;
  readonly bytes: number;
  readonly resources: number;
}

/** A job, and the state of the stack and of the data store when the job was submitted. */
export interface ObservedJob {
  readonly kind: JobKind;
  readonly jobId: string;
  readonly datastoreId: string;
  readonly dataSet: string;
  readonly submittedAt: number;
  /** Index of the operation that ran when the job was submitted, or of the last operation before that time. */
  readonly operation: number;
  /** Number of framework waiters that ran when the job was submitted. */
  readonly waiters: number;
  /** The other jobs of this data set that the data store had when the job was submitted. A copy in another bucket is not of this data set. */
  readonly others: readonly JobState[];
}

/** An execution of the monitor. */
export interface ObservedMonitoring {
  readonly name: string;
  readonly stateMachineArn: string;
  readonly jobId: string;
  /** The construct, identified by its path and its operator role. */
  readonly constructId: string;
  readonly startedAt: number;
  /** Index of the operation that ran when the execution started, or of the last operation before that time. */
  readonly operation: number;
  readonly status: ExecutionStatus;
  readonly stoppedAt?: number;
  readonly error?: string;
  readonly cause?: string;
}

/** An EventBridge event that a construct sent about the end of a job. */
export interface ObservedEvent {
  /** The time of the event, which EventBridge rounds down to seconds. */
  readonly time: number;
  readonly detailType: string;
  readonly detail: ImportEventDetail & ExportEventDetail;
}

export interface ObservedStatus {
  readonly time: number;
  readonly stackId: string;
  readonly status: StackStatus;
}

/** Returns the fingerprint at the end of a job's name. */
export function dataSetOf(jobName: string | undefined): string {
  return jobName?.slice(jobName.lastIndexOf('-') + 1) ?? '';
}

/** Returns the location of a job's results. */
export function outputOf({ JobOutputDataConfig, OutputDataConfig }: JobProperties): string {
  return (JobOutputDataConfig ?? OutputDataConfig)!.S3Configuration!.S3Uri!;
}

/** Returns the bucket of a job's results. */
export function bucketOf(job: JobProperties): string {
  return outputOf(job).split('/')[2];
}

export function isEnded({ JobStatus: status }: JobProperties): boolean {
  return ['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED'].includes(status ?? '');
}

/** Returns whether a tolerance accepts a job. Shares no code with the handler, so that it doesn't share the handler's errors. */
export function hasSucceeded({ kind, exported, JobStatus: status, JobProgressReport: report }: JobState, tolerance: Tolerance): boolean {
  if (kind === 'export') {
    return status === 'COMPLETED' && (exported!.files > 0 || tolerance === 'any');
  }
  if (status === 'COMPLETED') {
    return true;
  }
  if (status !== 'COMPLETED_WITH_ERRORS') {
    return false;
  }
  const rejected = report?.TotalNumberOfResourcesWithCustomerError ?? Infinity;
  switch (tolerance) {
    case 'none':
      return false;
    case 'one resource':
      return rejected <= 1;
    case '60 percent':
      return rejected * 100 <= 60 * (report?.TotalNumberOfResourcesScanned ?? 0);
    case 'any':
      return true;
  }
}

/** Returns the name of an operation in messages. The messages number steps from 1. */
export function title({ step, kind }: Pick<ObservedOperation, 'step' | 'kind'>): string {
  return `step ${step + 1} (${kind}):`;
}

/** Returns whether an operation is a deployment that succeeded. */
export function isSuccess({ wanted, after, settledAt }: ObservedOperation): boolean {
  return wanted !== undefined && settledAt !== undefined && /^(CREATE|UPDATE)_COMPLETE$/.test(after);
}
