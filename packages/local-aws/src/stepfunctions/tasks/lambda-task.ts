import type { TaskCall } from './task-call';
import { ServiceError, type Caller, type Environment, type FunctionInvoker } from '../../contract';
import { StateError } from '../language/state-error';
import type { Json } from '../language/states';
import { memberNames } from '../language/template';

const FUNCTION_ARN = /^arn:[^:]+:lambda:/;
const INTEGRATION = /^arn:[^:]+:states:::lambda:invoke$/;

/** Why a resource that should be a function isn't played; undefined if it is. */
export function lambdaProblem(resource: string, parameters: Json | undefined): string | undefined {
  if (FUNCTION_ARN.test(resource)) {
    return undefined;
  }
  if (!INTEGRATION.test(resource)) {
    return `resource ${resource} isn't played by the local Step Functions, use a Lambda function, lambda:invoke or aws-sdk`;
  }
  const other = memberNames(parameters).find((parameter) => parameter !== 'FunctionName' && parameter !== 'Payload');
  return other && `parameter ${other} of lambda:invoke isn't played by the local Step Functions`;
}

/** A call of a function, by its own ARN or by the optimized integration, which wraps the function's answer. */
export function lambdaCall(resource: string, parameters: Json, env: Environment, invoker: FunctionInvoker): TaskCall {
  if (FUNCTION_ARN.test(resource)) {
    return {
      kind: 'LambdaFunction',
      target: {},
      request: { resource, input: JSON.stringify(parameters) },
      perform: ({ caller }) => run(invoker, caller, resource, parameters),
    };
  }
  const { FunctionName, Payload = {} } = parameters as { FunctionName?: string; Payload?: Json };
  return {
    kind: 'Task',
    target: { resourceType: 'lambda', resource: 'invoke' },
    request: { region: env.region, parameters: JSON.stringify(parameters) },
    perform: async ({ caller }) => ({
      ExecutedVersion: '$LATEST', Payload: await run(invoker, caller, String(FunctionName), Payload), StatusCode: 200,
    }),
  };
}

/** Runs the function. Rejects with a `StateError`, in the words that Step Functions finds for errors of Lambda. */
async function run(invoker: FunctionInvoker, caller: Caller, functionArn: string, input: Json): Promise<Json> {
  const { payload, functionError } = await invoker.invoke(caller, functionArn, input).catch((error: unknown) => {
    throw error instanceof ServiceError ? new StateError(lambdaErrorName(error), error.message) : error;
  });
  if (functionError) {
    const { errorType } = payload as { errorType?: string };
    throw new StateError(errorType ?? 'Lambda.Unknown', JSON.stringify(payload));
  }
  return (payload ?? null) as Json;
}

function lambdaErrorName({ name }: ServiceError): string {
  return name === 'AccessDeniedException' ? 'Lambda.AWSLambdaException' : `Lambda.${name}`;
}
