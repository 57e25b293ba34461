/** The key that AWS manages for S3: what a bucket uses if its encryption names none. */
const AWS_MANAGED = 'alias/aws/s3';

/** The part of a key's name that is the same in all its forms. */
const KEY_NAME = /^(?:arn:[^:]+:kms:[^:]*:[^:]*:)?(?:key\/)?(alias\/[^\s]+|[^\s:/]+)$/;

/**
 * Whether a bucket is known to be encrypted with another key than the one given. Each may be an ARN, an id or an alias; an alias and an id
 * can't be compared, nor can two aliases, because they may be of one key.
 *
 * @param ofBucket undefined for the key that AWS manages.
 */
export function isOtherKey(ofBucket: string = AWS_MANAGED, given: string): boolean {
  const [a, b] = [ofBucket, given].map((key) => KEY_NAME.exec(key)?.[1]);
  if (a === undefined || b === undefined || a === b) {
    return false;
  }
  // An alias of AWS's own is of no key of the user.
  return a === AWS_MANAGED || !(isAlias(a) || isAlias(b));
}

function isAlias(name: string): boolean {
  return name.startsWith('alias/');
}
