import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';
import { BUDGETS } from '../budgets';

/**
 * The configuration that all AWS clients share. It allows more attempts than the SDK's default of three, because throttling can last longer. Its time-outs
 * keep a call that hangs from using up the function's time.
 */
export const CLIENT_CONFIG = {
  maxAttempts: 8,
  // Without `throwOnRequestTimeout`, the SDK only logs a warning when a request times out.
  requestHandler: { connectionTimeout: BUDGETS.attempt.connectMs, requestTimeout: BUDGETS.attempt.answerMs, throwOnRequestTimeout: true },
};

const sts = new STSClient(CLIENT_CONFIG);

/** The session name that CloudTrail and AWS's messages show for an assumed role. */
export const ROLE_SESSION_NAME = 'fhir-import';

/** Returns temporary credentials of a role. The SDK keeps them until they expire. */
export async function assumeRole(roleArn: string): Promise<AwsCredentialIdentity> {
  const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: ROLE_SESSION_NAME });
  // Aborting a call doesn't abort the AssumeRole call that fetches its credentials. So AssumeRole has a time limit of its own.
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
