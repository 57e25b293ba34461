import { Token } from 'aws-cdk-lib';
import { type EndMetricName, PROGRESS_METRICS, RESULT_METRICS } from '../../../contract';
import { type FhirImportProps, ValidationLevel } from '../../fhir-import-props';

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

/** Throws if a required property is missing, if a property has no use, or if HealthLake would reject a value. */
export function validateProperties(props: FhirImportProps): void {
  validateRequired(props);
  validateJobNamePrefix(props.jobNamePrefix);
  validateRevision(props.revision);
  validateValidationLevel(props.validationLevel);
  if (props.reportRole && props.failureReport === false) {
    throw new Error(`reportRole "${props.reportRole.node.path}" has no use with failureReport: false; leave reportRole or failureReport out`);
  }
}

/** Throws if a required property is undefined, which only JavaScript and casts allow. */
function validateRequired({ datastore, source }: Partial<FhirImportProps>): void {
  for (const [name, value] of Object.entries({ datastore, source })) {
    if (!value) {
      throw new Error(`an import needs a ${name}, got ${value}; set the property ${name}`);
    }
  }
}

/** Throws if HealthLake would reject job names with this prefix. */
function validateJobNamePrefix(prefix?: string): void {
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
function validateRevision(revision?: string): void {
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

/** Throws if HealthLake has no such validation level. The compiler doesn't find such a value in JavaScript code or behind a cast. */
function validateValidationLevel(level?: ValidationLevel): void {
  const levels = Object.values(ValidationLevel);
  if (level !== undefined && !Token.isUnresolved(level) && !levels.includes(level)) {
    throw new Error(`validationLevel must be one of ${levels.join(', ')}, got "${level}"; use a member of ValidationLevel`);
  }
}

const METRIC_NAMES: readonly string[] = [...RESULT_METRICS, ...PROGRESS_METRICS, 'AlreadyImported' satisfies EndMetricName];

/** Throws if imports have no metric of this name. An alarm on such a metric would never fire. */
export function validateMetricName(name: string): void {
  if (!Token.isUnresolved(name) && !METRIC_NAMES.includes(name)) {
    throw new Error(`an import has no metric "${name}"; use one of ${METRIC_NAMES.join(', ')}`);
  }
}
