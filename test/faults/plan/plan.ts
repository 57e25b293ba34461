import type { UpdateReversal } from '../../../packages/local-aws/src/cloudformation/cloudformation';
import type { KillAnswer } from '../../../packages/local-aws/src/lambda/lambda';
import type { ClientTokenMismatch, ForcedOutcome } from '../../../packages/local-healthlake/src/healthlake/options';

/** What is played: a sequence of deployments of one stack, on an AWS of its own, and what goes wrong meanwhile. */
export interface Plan {
  readonly environment: PlannedEnvironment;
  readonly steps: readonly Step[];
}

/** How AWS is where its documentation leaves it open, or where it depends on the day. Durations are of the scaled clock. */
export interface PlannedEnvironment {
  readonly rollbackAfterUpdate: { readonly succeeded: UpdateReversal; readonly failed: UpdateReversal };
  readonly reusesRequestId: boolean;
  /** How long a new or changed role or policy isn't in effect. */
  readonly propagationSeconds: number;
  /** How long a job that was accepted isn't listed. */
  readonly listDelaySeconds: number;
  readonly clientTokenMismatch: ClientTokenMismatch;
  /** Whether each Start makes a job, whatever its client token. */
  readonly ignoresClientTokens: boolean;
}

export type Step = DeployStep | DestroyStep;

export interface DeployStep {
  readonly kind: 'deploy';
  /** How long after the step before. */
  readonly pauseSeconds: number;
  /** What differs from the deployment before; nothing if the same is deployed again. */
  readonly change: Partial<Variant>;
  /** What lies in the bucket from now on. */
  readonly data: Data;
  /** How HealthLake treats jobs that are submitted in this step. */
  readonly job: PlannedJob;
  readonly trouble?: Trouble;
  /** `cdk deploy --no-rollback`. */
  readonly rollbackDisabled: boolean;
  /** What is done first if the stack is left as a failed deployment without roll-back left it. */
  readonly afterFailure: 'deploy on top' | 'roll back';
  readonly faults: readonly Fault[];
}

export interface DestroyStep {
  readonly kind: 'destroy';
  readonly pauseSeconds: number;
  readonly faults: readonly Fault[];
}

/** One way to write the app. */
export interface Variant {
  readonly revision: '1' | '2' | '3' | '4' | '5';
  readonly tolerance: Tolerance;
  readonly completion: 'wait' | 'long wait' | 'detached';
  readonly timeoutMinutes: number;
  readonly datastore: PlannedDatastore;
  /** `alreadyImported`. */
  readonly declares: boolean;
  /** Construct id. */
  readonly id: 'Patients' | 'Moved';
  /** Construct id of a supplied provider, or the stack's own one. */
  readonly provider: 'of the stack' | 'Other';
  readonly outputPrefix: 'default' | 'elsewhere/';
  /** `RemovalPolicies.of(import).destroy()`: removing the resources calls the functions. */
  readonly destroys: boolean;
}

/**
 * Two that are there before the stack; one that is restored from that of the import when it is wanted first, with the data and without jobs; and
 * one of the stack, which the other name replaces.
 */
export type PlannedDatastore = 0 | 1 | 'restored' | 'own 1' | 'own 2';

/** Whether a data store is a resource of the stack, named as it is wanted. */
export function isOwn(datastore: PlannedDatastore): datastore is 'own 1' | 'own 2' {
  return datastore === 'own 1' || datastore === 'own 2';
}

export type Tolerance = 'none' | 'one resource' | '60 percent' | 'any';

/** `one bad`: one of four resources is rejected, `most bad`: three of six, `empty`: there is no file. */
export type Data = 'good' | 'one bad' | 'most bad' | 'empty';

/** How HealthLake treats a job. */
export interface PlannedJob {
  readonly seconds: number;
  /** A status that it shows between IN_PROGRESS and its end. */
  readonly detour?: { readonly status: string; readonly seconds: number };
  /** An end that doesn't depend on the data. */
  readonly outcome?: ForcedOutcome;
}

/** What happens to the stack beside the import. */
export type Trouble =
  /** A resource that is deployed after the import fails. */
  | { readonly kind: 'fails after' }
  /** A resource that is deployed at the same time fails, and the import is cancelled wherever it is. */
  | { readonly kind: 'fails beside'; readonly afterSeconds: number }
  /** Somebody deletes the stack. */
  | { readonly kind: 'deleted'; readonly afterSeconds: number };

/** The requests that are made for a deployment, and how they can fail. */
export type DeploymentOperation =
  | 'sts.AssumeRole'
  | 'healthlake.DescribeFHIRDatastore' | 'healthlake.ListFHIRImportJobs' | 'healthlake.StartFHIRImportJob' | 'healthlake.DescribeFHIRImportJob'
  | 'cloudformation.DescribeStacks'
  | 'lambda.Invoke' | 'states.StartExecution' | '/_response/.PUT';

/**
 * The requests that only detached imports make: the start of a watch, the look of its state machine, and what the judge asks. That of the judge
 * for the job is told from others only while no operation is under way.
 */
export type WatchOperation = 'watch.StartExecution' | 'watch.DescribeFHIRImportJob' | 'judge.DescribeFHIRImportJob' | 'judge.PutEvents';

export type Operation = DeploymentOperation | WatchOperation;

/** The provider's functions; `judge` is `isComplete` as a watch invokes it. */
export type FunctionName = 'judge' | DeploymentFunction;
export type DeploymentFunction = 'onEvent' | 'isComplete' | 'framework.onEvent' | 'framework.isComplete' | 'framework.onTimeout';

/** What goes wrong in one step. Counts begin with the step, at 1. */
export type Fault = RequestFault | InvocationFault | StallFault;

/** Whether a fault hits watches alone. A watch goes on when its deployment is over, and so does what goes wrong with it. */
export function isOfWatch(fault: Fault): boolean {
  return (fault.on === 'request' && /^(watch|judge)\./.test(fault.operation)) || (fault.on === 'invocation' && fault.of === 'judge');
}

export interface RequestFault {
  readonly on: 'request';
  readonly operation: Operation;
  /** The first request that it hits. */
  readonly from: number;
  /** How many requests, or for how long all of them. */
  readonly lasting: { readonly times: number } | { readonly seconds: number };
  readonly what: RequestTrouble;
}

export type RequestTrouble =
  | { readonly kind: 'throttle' | 'internal' | 'reset-before' | 'reset-after' }
  | { readonly kind: 'delay'; readonly seconds: number }
  | { readonly kind: 'error'; readonly name: string; readonly message: string; readonly status: number }
  /** The process that asks dies, before AWS has done what it was asked for or afterwards. */
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

/** HealthLake starts no job: for ever unless it ends. */
export interface StallFault {
  readonly on: 'queue';
  readonly afterSeconds: number;
  readonly seconds?: number;
}

/** What the first deployment of a plan changes. */
export const FIRST_VARIANT: Variant = {
  revision: '1',
  tolerance: 'none',
  completion: 'wait',
  timeoutMinutes: 10,
  datastore: 0,
  declares: false,
  id: 'Patients',
  provider: 'of the stack',
  outputPrefix: 'default',
  destroys: false,
};

/**
 * How long a deployment waits for an import, in minutes: not at all for a detached one. A long wait is one minute to ten longer than one resource can wait: that is what its leg
 * waits before the outcome, and many jobs outlast it.
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
