import { awsSdkCall, awsSdkProblem } from './aws-sdk-task';
import { lambdaCall, lambdaProblem } from './lambda-task';
import type { TaskCall } from './task-call';
import type { Environment, FunctionInvoker } from '../../contract';
import type { Json } from '../language/states';

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
