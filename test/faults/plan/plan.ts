import type { UpdateReversal } from '../../../packages/local-aws/src/cloudformation/cloudformation';
import type { KillAnswer } from '../../../packages/local-aws/src/lambda/lambda';
import type { ClientTokenMismatch, ForcedOutcome, JobKind } from '../../../packages/local-healthlake/src/healthlake/options';

/** A sequence of deployments of one stack, with faults. Each plan runs on its own AWS emulator. */
export interface Plan {
  readonly environment: PlannedEnvironment;
  readonly steps: readonly Step[];
}

/** The emulated behaviour of AWS where it is undocumented or varies. Durations are on the scaled clock. */
export interface PlannedEnvironment {
  readonly rollbackAfterUpdate: { readonly succeeded: UpdateReversal; readonly failed: UpdateReversal };
  readonly reusesRequestId: boolean;
  /** Time until a new or changed role or policy takes effect. */
  readonly propagationSeconds: number;
  /** Time until HealthLake lists an accepted job. */
  readonly listDelaySeconds: number;
  readonly clientTokenMismatch: ClientTokenMismatch;
  /** Whether every start creates a job, even with a client token that was used before. */
  readonly ignoresClientTokens: boolean;
}

export type Step = DeployStep | DestroyStep;

export interface DeployStep {
  readonly kind: 'deploy';
  /** Pause after the previous step. */
  readonly pauseSeconds: number;
  /** Properties that differ from the previous deployment. */
  readonly change: Partial<Variant>;
  /** Content of the input bucket of imports, and of the data store of exports, from this step on. */
  readonly data: Data;
  /** Duration and final status of the jobs that are submitted in this step. */
  readonly job: PlannedJob;
  readonly trouble?: Trouble;
  /** Whether to deploy with `--no-rollback`. */
  readonly rollbackDisabled: boolean;
  /** The first action if the previous deployment failed without a roll-back. */
  readonly afterFailure: 'deploy on top' | 'roll back';
  readonly faults: readonly Fault[];
}

export interface DestroyStep {
  readonly kind: 'destroy';
  readonly pauseSeconds: number;
  readonly faults: readonly Fault[];
}

/** The properties of the app that a plan can change. */
export interface Variant {
  /** Whether the app has an import or an export. */
  readonly kind: JobKind;
  readonly revision: '1' | '2' | '3' | '4' | '5';
  /** The error tolerance of an import. An export with `any` has `allowEmpty`, and other values mean nothing for an export. */
  readonly tolerance: Tolerance;
  readonly completion: 'wait' | 'long wait' | 'detached';
  readonly timeoutMinutes: number;
  readonly datastore: PlannedDatastore;
  /** The value of the import's property `alreadyImported`. Means nothing for an export. */
  readonly declares: boolean;
  /** Construct id of the import. The construct id of an export begins with it. */
  readonly id: 'Patients' | 'Moved';
  /** The default provider of the stack, or the construct id of a supplied provider. */
  readonly provider: 'of the stack' | 'Other';
  readonly outputPrefix: 'default' | 'elsewhere/';
  /** The default storage of the stack, or the construct id of a supplied storage. */
  readonly storage: 'of the stack' | 'Elsewhere';
  /** Whether the custom resources have the removal policy DESTROY, so that CloudFormation sends Delete requests. */
  readonly destroys: boolean;
}

/**
 * The data store of the job. `0` and `1` exist before the stack. `restored` emulates a copy of the current data store: it has the data but no jobs.
 * `own 1` and `own 2` are names of a data store in the stack. If the name changes, CloudFormation replaces the data store.
 */
export type PlannedDatastore = 0 | 1 | 'restored' | 'own 1' | 'own 2';

/** Returns whether the data store is a resource of the stack. */
export function isOwn(datastore: PlannedDatastore): datastore is 'own 1' | 'own 2' {
  return datastore === 'own 1' || datastore === 'own 2';
}

export type Tolerance = 'none' | 'one resource' | '60 percent' | 'any';

/**
 * The data to import. HealthLake rejects one of four resources in `one bad` and four of six in `most bad`. `empty` has no file. For an export, a data store
 * with `empty` has no resources, and with `one bad` or `most bad` the job ends with COMPLETED_WITH_ERRORS.
 */
export type Data = 'good' | 'one bad' | 'most bad' | 'empty';

/** The duration of a job, and the statuses that it has. */
export interface PlannedJob {
  readonly seconds: number;
  /** A status that the job has after IN_PROGRESS and before it ends. */
  readonly detour?: { readonly status: string; readonly seconds: number };
  /** The final status, if the plan forces one. By default, the data determines the final status. */
  readonly outcome?: ForcedOutcome;
}

/** A disturbance of the deployment that the job doesn't cause. */
export type Trouble =
  /** Another resource fails after the job. */
  | { readonly kind: 'fails after' }
  /** Another resource fails during the job. CloudFormation then cancels the job's resources. */
  | { readonly kind: 'fails beside'; readonly afterSeconds: number }
  /** The stack is deleted during the deployment. */
  | { readonly kind: 'deleted'; readonly afterSeconds: number };

/** The requests of a deployment that faults can affect. `StartJob`, `ListJobs` and `DescribeJob` are HealthLake's operations on jobs of the app's kind. */
export type DeploymentOperation =
  | 'sts.AssumeRole'
  | 'healthlake.DescribeFHIRDatastore' | 'healthlake.ListJobs' | 'healthlake.StartJob' | 'healthlake.DescribeJob'
  | 'cloudformation.DescribeStacks'
  | 'lambda.Invoke' | 'states.StartExecution' | '/_response/.PUT';

/**
 * The requests for monitoring detached jobs that faults can affect. `monitor` is the state machine, and `judge` is the function that judges the job. A
 * deployment describes jobs like `judge`. So faults affect `judge.DescribeJob` only while no operation on the stack runs.
 */
export type MonitorOperation = 'monitor.StartExecution' | 'monitor.DescribeJob' | 'judge.DescribeJob' | 'judge.PutEvents';

export type Operation = DeploymentOperation | MonitorOperation;

/** The names of the provider's functions. `judge` means an invocation of `isComplete` by the monitor. */
export type FunctionName = 'judge' | DeploymentFunction;
export type DeploymentFunction = 'onEvent' | 'isComplete' | 'framework.onEvent' | 'framework.isComplete' | 'framework.onTimeout';

/** A fault in one step. Requests and invocations are counted from 1 in each step. */
export type Fault = RequestFault | InvocationFault | StallFault;

/** Returns whether a fault affects only the monitor. Such a fault stays active after its step, because the monitor runs on after the deployment. */
export function hitsMonitor(fault: Fault): boolean {
  return (fault.on === 'request' && /^(monitor|judge)\./.test(fault.operation)) || (fault.on === 'invocation' && fault.of === 'judge');
}

export interface RequestFault {
  readonly on: 'request';
  readonly operation: Operation;
  /** Number of the first request that the fault affects. */
  readonly from: number;
  /** How many requests the fault affects, or for how long it affects all requests. */
  readonly lasting: { readonly times: number } | { readonly seconds: number };
  readonly what: RequestTrouble;
}

export type RequestTrouble =
  | { readonly kind: 'throttle' | 'internal' | 'reset-before' | 'reset-after' }
  | { readonly kind: 'delay'; readonly seconds: number }
  | { readonly kind: 'error'; readonly name: string; readonly message: string; readonly status: number }
  /** The calling process dies, before or after AWS performs the request. */
  | { readonly kind: 'killed'; readonly when: 'before' | 'after'; readonly answer: KillAnswer };

export interface InvocationFault {
  readonly on: 'invocation';
  readonly of: FunctionName;
  readonly from: number;
  readonly times: number;
  readonly what:
    | { readonly kind: 'killed after'; readonly ms: number; readonly answer: KillAnswer }
    | { readonly kind: 'refused'; readonly error: 'TooManyRequestsException' | 'ServiceException' }
    | { readonly kind: 'twice' };
}

/** A fault in which HealthLake starts no queued job. It lasts for `seconds`, or until the end of the step. */
export interface StallFault {
  readonly on: 'queue';
  readonly afterSeconds: number;
  readonly seconds?: number;
}

/** A step without changes and without faults. */
export const CALM: DeployStep = {
  kind: 'deploy', faults: [], pauseSeconds: 0, change: {}, data: 'good', job: { seconds: 10 }, rollbackDisabled: false, afterFailure: 'deploy on top',
};

/** The initial properties of the app. The `change` of the first step modifies them. */
export const FIRST_VARIANT: Variant = {
  kind: 'import',
  revision: '1',
  tolerance: 'none',
  completion: 'wait',
  timeoutMinutes: 10,
  datastore: 0,
  declares: false,
  id: 'Patients',
  provider: 'of the stack',
  outputPrefix: 'default',
  storage: 'of the stack',
  destroys: false,
};

/** Returns the variant without the properties that mean nothing for its kind. */
export function meaningful(variant: Variant): Variant {
  return variant.kind === 'import' ? variant : { ...variant, declares: false, tolerance: variant.tolerance === 'any' ? 'any' : 'none' };
}

/**
 * Returns for how many minutes a deployment waits for a job. A `long wait` is 1 to 10 minutes longer than `Outcome` can wait, so there is also a
 * `Wait` resource. Many jobs still run when the `Wait` resource completes.
 */
export function waitingMinutes({ completion, timeoutMinutes }: Variant): number {
  switch (completion) {
    case 'wait':
      return timeoutMinutes;
    case 'long wait':
      return 50 + timeoutMinutes / 5;
    case 'detached':
      return 0;
  }
}
