import type { Encryption, PublicAccessBlock } from './bucket';
import { ServiceError } from '../service';

/** Reads a default encryption, as the API's XML and as CloudFormation's JSON write it. */
export function encryptionFrom(algorithm: string | undefined, keyId: string | undefined, bucketKey: unknown): Encryption {
  if (algorithm === 'AES256') {
    return { algorithm };
  }
  if (algorithm === 'aws:kms') {
    return { algorithm, keyId, bucketKey: isTrue(bucketKey) };
  }
  throw new ServiceError('MalformedXML', `The encryption algorithm ${algorithm} is neither AES256 nor aws:kms`);
}

/** Reads a public access block; what is left out is false. */
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
