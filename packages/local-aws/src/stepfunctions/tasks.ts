import { DescribeFHIRExportJobCommand, DescribeFHIRImportJobCommand, HealthLakeClient, HealthLakeServiceException } from '@aws-sdk/client-healthlake';
import { ServiceError, type AssumedRole, type Caller, type Environment, type FunctionInvoker } from '../contract';
import { StateError } from './language/state-error';
import type { Json } from './language/states';
import { memberNames } from './language/template';

/** The call that a Task state makes. */
export interface TaskCall {
  /** The prefix in the types of the call's history events, e.g. `Task` in `TaskScheduled`. */
  readonly kind: 'LambdaFunction' | 'Task';
  /** Details that every history event of the call contains, e.g. `resourceType`. */
  readonly target: object;
  /** Details that only the `TaskScheduled` or `LambdaFunctionScheduled` event of the call contains, e.g. `parameters`. */
  readonly request: object;
  /** Makes the call. Rejects with a `StateError` that has the error name and the cause that Step Functions would report. */
  perform(session: AssumedRole, signal: AbortSignal): Promise<Json>;
}

/** The services that tasks call. */
export interface TaskWorld {
  readonly env: Environment;
  readonly invoker: FunctionInvoker;
}

const FUNCTION_ARN = /^arn:[^:]+:lambda:/;
const INVOKE = /^arn:[^:]+:states:::lambda:invoke$/;
const DESCRIBE_JOB = /^arn:[^:]+:states:::aws-sdk:healthlake:(describeFHIR(?:Import|Export)Job)$/;

/** Returns an error message if the resource or the parameters of a Task state aren't emulated; otherwise undefined. */
export function taskProblem(resource: string, parameters: Json | undefined): string | undefined {
  if (FUNCTION_ARN.test(resource)) {
    return undefined;
  }
  if (INVOKE.test(resource)) {
    const other = memberNames(parameters).find((name) => name !== 'FunctionName' && name !== 'Payload');
    return other && `parameter ${other} of lambda:invoke isn't emulated`;
  }
  if (DESCRIBE_JOB.test(resource)) {
    const other = memberNames(parameters).find((name) => name !== 'DatastoreId' && name !== 'JobId');
    return other && `SCHEMA_VALIDATION_FAILED: The field "${other}" is not supported by Step Functions`;
  }
  return `resource ${resource} isn't emulated, use a Lambda function, lambda:invoke, or describeFHIRImportJob or describeFHIRExportJob of aws-sdk:healthlake`;
}

/**
 * Returns the call that a Task state makes.
 * @param resource a resource for which `taskProblem` returned undefined
 */
export function taskCall(resource: string, parameters: Json, { env, invoker }: TaskWorld): TaskCall {
  if (FUNCTION_ARN.test(resource)) {
    return {
      kind: 'LambdaFunction',
      target: {},
      request: { resource, input: JSON.stringify(parameters) },
      perform: ({ caller }) => invoke(invoker, caller, resource, parameters),
    };
  }
  const request = { region: env.region, parameters: JSON.stringify(parameters) };
  if (INVOKE.test(resource)) {
    const { FunctionName, Payload = {} } = parameters as { FunctionName?: string; Payload?: Json };
    return {
      kind: 'Task',
      target: { resourceType: 'lambda', resource: 'invoke' },
      request,
      perform: async ({ caller }) => ({ ExecutedVersion: '$LATEST', Payload: await invoke(invoker, caller, String(FunctionName), Payload), StatusCode: 200 }),
    };
  }
  const [, operation] = DESCRIBE_JOB.exec(resource)!;
  return {
    kind: 'Task',
    target: { resourceType: 'aws-sdk:healthlake', resource: operation },
    request,
    perform: (session, signal) => describeJob(operation, env, session, parameters, signal),
  };
}

async function invoke(invoker: FunctionInvoker, caller: Caller, functionArn: string, input: Json): Promise<Json> {
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

/** Calls DescribeFHIRImportJob or DescribeFHIRExportJob over HTTP, so that injected faults and IAM policies apply. */
async function describeJob(
  operation: string, env: Environment, { credentials }: AssumedRole, input: Json, abortSignal: AbortSignal,
): Promise<Json> {
  // AWS doesn't document whether Step Functions retries SDK calls itself. With a single attempt, the state's Retry field handles every error.
  const client = new HealthLakeClient({ endpoint: env.endpoint(), region: env.region, credentials, maxAttempts: 1 });
  try {
    const { $metadata, ...output } = await (operation === 'describeFHIRImportJob'
      ? client.send(new DescribeFHIRImportJobCommand(input as never), { abortSignal })
      : client.send(new DescribeFHIRExportJobCommand(input as never), { abortSignal }));
    return JSON.parse(JSON.stringify(output));
  } catch (error) {
    throw healthLakeError(error);
  } finally {
    client.destroy();
  }
}

function healthLakeError(error: unknown): StateError {
  if (!(error instanceof HealthLakeServiceException)) {
    return new StateError('HealthLake.SdkClientException', (error as Error).message);
  }
  // In the SDK, only errors that the service model declares have their own class.
  const isDeclared = Object.getPrototypeOf(error) !== HealthLakeServiceException.prototype;
  const { message, $metadata: { httpStatusCode, requestId } } = error;
  return new StateError(isDeclared ? `HealthLake.${error.name}` : 'HealthLake.HealthLakeException',
    `${message} (Service: HealthLake, Status Code: ${httpStatusCode}, Request ID: ${requestId})`);
}
