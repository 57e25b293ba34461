import { policyErrors } from './engine';
import type { PolicyDocument } from './policy-document';
import { ServiceError } from '../../contract';

/**
 * Throws for a trust policy that IAM refuses: a malformed one, or one that names a missing user or role.
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

/** Throws for an identity policy that IAM refuses. */
export async function checkIdentityPolicy(document: PolicyDocument): Promise<void> {
  const errors = await policyErrors('identity', document);
  if (errors) {
    throw malformed(errors);
  }
}

/** Throws for a resource policy that S3 refuses. */
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
