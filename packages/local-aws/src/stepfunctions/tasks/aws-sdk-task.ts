import {
  DescribeFHIRDatastoreCommand, DescribeFHIRExportJobCommand, DescribeFHIRImportJobCommand, HealthLakeClient, HealthLakeServiceException,
} from '@aws-sdk/client-healthlake';
import type { TaskCall } from './task-call';
import type { AssumedRole, Environment } from '../../contract';
import { StateError } from '../language/state-error';
import type { Json } from '../language/states';
import { memberNames } from '../language/template';

interface Action {
  readonly parameters: readonly string[];
  send(client: HealthLakeClient, input: never, options: { abortSignal: AbortSignal }): Promise<object>;
}

/** Actions of HealthLake that are played, as Step Functions writes them. */
const ACTIONS: Readonly<Record<string, Action>> = {
  describeFHIRDatastore: {
    parameters: ['DatastoreId'],
    send: (client, input, options) => client.send(new DescribeFHIRDatastoreCommand(input), options),
  },
  describeFHIRImportJob: {
    parameters: ['DatastoreId', 'JobId'],
    send: (client, input, options) => client.send(new DescribeFHIRImportJobCommand(input), options),
  },
  describeFHIRExportJob: {
    parameters: ['DatastoreId', 'JobId'],
    send: (client, input, options) => client.send(new DescribeFHIRExportJobCommand(input), options),
  },
};

/** Why an AWS SDK integration isn't played; undefined if it is. */
export function awsSdkProblem(resource: string, parameters: Json | undefined): string | undefined {
  const name = actionName(resource);
  if (name === undefined || !Object.hasOwn(ACTIONS, name)) {
    return `resource ${resource} isn't played by the local Step Functions, of aws-sdk only healthlake with ${Object.keys(ACTIONS).join(', ')} is`;
  }
  const other = memberNames(parameters).find((parameter) => !ACTIONS[name].parameters.includes(parameter));
  return other && `SCHEMA_VALIDATION_FAILED: The field "${other}" is not supported by Step Functions`;
}

/** A call of HealthLake over HTTP, with what router and policies make of it. */
export function awsSdkCall(resource: string, parameters: Json, env: Environment): TaskCall {
  const name = String(actionName(resource));
  return {
    kind: 'Task',
    target: { resourceType: 'aws-sdk:healthlake', resource: name },
    request: { region: env.region, parameters: JSON.stringify(parameters) },
    perform: (session, signal) => perform(ACTIONS[name], parameters, env, session, signal),
  };
}

function actionName(resource: string): string | undefined {
  return /^arn:[^:]+:states:::aws-sdk:healthlake:(\w+)$/.exec(resource)?.[1];
}

async function perform(action: Action, parameters: Json, env: Environment, { credentials }: AssumedRole, abortSignal: AbortSignal): Promise<Json> {
  // How often Step Functions itself tries isn't documented; so the definition's Retry sees every error.
  const client = new HealthLakeClient({ endpoint: env.endpoint(), region: env.region, credentials, maxAttempts: 1 });
  try {
    const { $metadata, ...output } = await action.send(client, parameters as never, { abortSignal }) as { $metadata?: unknown };
    return JSON.parse(JSON.stringify(output));
  } catch (error) {
    throw stateError(error);
  } finally {
    client.destroy();
  }
}

function stateError(error: unknown): StateError {
  if (!(error instanceof HealthLakeServiceException)) {
    return new StateError('HealthLake.SdkClientException', (error as Error).message);
  }
  // Only errors that the service's model declares have a class, and so a name, of their own.
  const isDeclared = Object.getPrototypeOf(error) !== HealthLakeServiceException.prototype;
  const { message, $metadata: { httpStatusCode, requestId } } = error;
  return new StateError(isDeclared ? `HealthLake.${error.name}` : 'HealthLake.HealthLakeException',
    `${message} (Service: HealthLake, Status Code: ${httpStatusCode}, Request ID: ${requestId})`);
}
