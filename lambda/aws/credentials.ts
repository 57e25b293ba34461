import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';

/** What the SDK's clients share: throttling outlasts three attempts, and a hanging call must not eat the function's time. */
export const CLIENT_CONFIG = {
  maxAttempts: 8,
  // Without the flag the SDK only warns.
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

/** AssumeRole with all its attempts, in milliseconds: it is made anew for each call while it fails. */
const ASSUME_BUDGET = 30_000;

const sts = new STSClient(CLIENT_CONFIG);

/** The session name that CloudTrail and AWS's messages show for an assumed role. */
export const ROLE_SESSION_NAME = 'fhir-import';

/** Temporary credentials of an import's role; the SDK keeps them until they expire. */
export async function assumeRole(roleArn: string): Promise<AwsCredentialIdentity> {
  const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: ROLE_SESSION_NAME });
  // A caller's abort signal doesn't reach the calls that are made for its credentials.
  const { Credentials: granted } = await sts.send(command, { abortSignal: AbortSignal.timeout(ASSUME_BUDGET) });
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
