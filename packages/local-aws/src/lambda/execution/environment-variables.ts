import { dirname } from 'node:path';
import { QUIET_SDK } from '../../../../local-healthlake/src/quiet-sdk';
import type { Environment } from '../../contract';
import type { FunctionConfiguration } from '../functions/function-configuration';

/** Credentials of a session of the function's role. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** `node_modules` of the project: the SDK that the runtime brings. */
const RUNTIME_MODULES = dirname(dirname(dirname(require.resolve('@aws-sdk/client-lambda/package.json'))));

/** The environment variables of a function's process; nothing of the parent's gets in but PATH. */
export function environmentVariables(
  env: Environment,
  configuration: FunctionConfiguration,
  version: string,
  logStream: string,
  codeDirectory: string,
  credentials: SessionCredentials,
): Record<string, string> {
  return {
    ...configuration.environment,
    ...QUIET_SDK, // AWS runs the function on the Node.js that it asks for; here it is the user's own
    PATH: process.env.PATH ?? '',
    // Profiles and caches of the machine's user must not be found.
    HOME: codeDirectory,
    TZ: ':UTC',
    NODE_PATH: RUNTIME_MODULES,
    LAMBDA_TASK_ROOT: codeDirectory,
    _HANDLER: configuration.handler,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_ENDPOINT_URL: env.endpoint(),
    AWS_REGION: env.region,
    AWS_DEFAULT_REGION: env.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_LAMBDA_FUNCTION_NAME: configuration.name,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_LOG_FORMAT: configuration.logFormat,
    ...(configuration.logLevel && { AWS_LAMBDA_LOG_LEVEL: configuration.logLevel }),
  };
}
