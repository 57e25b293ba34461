import { Stack, Token } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/**
 * HealthLake's pattern for the bucket name in an S3 URI. S3 accepts more names: old buckets can have upper case and underscores.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_InputDataConfig.html
 */
const BUCKET_NAME = /^[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9]$/;

/**
 * Matches names with a suffix that S3 reserves for access points and for other kinds of buckets.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const NO_GENERAL_PURPOSE_BUCKET = /(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;

/** The maximum length of an S3 URI: https://docs.aws.amazon.com/healthlake/latest/APIReference/API_InputDataConfig.html */
const MAX_S3_URI_LENGTH = 1024;

/** Matches a token within a string: https://docs.aws.amazon.com/cdk/v2/guide/tokens.html */
const TOKEN = /\$\{Token\[[^\]]*\]\}/g;

/** The patterns of prefixes that would fail later, each with the problem and the remedy for the error message. */
const UNUSABLE: readonly (readonly [pattern: RegExp, problem: string, remedy: string])[] = [
  [/^([a-z][a-z0-9+.-]*:\/\/|arn:)/i, 'must be a key prefix', 'leave out everything before the key'],
  [/^\//, 'must not start with "/"', 'S3 keys start with the name of the first folder'],
  [/[*?$]/, 'must not have "*", "?" or "$"', 'IAM would read them as wildcards and variables, so use another prefix'],
  [/\\/, 'must not have "\\"', 'separate folders with "/"'],
  [/\/\//, 'must not have "//"', 'a folder without a name is nearly always a mistake, so leave one "/" out'],
  [/(^|\/)\.\.?(\/|$)/, 'must not have the folders "." and ".."', 'S3 has no relative paths, so write the whole prefix'],
  [/(^|\/)\s|\s(\/|$)/, 'must not have folders that start or end with white space', 'remove it'],
  // IAM refuses policies with other characters: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
  [/[^\x20-\x7e\xa0-\xff]/, 'must not have control characters or characters beyond Latin-1', 'IAM would refuse the roles, so use another prefix'],
];

/**
 * Returns the key prefix with a `/` at its end, so that `data` doesn't match `data-old/`. An empty prefix means the whole bucket and stays empty. A prefix
 * that ends in a token stays unchanged, because the value of the token may end in `/`.
 *
 * @param what the name of the prefix in the error message.
 * @throws if the prefix is an S3 URI, or has folders or characters with which S3 or IAM would not find the objects.
 */
export function normalizePrefix(prefix: string, what: string): string {
  const literal = prefix.replace(TOKEN, 'x'); // the value of a token is unknown and counts as the name of a folder
  const [, problem, remedy] = UNUSABLE.find(([pattern]) => pattern.test(literal)) ?? [];
  if (problem !== undefined) {
    throw new Error(`${what} ${problem}, got "${prefix}"; ${remedy}`);
  }
  const isClosed = prefix === '' || prefix.replace(TOKEN, '/').endsWith('/');
  return isClosed ? prefix : `${prefix}/`;
}

/**
 * Returns the S3 URI of a prefix.
 *
 * @throws if HealthLake doesn't accept the name of the bucket or the length of the URI, or if the name belongs to an access point or a directory bucket.
 */
export function s3Uri(bucketName: string, prefix: string): string {
  if (!Token.isUnresolved(bucketName) && !BUCKET_NAME.test(bucketName)) {
    throw new Error(`HealthLake doesn't accept the bucket name "${bucketName}" (only lower-case letters, digits, "." and "-"); use another bucket`);
  }
  if (NO_GENERAL_PURPOSE_BUCKET.test(bucketName)) {
    throw new Error(`"${bucketName}" is the name of an access point or of a directory bucket; use a general purpose bucket`);
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
