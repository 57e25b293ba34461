import type { Json, TaskState } from './definition';
import { StateError } from './state-error';
import { ServiceError, type Caller, type FunctionInvoker } from '../contract';

/** A call of a function, as a Task state asks for it. */
export interface LambdaCall {
  readonly functionArn: string;
  readonly payload: Json;
  /** The optimized integration wraps the function's answer. */
  readonly isIntegration: boolean;
}

export function lambdaCall(state: TaskState, parameters: Json): LambdaCall {
  if (/^arn:[^:]+:lambda:/.test(state.Resource)) return { functionArn: state.Resource, payload: parameters, isIntegration: false };
  if (!/^arn:[^:]+:states:::lambda:invoke$/.test(state.Resource)) {
    throw new StateError('States.Runtime', `resource ${state.Resource} isn't played by the local Step Functions, only Lambda functions are`);
  }
  const { FunctionName, Payload } = parameters as { FunctionName?: string; Payload?: Json };
  return { functionArn: String(FunctionName), payload: Payload ?? {}, isIntegration: true };
}

/** Runs the function. Rejects with a `StateError`, in the words that Step Functions finds for errors of Lambda. */
export async function runLambda(invoker: FunctionInvoker, caller: Caller, call: LambdaCall): Promise<Json> {
  const { payload, functionError } = await invoker.invoke(caller, call.functionArn, call.payload).catch((error: unknown) => {
    throw error instanceof ServiceError ? new StateError(lambdaErrorName(error), error.message) : error;
  });
  if (functionError) {
    const { errorType } = payload as { errorType?: string };
    throw new StateError(errorType ?? 'Lambda.Unknown', JSON.stringify(payload));
  }
  const result = (payload ?? null) as Json;
  return call.isIntegration ? { ExecutedVersion: '$LATEST', Payload: result, StatusCode: 200 } : result;
}

function lambdaErrorName({ name }: ServiceError): string {
  return name === 'AccessDeniedException' ? 'Lambda.AWSLambdaException' : `Lambda.${name}`;
}
