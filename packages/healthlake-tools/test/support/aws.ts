import type { Harness, HarnessIam } from '../../../local-healthlake/test/harness';

export { Harness, INPUT, OUTPUT, patient, ACCOUNT, CALLER } from '../../../local-healthlake/test/harness';
export type { HarnessIam };

const VARIABLES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_ENDPOINT_URL'];

/** Sets the environment of the SDK until the tests of the file have ended. Variables that are not given are removed. */
export function useEnvironment(variables: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  beforeAll(() => {
    VARIABLES.forEach((name) => delete process.env[name]);
    Object.assign(process.env, {
      AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', ...variables,
    });
  });
  afterAll(() => {
    process.env = before;
  });
}

export const ANY_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIAANY', AWS_SECRET_ACCESS_KEY: 'any', AWS_DEFAULT_REGION: 'us-east-1' };

/** Returns the options with which the tool calls the local HealthLake. */
export function at(aws: Harness): string[] {
  return ['--endpoint-url', aws.environment.endpoint()];
}
