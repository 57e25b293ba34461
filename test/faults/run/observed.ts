import type { ImportJobProperties } from '@aws-sdk/client-healthlake';
import type { InjectedFault } from './fault-injector';
import type { StackStatus } from '../../../packages/local-aws/src/cloudformation/stacks/status';
import type { ExecutionStatus } from '../../../packages/local-aws/src/stepfunctions/stepfunctions';
import type { LoggedRequest } from '../../../packages/local-healthlake/src/http/router';
import type { ImportEventDetail } from '../../../src/contract';
import type { Plan, Tolerance, Variant } from '../plan/plan';

/** Everything that the invariants read. Times are those of the scaled clock, in milliseconds. */
export interface Observed {
  readonly plan: Plan;
  readonly operations: readonly ObservedOperation[];
  readonly jobs: readonly ObservedJob[];
  /** Every status of every stack, oldest first. */
  readonly statuses: readonly ObservedStatus[];
  readonly requests: readonly LoggedRequest[];
  /** Oldest first. */
  readonly monitorings: readonly ObservedMonitoring[];
  /** Faults that hit monitorings, in the whole plan. */
  readonly injectedIntoMonitors: readonly InjectedFault[];
  /** The restored data store, and the fingerprints of its data sets. */
  readonly restored?: { readonly datastoreId: string; readonly dataSets: readonly string[] };
  /** Number of executions that did not end in time. Known at the end. */
  readonly endlessExecutions?: number;
  /** All jobs. Known at the end. */
  readonly jobsAtEnd?: readonly ImportJobProperties[];
  /** Events of the import, oldest first. Known at the end. */
  readonly events?: readonly ObservedEvent[];
  /** All text that is visible without access to the buckets. Known at the end. */
  readonly visible?: { readonly everywhere: string; readonly inLogs: string };
}

/** One operation on the stack. */
export interface ObservedOperation {
  /** Index of the plan's step. */
  readonly step: number;
  readonly kind: OperationKind;
  /** Set for a deployment. */
  readonly wanted?: Wanted;
  /** Whether the faults of the step may hit it. Operations that only clear up before the step have none. */
  readonly isDisturbed: boolean;
  readonly injected: readonly InjectedFault[];
  readonly startedAt: number;
  /** Undefined if it did not end in time. */
  readonly settledAt?: number;
  readonly stackId: string;
  readonly before?: StackStatus;
  readonly after: StackStatus;
  /** Whether the stack was deleted during it. */
  readonly wasDeleted: boolean;
  readonly failures: readonly ResourceFailed[];
  readonly outputs: Readonly<Record<string, string>>;
  /** All jobs at its end. */
  readonly jobsAfter: readonly ImportJobProperties[];
}

export type OperationKind = 'create' | 'update' | 'delete' | 'roll back' | 'continue the roll-back';

/** The data set and the properties of a deployment. */
export interface Wanted {
  readonly variant: Variant;
  readonly datastoreId: string;
  /** Fingerprint. */
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

/** A job at the moment when it was submitted. */
export interface ObservedJob {
  readonly jobId: string;
  readonly datastoreId: string;
  readonly dataSet: string;
  readonly submittedAt: number;
  /** Index of the operation under way, or of the last one. */
  readonly operation: number;
  /** Number of waiters of the provider framework at that moment. */
  readonly waiters: number;
  /** The other jobs of the data set in the data store at that moment. */
  readonly others: readonly ImportJobProperties[];
}

/** An execution of the monitor. */
export interface ObservedMonitoring {
  readonly name: string;
  readonly stateMachineArn: string;
  readonly jobId: string;
  /** Path and operator role of the import. */
  readonly importId: string;
  readonly startedAt: number;
  /** Index of the operation under way at its start, or of the last one. */
  readonly operation: number;
  readonly status: ExecutionStatus;
  readonly stoppedAt?: number;
  readonly error?: string;
  readonly cause?: string;
}

/** An event about the end of a job. */
export interface ObservedEvent {
  /** EventBridge rounds it down to seconds. */
  readonly time: number;
  readonly detailType: string;
  readonly detail: ImportEventDetail;
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

export function isEnded({ JobStatus: status }: ImportJobProperties): boolean {
  return ['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED'].includes(status ?? '');
}

/** Whether a tolerance accepts a job. It shares no code with the handler, and so none of its errors. */
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

/** Names an operation for a reader, who counts steps from 1. */
export function title({ step, kind }: Pick<ObservedOperation, 'step' | 'kind'>): string {
  return `step ${step + 1} (${kind}):`;
}

/** Whether a deployment ended well. */
export function isSuccess({ wanted, after, settledAt }: ObservedOperation): boolean {
  return wanted !== undefined && settledAt !== undefined && /^(CREATE|UPDATE)_COMPLETE$/.test(after);
}
