import { wordsOf } from '../../aws/errors';
import type { JobNoun } from '../healthlake-job';

/** What HealthLake needs for a job of a kind, as it is shown after a failed start. */
export interface RoleNeeds {
  readonly noun: JobNoun;
  /** The sentence that a bucket doesn't meet HealthLake's requirements. */
  readonly unfitBucket: string;
  /** The sentence that the data access role lacks permissions on a bucket. */
  readonly s3: string;
  /** The sentence that HealthLake can't use a KMS key. */
  readonly kms: string;
  /** The sentence for a refusal that names no cause. */
  readonly unknown: string;
}

export const TRUST = 'it must trust healthlake.amazonaws.com for this data store';
export const FIT_BUCKET = 'in the Region of the data store, encrypted with a KMS key, and have Block Public Access on for all options';
export const FIT_KEY = 'symmetric, enabled, in this Region, and leave permissions to IAM policies; a data store with its own key may need datastoreEncryptionKey';

/**
 * Returns the likely causes of a failed start. The first entry whose pattern matches the error's code and message is used. HealthLake doesn't publish its
 * messages, so the patterns match words that any message about the cause would have.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/getting-started-setting-up.html#setting-up-import-permissions
 */
const causesOf = ({ noun, unfitBucket, s3, kms, unknown }: RoleNeeds): readonly [words: RegExp, causes: string | undefined][] => [
  [/failed to satisfy constraint|^SerializationException|client ?token/i, undefined], // no causes: the error message names the parameter
  [/iam:PassRole/,
    'the operator role may not pass the data access role: it needs iam:PassRole on exactly that role, with iam:PassedToService '
    + 'healthlake.amazonaws.com, and no permissions boundary or service control policy against it'],
  [/explicit deny/,
    `a policy outside the ${noun} forbids it: a service control policy, a permissions boundary, or the policy of a bucket, a key or a VPC endpoint`],
  [/^AccessDenied: .*sts:AssumeRole/,
    'the operator role does not trust the provider\'s function: one of the two roles was changed or re-created outside the deployment'],
  [/perform: healthlake:/,
    'the operator role was changed outside the deployment, or a permissions boundary or service control policy leaves the action out'],
  [/^\w*(Throttl|TooManyRequests|LimitExceeded|Quota)|rate exceeded|\bquotas?\b|limit exceeded|too many|\bqueued?\b/i,
    'the data store has as many jobs in its queue as the quota allows (25), or the account starts too many at once; wait until jobs have ended'],
  [/^ResourceNotFoundException/, 'the data store was deleted, or re-created with another id, or is in another Region or account'],
  [/^ConflictException|not ACTIVE|transition state/, 'the data store is not ACTIVE'],
  [/\bs3:[A-Z]/, s3],
  [/\bkms:[A-Z]/, kms],
  [/\bassumed?\b|AssumeRole|\btrust (policy|relationship)/i,
    `HealthLake can't assume the data access role: ${TRUST} (aws:SourceArn, aws:SourceAccount), and be in this account`],
  [/public access|bucket.*\bencrypted\b/i, unfitBucket],
  [/\bkms/i, kms],
  [/\bregions?\b/i, unfitBucket],
  [/\bs3\b|bucket/i, s3],
  [/^FailedDependencyException/, 'HealthLake could not use S3 or KMS with the data access role, or one of them was unavailable'],
  [/^(AccessDenied|Validation)/, unknown],
];

/** Returns one sentence with the likely causes of a failed start, or undefined if none are known. */
export function likelyCauses(error: unknown, needs: RoleNeeds): string | undefined {
  const text = withoutNames(wordsOf(error));
  const causes = causesOf(needs).find(([words]) => words.test(text))?.[1];
  return causes && `likely causes: ${causes}`;
}

/** Replaces each ARN and S3 URI with the name of its service, because the resource names in it may match any pattern. */
function withoutNames(text: string): string {
  return text.replace(/\barn:[^:\s]*:([a-z0-9-]+):[^\s"']*/g, '$1').replace(/\bs3:\/\/[^\s"']*/gi, 's3');
}
