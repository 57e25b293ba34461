import type { Encryption, PublicAccessBlock } from './bucket';
import { ServiceError } from '../service';

/** Parses a default encryption, from the API's XML or from CloudFormation's JSON. */
export function encryptionFrom(algorithm: string | undefined, keyId: string | undefined, bucketKey: unknown): Encryption {
  if (algorithm === 'AES256') {
    return { algorithm };
  }
  if (algorithm === 'aws:kms') {
    return { algorithm, keyId, bucketKey: isTrue(bucketKey) };
  }
  throw new ServiceError('MalformedXML', `The encryption algorithm ${algorithm} is neither AES256 nor aws:kms`);
}

/** Parses a public access block. Omitted options are off. */
export function publicAccessBlockFrom(given: Readonly<Record<string, unknown>> | undefined): PublicAccessBlock {
  return {
    BlockPublicAcls: isTrue(given?.BlockPublicAcls),
    IgnorePublicAcls: isTrue(given?.IgnorePublicAcls),
    BlockPublicPolicy: isTrue(given?.BlockPublicPolicy),
    RestrictPublicBuckets: isTrue(given?.RestrictPublicBuckets),
  };
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === 'TRUE';
}
