import { Stack, Token } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/**
 * HealthLake's pattern for the bucket name in an S3 URI. S3 accepts more names: old buckets can have upper case and underscores.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_InputDataConfig.html
 */
const BUCKET_NAME = /^[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9]$/;

/** The maximum length of an S3 URI: https://docs.aws.amazon.com/healthlake/latest/APIReference/API_InputDataConfig.html */
const MAX_S3_URI_LENGTH = 1024;

/** Matches a token within a string: https://docs.aws.amazon.com/cdk/v2/guide/tokens.html */
const TOKEN = /\$\{Token\[[^\]]*\]\}/g;

/**
 * Returns the key prefix with a `/` at its end, so that `data` doesn't match `data-old/`. An empty prefix means the whole bucket and stays empty. A prefix
 * that ends in a token stays unchanged, because the value of the token may end in `/`.
 *
 * @param what the name of the prefix in the error message.
 * @throws if the prefix starts with `/` or `s3://`, or has characters that IAM reads as wildcards or variables.
 */
export function normalizePrefix(prefix: string, what: string): string {
  if (prefix.startsWith('/')) {
    throw new Error(`${what} must not start with "/", got "${prefix}"; S3 keys start with the name of the first folder`);
  }
  if (prefix.startsWith('s3://')) {
    throw new Error(`${what} must be a key prefix, got "${prefix}"; name the bucket in the argument for the bucket`);
  }
  const literal = prefix.replace(TOKEN, '');
  if (/[*?$]/.test(literal)) {
    throw new Error(`${what} must not have "*", "?" or "$", got "${prefix}"; IAM would read them as wildcards and variables, so use another prefix`);
  }
  const isClosed = prefix === '' || prefix.replace(TOKEN, '/').endsWith('/');
  return isClosed ? prefix : `${prefix}/`;
}

/**
 * Returns the S3 URI of a prefix.
 *
 * @throws if HealthLake doesn't accept the name of the bucket or the length of the URI.
 */
export function s3Uri(bucketName: string, prefix: string): string {
  if (!Token.isUnresolved(bucketName) && !BUCKET_NAME.test(bucketName)) {
    throw new Error(`HealthLake doesn't accept the bucket name "${bucketName}" (only lower-case letters, digits, "." and "-"); use another bucket`);
  }
  const shortest = `s3://${Token.isUnresolved(bucketName) ? '...' : bucketName}/${prefix}`; // a bucket name has at least three characters
  if (!Token.isUnresolved(prefix) && shortest.length > MAX_S3_URI_LENGTH) {
    throw new Error(`HealthLake accepts S3 locations of up to ${MAX_S3_URI_LENGTH} characters, got ${shortest.length} or more in "${shortest}"; `
      + 'shorten the prefix');
  }
  return `s3://${bucketName}/${prefix}`;
}

/** Returns whether two constructs are known to be the same bucket. An app can have several constructs for one bucket. */
export function isSameBucket(a: s3.IBucket, b: s3.IBucket): boolean {
  const [one, other] = [a, b].map((bucket) => JSON.stringify(Stack.of(bucket).resolve(bucket.bucketName)));
  // A resolved name can contain a logical id, which is unique only within a stack.
  return a.bucketName === b.bucketName || (Stack.of(a) === Stack.of(b) && one === other);
}
