import { EXPORT } from '../../../lambda/export/kind';
import { likelyCauses } from '../../../lambda/jobs/start/start-causes';
import { sdkError } from '../harness';

/** One error for each cause of a failed start, and the beginning of the sentence that it gets. */
const ERRORS: readonly [code: string, text: string, cause: string][] = [
  ['AccessDeniedException', 'not authorized to perform: iam:PassRole on resource: x', 'the operator role may not pass the data access role'],
  ['AccessDeniedException', 'not authorized to perform: healthlake:StartFHIRExportJob with an explicit deny', 'a policy outside the export forbids it'],
  ['AccessDenied', 'not authorized to perform: sts:AssumeRole on resource: x', 'the operator role does not trust the provider\'s function'],
  ['AccessDeniedException', 'not authorized to perform: healthlake:StartFHIRExportJob on resource: x', 'the operator role was changed outside the deployment'],
  ['ThrottlingException', 'Rate exceeded', 'the data store has as many jobs in its queue as the quota allows (25)'],
  ['ResourceNotFoundException', 'no data store', 'the data store was deleted'],
  ['ConflictException', 'no', 'the data store is not ACTIVE'],
  ['AccessDeniedException', 'not authorized to perform: s3:PutObject', 'the data access role can\'t use the output bucket: it needs s3:ListBucket, s3:GetBucketPublicAccessBlock and '
    + 's3:GetEncryptionConfiguration on the bucket and s3:PutObject on the output'],
  ['AccessDeniedException', 'Access to bucket copies is denied', 'the data access role can\'t use the output bucket'],
  ['AccessDeniedException', 'not authorized to perform: kms:GenerateDataKey', 'HealthLake can\'t use the KMS key: the data access role needs kms:DescribeKey and kms:GenerateDataKey* on the output\'s key'],
  ['ValidationException', 'Invalid KMS key', 'HealthLake can\'t use the KMS key'],
  ['ValidationException', 'The role cannot be assumed', 'HealthLake can\'t assume the data access role'],
  ['ValidationException', 'Block Public Access must be on', 'the output bucket does not meet HealthLake\'s requirements: it must be in the Region of the data store'],
  ['ValidationException', 'The bucket is in another Region', 'the output bucket does not meet HealthLake\'s requirements'],
  ['FailedDependencyException', 'no', 'HealthLake could not use S3 or KMS'],
  ['ValidationException', 'Invalid parameters', 'HealthLake can\'t use the data access role (it must trust healthlake.amazonaws.com for this data store, and needs s3:ListBucket on the output bucket'],
];

test.each(ERRORS)('the causes of the error %s: %s speak of the export, and not of input', (code, text, cause) => {
  const sentence = EXPORT.likelyCauses(sdkError(code, text));
  expect(sentence).toMatch(/^[\x20-\x7e]{20,480}$/);
  expect(sentence!.startsWith(`likely causes: ${cause}`)).toBe(true);
  // Input is what an import reads: an export needs no s3:GetObject and no kms:Decrypt.
  expect(sentence).not.toMatch(/import|input|both|GetObject|Decrypt/i);
});

test('the errors reach every sentence that differs between the kinds of jobs', () => {
  const markers = { noun: 'export', unfitBucket: '<unfitBucket>', s3: '<s3>', kms: '<kms>', unknown: '<unknown>' } as const;
  const reached = ERRORS.map(([code, text]) => /<(\w+)>/.exec(likelyCauses(sdkError(code, text), markers)!)?.[1]);
  expect(new Set(reached)).toEqual(new Set([undefined, 'unfitBucket', 's3', 'kms', 'unknown']));
});
