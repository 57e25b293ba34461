import { awsSdkCall, awsSdkProblem } from './aws-sdk-task';
import type { Json } from './definition';
import { lambdaCall, lambdaProblem } from './lambda-task';
import type { Environment, FunctionInvoker } from '../contract';
import type { AssumedRole } from '../iam/iam';

/** One call that a Task state makes. */
export interface TaskCall {
  /** How the names of its events begin. */
  readonly kind: 'LambdaFunction' | 'Task';
  /** Details that each of its events has. */
  readonly target: object;
  /** What is sent, as the event of its scheduling shows it. */
  readonly request: object;
  /** Rejects with a `StateError`, in the words of Step Functions. */
  perform(session: AssumedRole, signal: AbortSignal): Promise<Json>;
}

/** What tasks need of the world. */
export interface TaskWorld {
  readonly env: Environment;
  readonly invoker: FunctionInvoker;
}

/** @param resource one that has no `taskProblem` */
export function taskCall(resource: string, parameters: Json, { env, invoker }: TaskWorld): TaskCall {
  return resource.includes(':states:::aws-sdk:') ? awsSdkCall(resource, parameters, env) : lambdaCall(resource, parameters, env, invoker);
}

/** Why a Task's resource, with these parameters, isn't played; undefined if it is. */
export function taskProblem(resource: string, parameters: Json | undefined): string | undefined {
  return resource.includes(':states:::aws-sdk:') ? awsSdkProblem(resource, parameters) : lambdaProblem(resource, parameters);
}
