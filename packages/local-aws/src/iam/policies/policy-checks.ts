import { policyErrors } from './engine';
import type { PolicyDocument } from './policy-document';
import { ServiceError } from '../../contract';

/**
 * Refuses a trust policy that IAM would refuse: a malformed one, or one that names a user or role which isn't there (yet).
 * @param exists whether IAM already knows the user or role with this ARN
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

/** Refuses an identity policy that IAM would refuse. */
export async function checkIdentityPolicy(document: PolicyDocument): Promise<void> {
  const errors = await policyErrors('identity', document);
  if (errors) {
    throw malformed(errors);
  }
}

/** Refuses a resource policy that S3 would refuse. */
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
