import type { UpdateReversal } from '../../../packages/local-aws/src/cloudformation/cloudformation';
import type { KillAnswer } from '../../../packages/local-aws/src/lambda/lambda';
import type { ClientTokenMismatch, ForcedOutcome } from '../../../packages/local-healthlake/src/healthlake/options';

/** A sequence of deployments of one stack on an AWS of its own, with faults. */
export interface Plan {
  readonly environment: PlannedEnvironment;
  readonly steps: readonly Step[];
}

/** Behaviour of AWS that the documentation leaves open or that varies. Durations are those of the scaled clock. */
export interface PlannedEnvironment {
  readonly rollbackAfterUpdate: { readonly succeeded: UpdateReversal; readonly failed: UpdateReversal };
  readonly reusesRequestId: boolean;
  /** Time until a new or changed role or policy takes effect. */
  readonly propagationSeconds: number;
  /** Time until an accepted job is listed. */
  readonly listDelaySeconds: number;
  readonly clientTokenMismatch: ClientTokenMismatch;
  /** Whether each Start makes a job, even with the same client token. */
  readonly ignoresClientTokens: boolean;
}

export type Step = DeployStep | DestroyStep;

export interface DeployStep {
  readonly kind: 'deploy';
  /** Pause after the step before. */
  readonly pauseSeconds: number;
  /** Changes since the deployment before. */
  readonly change: Partial<Variant>;
  /** Content of the bucket from now on. */
  readonly data: Data;
  /** Course of the jobs that are submitted in this step. */
  readonly job: PlannedJob;
  readonly trouble?: Trouble;
  /** `cdk deploy --no-rollback`. */
  readonly rollbackDisabled: boolean;
  /** First action if a deployment without roll-back failed before. */
  readonly afterFailure: 'deploy on top' | 'roll back';
  readonly faults: readonly Fault[];
}

export interface DestroyStep {
  readonly kind: 'destroy';
  readonly pauseSeconds: number;
  readonly faults: readonly Fault[];
}

/** The properties of the app. */
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
  /** Construct id of a supplied provider, or the stack's own provider. */
  readonly provider: 'of the stack' | 'Other';
  readonly outputPrefix: 'default' | 'elsewhere/';
  /** `RemovalPolicies.of(import).destroy()`: removing the resources invokes the functions. */
  readonly destroys: boolean;
}

/**
 * The data store of the import. `0` and `1` exist before the stack. `restored` is a copy of the import's data store at first use, with its
 * data and without jobs. `own 1` and `own 2` are names of a data store of the stack: another name replaces it.
 */
export type PlannedDatastore = 0 | 1 | 'restored' | 'own 1' | 'own 2';

/** Whether the data store is a resource of the stack. */
export function isOwn(datastore: PlannedDatastore): datastore is 'own 1' | 'own 2' {
  return datastore === 'own 1' || datastore === 'own 2';
}

export type Tolerance = 'none' | 'one resource' | '60 percent' | 'any';

/** `one bad`: one of four resources is rejected, `most bad`: three of six, `empty`: there is no file. */
export type Data = 'good' | 'one bad' | 'most bad' | 'empty';

/** The course of a job. */
export interface PlannedJob {
  readonly seconds: number;
  /** A status between IN_PROGRESS and its end. */
  readonly detour?: { readonly status: string; readonly seconds: number };
  /** An end that does not depend on the data. */
  readonly outcome?: ForcedOutcome;
}

/** Trouble of the stack outside the import. */
export type Trouble =
  /** A resource fails after the import. */
  | { readonly kind: 'fails after' }
  /** A resource fails during the import, which CloudFormation then cancels. */
  | { readonly kind: 'fails beside'; readonly afterSeconds: number }
  /** The stack is deleted. */
  | { readonly kind: 'deleted'; readonly afterSeconds: number };

/** Requests of a deployment. */
export type DeploymentOperation =
  | 'sts.AssumeRole'
  | 'healthlake.DescribeFHIRDatastore' | 'healthlake.ListFHIRImportJobs' | 'healthlake.StartFHIRImportJob' | 'healthlake.DescribeFHIRImportJob'
  | 'cloudformation.DescribeStacks'
  | 'lambda.Invoke' | 'states.StartExecution' | '/_response/.PUT';

/**
 * Requests of detached imports only: the start of the monitor, its polls, and the requests of the judge. The judge's DescribeFHIRImportJob
 * can be told from others only while no operation is under way.
 */
export type MonitorOperation = 'monitor.StartExecution' | 'monitor.DescribeFHIRImportJob' | 'judge.DescribeFHIRImportJob' | 'judge.PutEvents';

export type Operation = DeploymentOperation | MonitorOperation;

/** Functions of the provider. `judge` is `isComplete` when the monitor invokes it. */
export type FunctionName = 'judge' | DeploymentFunction;
export type DeploymentFunction = 'onEvent' | 'isComplete' | 'framework.onEvent' | 'framework.isComplete' | 'framework.onTimeout';

/** A fault in one step. Counts begin at 1 with the step. */
export type Fault = RequestFault | InvocationFault | StallFault;

/** Whether a fault hits only monitorings, which outlive their deployment. Such a fault outlives its step. */
export function hitsMonitor(fault: Fault): boolean {
  return (fault.on === 'request' && /^(monitor|judge)\./.test(fault.operation)) || (fault.on === 'invocation' && fault.of === 'judge');
}

export interface RequestFault {
  readonly on: 'request';
  readonly operation: Operation;
  /** The first request that it hits. */
  readonly from: number;
  /** Number of requests, or time in which it hits all of them. */
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

/** HealthLake starts no job, for ever if `seconds` is missing. */
export interface StallFault {
  readonly on: 'queue';
  readonly afterSeconds: number;
  readonly seconds?: number;
}

/** Deploys the same again, without faults. */
export const CALM: DeployStep = {
  kind: 'deploy', faults: [], pauseSeconds: 0, change: {}, data: 'good', job: { seconds: 10 }, rollbackDisabled: false, afterFailure: 'deploy on top',
};

/** The variant that the first deployment of a plan changes. */
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
 * Returns how long a deployment waits for an import. A long wait exceeds what one resource can wait by 1 to 10 minutes: its leg waits that
 * long before the outcome, and many jobs outlast the leg.
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
