import type { Runtime } from './runtimes';
import type { Environment, SessionCredentials } from '../../contract';
import type { FunctionConfiguration } from '../functions/function-configuration';

/** Returns the environment variables of a function's process. The process inherits only PATH from its parent. */
export function environmentVariables(
  env: Environment, configuration: FunctionConfiguration, runtime: Runtime, version: string, logStream: string, codeDirectory: string,
  credentials: SessionCredentials,
): Record<string, string> {
  return {
    ...configuration.environment,
    ...runtime.variables,
    PATH: process.env.PATH ?? '',
    // Hides the AWS profiles and caches of the user who runs the local AWS.
    HOME: codeDirectory,
    TZ: ':UTC',
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
