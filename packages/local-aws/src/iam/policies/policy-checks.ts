import { policyErrors } from './engine';
import type { PolicyDocument } from './policy-document';
import { ServiceError } from '../../contract';

/**
 * Throws if IAM would reject the trust policy: if the policy is malformed, or names a missing user or role.
 * @param exists returns whether IAM already knows the user or role with this ARN
 */
export async function checkTrustPolicy(document: PolicyDocument, exists: (arn: string) => boolean): Promise<void> {
  const errors = await policyErrors('resource', document);
  if (errors) {
    throw malformed(errors);
  }
  for (const arn of awsPrincipals(document)) {
    if (/:iam::\d{12}:(role|user)\//.test(arn) && !exists(arn)) {
      throw malformed(`Invalid principal in policy: "AWS":"${arn}"`);
    }
  }
}

/** Throws if IAM would reject the identity policy. */
export async function checkIdentityPolicy(document: PolicyDocument): Promise<void> {
  const errors = await policyErrors('identity', document);
  if (errors) {
    throw malformed(errors);
  }
}

/** Throws if S3 would reject the resource policy. */
export async function checkResourcePolicy(document: unknown): Promise<void> {
  const errors = await policyErrors('resource', document);
  if (errors) {
    throw new ServiceError('MalformedPolicy', errors);
  }
}

function awsPrincipals(document: PolicyDocument): string[] {
  const statements = [document.Statement].flat() as { Principal?: string | { AWS?: string | string[] } }[];
  return statements.flatMap(({ Principal }) => typeof Principal === 'object' ? [Principal.AWS ?? []].flat() : []);
}

function malformed(message: string): ServiceError {
  return new ServiceError('MalformedPolicyDocument', message);
}
