import type { ImportJobProperties } from '@aws-sdk/client-healthlake';
import type { Served } from './fault-injector';
import type { StackStatus } from '../../../packages/local-aws/src/cloudformation/stacks/status';
import type { ExecutionStatus } from '../../../packages/local-aws/src/stepfunctions/stepfunctions';
import type { LoggedRequest } from '../../../packages/local-healthlake/src/http/router';
import type { ImportEventDetail } from '../../../src/contract';
import type { Plan, Tolerance, Variant } from '../plan/plan';

/** All that a plan's play is judged by. Times are of the clock, in milliseconds. */
export interface Observed {
  readonly plan: Plan;
  readonly operations: readonly ObservedOperation[];
  readonly jobs: readonly ObservedJob[];
  /** Every status of every stack, oldest first. */
  readonly statuses: readonly ObservedStatus[];
  readonly requests: readonly LoggedRequest[];
  /** Executions that watch jobs of detached imports, oldest first. */
  readonly watches: readonly ObservedWatch[];
  /** What hit watches, in the whole plan. */
  readonly servedToWatches: readonly Served[];
  /** The data store that was restored, and what it was restored with: the fingerprints as they are in it. */
  readonly restored?: { readonly datastoreId: string; readonly dataSets: readonly string[] };
  /** Executions of state machines that have not ended, though they had the time to. Known at the end. */
  readonly endlessExecutions?: number;
  /** All jobs. Known at the end. */
  readonly jobsAtEnd?: readonly ImportJobProperties[];
  /** The import's own events, oldest first. Known at the end. */
  readonly announced?: readonly ObservedAnnouncement[];
  /** All that somebody can read who may not read the buckets. Known at the end. */
  readonly said?: { readonly everywhere: string; readonly inLogs: string };
}

/** One operation on the stack. */
export interface ObservedOperation {
  /** Which step of the plan it belongs to, from 0 on. */
  readonly step: number;
  readonly kind: OperationKind;
  /** What a deployment wants. */
  readonly wanted?: Wanted;
  /** Whether the faults of the step were played during it; what only clears up before the step is not disturbed. */
  readonly isDisturbed: boolean;
  readonly served: readonly Served[];
  readonly startedAt: number;
  /** Undefined if it did not come to an end in time. */
  readonly settledAt?: number;
  readonly stackId: string;
  readonly before?: StackStatus;
  readonly after: StackStatus;
  /** Whether somebody deleted the stack in the middle of it. */
  readonly wasDeleted: boolean;
  readonly failures: readonly ResourceFailed[];
  readonly outputs: Readonly<Record<string, string>>;
  /** All jobs as they were at its end. */
  readonly jobsAfter: readonly ImportJobProperties[];
}

export type OperationKind = 'create' | 'update' | 'delete' | 'roll back' | 'continue the roll-back';

/** A data set, and how it is wanted. */
export interface Wanted {
  readonly variant: Variant;
  readonly datastoreId: string;
  /** Fingerprint. */
  readonly dataSet: string;
}

/** A failed event of a resource. */
export interface ResourceFailed {
  readonly time: number;
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

/** A job at the moment when it was submitted. */
export interface ObservedJob {
  readonly jobId: string;
  readonly datastoreId: string;
  readonly dataSet: string;
  readonly submittedAt: number;
  /** Which operation was under way, or came last. */
  readonly operation: number;
  /** How many waiters of the provider framework ran at that moment; watches start no jobs. */
  readonly waiters: number;
  /** The other jobs of the data set in the data store, as they were at that moment. */
  readonly others: readonly ImportJobProperties[];
}

/** An execution that watches a job. */
export interface ObservedWatch {
  readonly name: string;
  readonly stateMachineArn: string;
  /** By its input. */
  readonly jobId: string;
  /** Which import hears of it: its path and its operator role. */
  readonly heardBy: string;
  readonly startedAt: number;
  /** Which operation was under way, or came last, when it was started. */
  readonly operation: number;
  readonly status: ExecutionStatus;
  readonly stoppedAt?: number;
  readonly error?: string;
  readonly cause?: string;
}

/** An event that tells how a job ended. */
export interface ObservedAnnouncement {
  /** In whole seconds, as EventBridge gives it. */
  readonly time: number;
  readonly detailType: string;
  readonly detail: ImportEventDetail;
}

export interface ObservedStatus {
  readonly time: number;
  readonly stackId: string;
  readonly status: StackStatus;
}

/** The fingerprint at the end of a job's name. */
export function dataSetOf(jobName: string | undefined): string {
  return jobName?.slice(jobName.lastIndexOf('-') + 1) ?? '';
}

export function isEnded({ JobStatus: status }: ImportJobProperties): boolean {
  return ['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED'].includes(status ?? '');
}

/** Whether a job did what a tolerance asks for: written anew here, so that it doesn't share the handler's errors. */
export function hasSucceeded({ JobStatus: status, JobProgressReport: report }: ImportJobProperties, tolerance: Tolerance): boolean {
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

/** A step of a plan, as a reader counts. */
export function title({ step, kind }: Pick<ObservedOperation, 'step' | 'kind'>): string {
  return `step ${step + 1} (${kind}):`;
}

/** Whether a deployment ended well. */
export function isSuccess({ wanted, after, settledAt }: ObservedOperation): boolean {
  return wanted !== undefined && settledAt !== undefined && /^(CREATE|UPDATE)_COMPLETE$/.test(after);
}
