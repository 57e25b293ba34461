import { IMPORT } from '../../../../lambda/import/kind';
import { sdkError } from '../../harness';

const { likelyCauses } = IMPORT;

const OPERATOR = 'arn:aws:sts::123456789012:assumed-role/operator/fhir-import';
const HANDLER = 'arn:aws:sts::123456789012:assumed-role/handler/fhir-import';
const DATA_ACCESS = 'arn:aws:sts::123456789012:assumed-role/data-access/HealthLake';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/1';

const DENIED = 'AccessDeniedException';
const INVALID = 'ValidationException';
const unauthorized = (who: string, action: string, resource: string) =>
  `User: ${who} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;

/** Each constant from here to `ANYTHING` is the beginning of a text that likelyCauses returns after `likely causes: `. */
const PASS_ROLE = 'the operator role may not pass the data access role: it needs iam:PassRole on exactly that role';
const FORBIDDEN = 'a policy outside the import forbids it';
const OPERATOR_TRUST = 'the operator role does not trust the provider\'s function';
const OPERATOR_CHANGED = 'the operator role was changed outside the deployment';
const QUEUE = 'the data store has as many jobs in its queue as the quota allows (25)';
const NO_DATASTORE = 'the data store was deleted';
const NOT_ACTIVE = 'the data store is not ACTIVE';
const TRUST = 'HealthLake can\'t assume the data access role';
const BUCKET = 'a bucket does not meet HealthLake\'s requirements';
const S3 = 'the data access role can\'t use a bucket: it needs s3:ListBucket';
const KMS = 'HealthLake can\'t use a KMS key: the data access role needs kms:DescribeKey';
const DEPENDENCY = 'HealthLake could not use S3 or KMS';
const ANYTHING = 'HealthLake can\'t use the data access role (it must trust healthlake.amazonaws.com for this data store, and needs s3:ListBucket';

test.each<[causes: string, code: string, text: string]>([
  [PASS_ROLE, DENIED, unauthorized(OPERATOR, 'iam:PassRole', 'arn:aws:iam::123456789012:role/data-access')],
  [PASS_ROLE, DENIED, `User: ${OPERATOR} is not authorized to perform: iam:PassRole on resource: x with an explicit deny in a permissions boundary`],
  [FORBIDDEN, DENIED, `User: ${OPERATOR} is not authorized to perform: healthlake:StartFHIRImportJob on resource: x with an explicit deny in a service control policy`],
  [OPERATOR_TRUST, 'AccessDenied', unauthorized(HANDLER, 'sts:AssumeRole', 'arn:aws:iam::123456789012:role/operator')],
  [OPERATOR_CHANGED, DENIED, unauthorized(OPERATOR, 'healthlake:StartFHIRImportJob', 'arn:aws:healthlake:eu-west-1:123456789012:datastore/fhir/1')],
  [QUEUE, 'ThrottlingException', 'Rate exceeded'],
  [QUEUE, 'ThrottlingException', 'The data store 1 has 25 queued import jobs already'],
  [QUEUE, 'ServiceQuotaExceededException', 'no'],
  [QUEUE, 'LimitExceededException', 'no'],
  [QUEUE, INVALID, 'Too many jobs are queued'],
  [QUEUE, INVALID, 'Maximum number of queued jobs reached'],
  [NO_DATASTORE, 'ResourceNotFoundException', 'The requested data store 1 was not found'],
  [NOT_ACTIVE, 'ConflictException', 'no'],
  [NOT_ACTIVE, INVALID, 'The data store 1 is not ACTIVE: DELETING'],
  [S3, DENIED, `HealthLake could not list s3://results/Import/ with the data access role: ${unauthorized(DATA_ACCESS, 's3:ListBucket', '"arn:aws:s3:::results"')}`],
  [S3, DENIED, `HealthLake could not read the encryption settings of bucket results: ${unauthorized(DATA_ACCESS, 's3:GetEncryptionConfiguration', '"arn:aws:s3:::results"')}`],
  [S3, DENIED, `HealthLake could not read the public access settings of bucket results: ${unauthorized(DATA_ACCESS, 's3:GetBucketPublicAccessBlock', '"arn:aws:s3:::results"')}`],
  [S3, INVALID, 'HealthLake could not list s3://results/Import/: The specified bucket does not exist'],
  [S3, DENIED, 'Access to bucket results is denied'],
  [KMS, DENIED, `HealthLake could not write to s3://results/Import/: ${unauthorized(DATA_ACCESS, 'kms:GenerateDataKey', KEY)}`],
  [KMS, DENIED, `The bucket data is encrypted: ${unauthorized(DATA_ACCESS, 'kms:Decrypt', KEY)}`],
  [KMS, INVALID, `Invalid KMS key ${KEY}`],
  [KMS, INVALID, 'KMSInvalidStateException: the key is pending deletion'],
  [KMS, INVALID, 'The KMS key is not in this Region'],
  [TRUST, DENIED, 'HealthLake is unable to assume the role arn:aws:iam::123456789012:role/data-access'],
  [TRUST, INVALID, 'The data access role cannot be assumed'],
  [TRUST, DENIED, unauthorized('healthlake.amazonaws.com', 'sts:AssumeRole', 'arn:aws:iam::123456789012:role/data-access')],
  [TRUST, INVALID, 'Check the trust policy of the role'],
  [BUCKET, INVALID, 'Block Public Access must be turned on for all options of the output bucket results'],
  [BUCKET, INVALID, 'The output bucket must be encrypted with a KMS key'],
  [BUCKET, INVALID, 'The bucket is in another Region'],
  [DEPENDENCY, 'FailedDependencyException', 'A dependent service failed to fulfill the request'],
  [ANYTHING, DENIED, 'You do not have sufficient access'],
  [ANYTHING, DENIED, ''],
  [ANYTHING, INVALID, 'Invalid parameters'],
])('likelyCauses names the cause "%s" for the error %s: %s', (causes, code, text) => {
  const sentence = likelyCauses(sdkError(code, text));
  expect(sentence).toMatch(/^[\x20-\x7e]{20,480}$/);
  expect(sentence!.startsWith(`likely causes: ${causes}`)).toBe(true);
});

test('likelyCauses infers no causes from words in the names of buckets, objects and roles', () => {
  const names = ['trust', 'assume', 'region', 'queue', 'kms'];
  for (const name of names) {
    expect(likelyCauses(sdkError(DENIED, `refused for s3://${name}/${name}/Ada.ndjson`))).toContain(S3);
    expect(likelyCauses(sdkError(DENIED, `refused for arn:aws:iam::123456789012:role/${name}/${name}`))).toContain(ANYTHING);
  }
});

test.each([
  ['a parameter that the text names', sdkError(INVALID, '1 validation error detected: Value \'x\' at \'jobName\' failed to satisfy constraint: too long')],
  ['a request that can\'t be read', sdkError('SerializationException', 'NUMBER_VALUE can not be converted to a string')],
  ['an internal error', sdkError('InternalServerException', 'An internal error occurred', 500)],
  ['no answer', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
  ['a value that isn\'t an error', undefined],
])('likelyCauses returns nothing for %s', (_what, error) => {
  expect(likelyCauses(error)).toBeUndefined();
});
