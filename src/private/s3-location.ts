import { Token } from 'aws-cdk-lib';

/**
 * The bucket part of the pattern that HealthLake has for an S3 URI: stricter than S3, which has old buckets with upper case and underscores.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_InputDataConfig.html
 */
const BUCKET_NAME = /^[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9]$/;

/** @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_InputDataConfig.html */
const MAX_S3_URI_LENGTH = 1024;

/**
 * A key prefix as HealthLake should see it: ends in `/`, so that `data` doesn't match `data-old/` too. The empty one is the whole bucket.
 *
 * @param what names the prefix in the error.
 */
export function normalizePrefix(prefix: string, what: string): string {
  if (Token.isUnresolved(prefix)) {
    return prefix;
  }
  if (prefix.startsWith('/')) {
    throw new Error(`${what} must not start with "/", got "${prefix}"; S3 keys start with the name of the first folder`);
  }
  if (prefix.startsWith('s3://')) {
    throw new Error(`${what} must be a key prefix, got "${prefix}"; name the bucket in the argument for the bucket`);
  }
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

/**
 * The S3 URI of a prefix, checked against what HealthLake accepts.
 */
export function s3Uri(bucketName: string, prefix: string): string {
  if (!Token.isUnresolved(bucketName) && !BUCKET_NAME.test(bucketName)) {
    throw new Error(`HealthLake doesn't accept the bucket name "${bucketName}" (only lower-case letters, digits, "." and "-"); use another bucket`);
  }
  const uri = `s3://${bucketName}/${prefix}`;
  if (!Token.isUnresolved(uri) && uri.length > MAX_S3_URI_LENGTH) {
    throw new Error(`HealthLake accepts S3 locations of up to ${MAX_S3_URI_LENGTH} characters, got ${uri.length} in "${uri}"; shorten the prefix`);
  }
  return uri;
}
