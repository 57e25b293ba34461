import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';
import { BUDGETS } from '../budgets';

/**
 * The configuration of all AWS clients. It allows 8 attempts instead of the SDK's default of three, because AWS can throttle several attempts in a row. The
 * time-outs end a call that gets no response.
 */
export const CLIENT_CONFIG = {
  maxAttempts: 8,
  // Without `throwOnRequestTimeout`, the SDK only logs a warning when a request times out.
  requestHandler: { connectionTimeout: BUDGETS.attempt.connectMs, requestTimeout: BUDGETS.attempt.answerMs, throwOnRequestTimeout: true },
};

const sts = new STSClient(CLIENT_CONFIG);

/** The role session name. CloudTrail and AWS error messages show it in the ARN of the caller. */
export const ROLE_SESSION_NAME = 'fhir-import';

/** Returns temporary credentials for a role. The SDK reuses them until they expire. */
export async function assumeRole(roleArn: string): Promise<AwsCredentialIdentity> {
  const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: ROLE_SESSION_NAME });
  // The abort signal of a service call doesn't abort the AssumeRole call that precedes it. So AssumeRole has its own time limit.
  const { Credentials: granted } = await sts.send(command, { abortSignal: AbortSignal.timeout(BUDGETS.handler.call.assumeRoleMs) });
  if (!granted?.AccessKeyId || !granted.SecretAccessKey) {
    throw new Error(`AssumeRole of ${roleArn} gave no credentials`);
  }
  return {
    accessKeyId: granted.AccessKeyId,
    secretAccessKey: granted.SecretAccessKey,
    sessionToken: granted.SessionToken,
    expiration: granted.Expiration,
  };
}
