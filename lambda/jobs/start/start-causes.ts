import { wordsOf } from '../../aws/errors';

const TRUST = 'it must trust healthlake.amazonaws.com for this data store';
const KMS_ACTIONS = 'kms:DescribeKey, kms:GenerateDataKey* and kms:Decrypt';
const FIT_BUCKET = 'in the Region of the data store, encrypted with a KMS key, and have Block Public Access on for all options';

const UNFIT_BUCKET = `a bucket does not meet HealthLake's requirements: the output bucket must be ${FIT_BUCKET}, and the input bucket must be in that `
  + 'Region too';

const S3_PERMISSIONS = 'the data access role can\'t use a bucket: it needs s3:ListBucket, s3:GetBucketPublicAccessBlock and '
  + 's3:GetEncryptionConfiguration on both buckets (on the output bucket too), s3:GetObject on the input and s3:PutObject on the output, '
  + 'and a bucket of another account has to allow them';

const KMS_PERMISSIONS = `HealthLake can't use a KMS key: the data access role needs ${KMS_ACTIONS} on the output's key and kms:Decrypt on `
  + 'the input\'s, and keys must be symmetric, enabled, in this Region, and leave permissions to IAM policies; a data store with its own key '
  + 'may need datastoreEncryptionKey';

/**
 * The likely causes of a failed StartFHIRImportJob. The first entry whose pattern matches the error's code and message is used. HealthLake doesn't publish its
 * messages, so the patterns match words that any message about the cause would have.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/getting-started-setting-up.html#setting-up-import-permissions
 */
const CAUSES: readonly [words: RegExp, causes: string | undefined][] = [
  [/failed to satisfy constraint|^SerializationException|client ?token/i, undefined], // no causes: the error message names the parameter
  [/iam:PassRole/,
    'the operator role may not pass the data access role: it needs iam:PassRole on exactly that role, with iam:PassedToService '
    + 'healthlake.amazonaws.com, and no permissions boundary or service control policy against it'],
  [/explicit deny/,
    'a policy outside the import forbids it: a service control policy, a permissions boundary, or the policy of a bucket, a key or a VPC endpoint'],
  [/^AccessDenied: .*sts:AssumeRole/,
    'the operator role does not trust the provider\'s function: one of the two roles was changed or re-created outside the deployment'],
  [/perform: healthlake:/,
    'the operator role was changed outside the deployment, or a permissions boundary or service control policy leaves the action out'],
  [/^\w*(Throttl|TooManyRequests|LimitExceeded|Quota)|rate exceeded|\bquotas?\b|limit exceeded|too many|\bqueued?\b/i,
    'the data store has as many jobs in its queue as the quota allows (25), or the account starts too many at once; wait until jobs have ended'],
  [/^ResourceNotFoundException/, 'the data store was deleted, or re-created with another id, or is in another Region or account'],
  [/^ConflictException|not ACTIVE|transition state/, 'the data store is not ACTIVE'],
  [/\bs3:[A-Z]/, S3_PERMISSIONS],
  [/\bkms:[A-Z]/, KMS_PERMISSIONS],
  [/\bassumed?\b|AssumeRole|\btrust (policy|relationship)/i,
    `HealthLake can't assume the data access role: ${TRUST} (aws:SourceArn, aws:SourceAccount), and be in this account`],
  [/public access|bucket.*\bencrypted\b/i, UNFIT_BUCKET],
  [/\bkms/i, KMS_PERMISSIONS],
  [/\bregions?\b/i, UNFIT_BUCKET],
  [/\bs3\b|bucket/i, S3_PERMISSIONS],
  [/^FailedDependencyException/, 'HealthLake could not use S3 or KMS with the data access role, or one of them was unavailable'],
  [/^(AccessDenied|Validation)/,
    `HealthLake can't use the data access role (${TRUST}, and needs s3:ListBucket on both buckets, s3:GetObject on the input, and ${KMS_ACTIONS}), `
    + `or the output bucket is not ${FIT_BUCKET}`],
];

/** Returns one sentence with the likely causes of a failed StartFHIRImportJob, or undefined if none are known. */
export function likelyCauses(error: unknown): string | undefined {
  const text = withoutNames(wordsOf(error));
  const causes = CAUSES.find(([words]) => words.test(text))?.[1];
  return causes && `likely causes: ${causes}`;
}

/** Replaces each ARN and S3 URI with the name of its service, because the resource names in it may match any pattern. */
function withoutNames(text: string): string {
  return text.replace(/\barn:[^:\s]*:([a-z0-9-]+):[^\s"']*/g, '$1').replace(/\bs3:\/\/[^\s"']*/gi, 's3');
}
