import { Token } from 'aws-cdk-lib';
import type { Kind } from '../kind';

/**
 * HealthLake's pattern for job names.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_StartFHIRImportJob.html
 */
const JOB_NAME = /^[\p{L}\p{Z}\p{N}_.:/=+\-%@]*$/u;

/**
 * The maximum length of a job name prefix. A job name has up to 64 characters. A dash and 20 digits of the fingerprint follow the prefix. The remaining
 * characters are not used.
 */
const MAX_PREFIX_LENGTH = 40;

/** The maximum length of a revision. The provider framework passes the revision through Step Functions, which limits the size of an input. */
const MAX_REVISION_LENGTH = 256;

/** Matches characters that CloudFormation can't pass on: NUL, and halves of surrogate pairs, which have no form in UTF-8. */
const NO_TEXT = /[\0\ud800-\udfff]/u;

/** Throws if a required property is undefined, which only JavaScript and casts allow. */
export function validateRequired({ noun }: Kind, required: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(required)) {
    if (!value) {
      throw new Error(`an ${noun} needs a ${name}, got ${value}; set the property ${name}`);
    }
  }
}

/** Throws if HealthLake would reject job names with this prefix. */
export function validateJobNamePrefix(prefix?: string): void {
  if (prefix === undefined || Token.isUnresolved(prefix)) {
    return;
  }
  if (prefix.length < 1 || prefix.length > MAX_PREFIX_LENGTH) {
    throw new Error(`jobNamePrefix must have 1 to ${MAX_PREFIX_LENGTH} characters, got ${prefix.length} in "${prefix}"; shorten it or leave it out`);
  }
  if (prefix.trim() === '') {
    throw new Error(`jobNamePrefix must not have only spaces, got "${prefix}"; leave it out for the default`);
  }
  if (!JOB_NAME.test(prefix)) {
    throw new Error(`jobNamePrefix may have letters, digits, spaces and _.:/=+-%@, got "${prefix}"; leave the other characters out`);
  }
}

/** Throws if the revision is empty, too long, has only spaces, or is not valid text. */
export function validateRevision(revision?: string): void {
  if (revision === undefined || Token.isUnresolved(revision)) {
    return;
  }
  if (revision.trim() === '' || revision.length > MAX_REVISION_LENGTH) {
    throw new Error(`revision must have 1 to ${MAX_REVISION_LENGTH} characters and not only spaces, got "${revision.slice(0, 50)}" with ${revision.length}; `
      + 'leave it out if the data has no revisions');
  }
  if (NO_TEXT.test(revision)) {
    throw new Error(`revision must not have NUL or half of a surrogate pair, got ${JSON.stringify(revision)}; leave these characters out`);
  }
}

/** Throws if constructs of this kind have no metric of this name. An alarm on such a metric would never fire. */
export function validateMetricName({ noun, metricNames }: Kind, name: string): void {
  if (!Token.isUnresolved(name) && !metricNames.includes(name)) {
    throw new Error(`an ${noun} has no metric "${name}"; use one of ${metricNames.join(', ')}`);
  }
}
