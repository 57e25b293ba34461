import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import {
  GetBucketEncryptionCommand, GetBucketLocationCommand, GetPublicAccessBlockCommand, ListObjectsV2Command, type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import type { ImportJobProperties } from '../../../../src/contract';
import { Aws, importJob, JOB, JOB_ID, jobEvent, MINUTE, PATIENT, report, sdkError } from '../../harness';

let aws: Aws;
beforeEach(() => {
  aws = new Aws();
  aws.s3
    .on(ListObjectsV2Command).resolves({ Contents: [{ Key: `synthea/${PATIENT}.ndjson`, Size: 10 }] })
    .on(GetBucketLocationCommand).resolves({ LocationConstraint: 'eu-west-1' })
    .on(GetBucketEncryptionCommand).resolves({
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: JOB.OutputKmsKeyId } }] },
    })
    .on(GetPublicAccessBlockCommand).resolves({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    });
});
afterEach(() => aws.close());

const CHECKED: Partial<ImportJobProperties> = { Quotas: { MaxFiles: '10', MaxFileSizeInGB: '1', MaxTotalSizeInGB: '5' } };
const run = (changes: Partial<ImportJobProperties> = {}) => aws.run(jobEvent({}, { ...CHECKED, ...changes }));
const listed = (Contents: ListObjectsV2CommandOutput['Contents']) => aws.s3.on(ListObjectsV2Command).resolves({ Contents });
const warnings = () => aws.lines.filter((line) => line.includes('"message":"warning: '));

test('Job inspects the buckets once, before it describes the stack, and logs no warning', async () => {
  const order: string[] = [];
  aws.cloudformation.on(DescribeStacksCommand).callsFake(() => {
    order.push(...aws.s3.calls().map(({ args: [{ constructor }] }) => constructor.name));
    return { Stacks: [{ StackStatus: 'CREATE_IN_PROGRESS' }] };
  });
  expect(await run()).toMatchObject({ data: { JobId: JOB_ID } });
  expect(order.sort()).toEqual([
    'GetBucketEncryptionCommand', 'GetBucketLocationCommand', 'GetBucketLocationCommand', 'GetPublicAccessBlockCommand', 'ListObjectsV2Command',
  ]);
  expect(warnings()).toEqual([]);
});

test.each<[string, () => unknown, RegExp]>([
  ['no objects', () => aws.s3.on(ListObjectsV2Command).resolves({}), /there is nothing to import under s3:\/\/clinic-data\/synthea\//],
  ['an archived object', () => listed([{ Key: 'synthea/a.ndjson', Size: 1 }, { Key: `synthea/${PATIENT}.ndjson`, Size: 1, StorageClass: 'GLACIER' }]),
    /1 of 2 \.ndjson objects under [^;]* are archived/],
  ['an archived object that is being restored', () => listed([
    { Key: `synthea/${PATIENT}.ndjson`, Size: 1, StorageClass: 'DEEP_ARCHIVE', RestoreStatus: { IsRestoreInProgress: true } },
  ]), /1 of 1 \.ndjson objects under [^;]* are archived/],
  ['buckets elsewhere', () => aws.s3.on(GetBucketLocationCommand).resolves({ LocationConstraint: 'us-west-2' }), /"clinic-data" is in us-west-2 and the data store in eu-west-1/],
  ['a data store of another version', () => aws.datastoreIs('ACTIVE', 'R5'), /FHIR version R5/],
])('Job fails at once and names the fix in the case "%s"', async (_what, given, expected) => {
  given();
  const { after, reason } = await run();
  expect(after).toBe(0);
  expect(reason).toMatch(/^no import job was started: /);
  expect(reason).toMatch(expected);
  expect(aws.sent('StartFHIRImportJob')).toEqual([]);
});

test('Job starts the import and logs a warning for each call that S3 refuses', async () => {
  for (const command of [ListObjectsV2Command, GetBucketLocationCommand, GetBucketEncryptionCommand, GetPublicAccessBlockCommand]) {
    aws.s3.on(command as typeof ListObjectsV2Command).rejects(sdkError('AccessDenied', `no access to ${PATIENT}`, 403));
  }
  expect(await run()).toMatchObject({ after: 0, data: { JobId: JOB_ID } });
  expect(warnings()).toHaveLength(5);
  expect(warnings().join()).toContain('"message":"warning: could not check the input","construct":"ImportJob","code":"AccessDenied"');
});

test('Job accepts archived objects that have been restored, and objects in GLACIER_IR, which need no restore', async () => {
  listed([
    { Key: 'synthea/a.ndjson', Size: 1, StorageClass: 'GLACIER', RestoreStatus: { IsRestoreInProgress: false, RestoreExpiryDate: new Date() } },
    { Key: 'synthea/b.ndjson', Size: 1, StorageClass: 'GLACIER_IR' },
  ]);
  expect(await run()).toMatchObject({ data: { JobId: JOB_ID } });
  expect(aws.s3.commandCalls(ListObjectsV2Command)[0].args[0].input).toMatchObject({ OptionalObjectAttributes: ['RestoreStatus'] });
});

test('Job logs a warning for each exceeded quota', async () => {
  aws.s3.on(ListObjectsV2Command).resolves({ Contents: Array.from({ length: 11 }, (_, n) => ({ Key: `synthea/${n}.ndjson`, Size: 1.5e9 })) });
  expect(await run()).toMatchObject({ data: { JobId: JOB_ID } });
  expect(warnings()).toHaveLength(3);
});

test.each<[string, Partial<ImportJob>]>([
  ['succeeded', { JobStatus: 'COMPLETED', JobProgressReport: report(9, 9, 0) }], ['runs', { JobStatus: 'IN_PROGRESS' }],
])('Job does not inspect the buckets if an earlier job %s', async (_what, job) => {
  aws.lists(importJob(job));
  aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: importJob(job) });
  await run();
  expect(aws.s3.calls()).toHaveLength(1); // to compare the input with the adopted job
  expect(aws.sent('ListObjectsV2')).toHaveLength(1);
});

test('Job does not inspect the buckets in a roll-back', async () => {
  aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
  aws.s3.on(ListObjectsV2Command).resolves({});
  const back = jobEvent({ RequestType: 'Update', PhysicalResourceId: 'Import-Job-1', OldResourceProperties: { ...JOB, Revision: '2' } }, CHECKED);
  expect(await aws.run(back)).toMatchObject({ after: 0, data: { JobId: 'UNKNOWN' } });
});

test('Job does not inspect the buckets for properties of contract version 1', async () => {
  aws.s3.on(ListObjectsV2Command).resolves({});
  expect(await aws.run(jobEvent({}, { ContractVersion: '1' }))).toMatchObject({ data: { JobId: JOB_ID } });
  expect(aws.s3.calls()).toEqual([]);
});

describe('an earlier job with errors', () => {
  const Report = { FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:report', RoleArn: 'arn:aws:iam::123456789012:role/report' };
  const old = importJob({ JobId: 'old', JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: report(1000, 999, 1) });
  const reported = (serverErrors: number) => aws.reports({
    kind: 'report',
    complete: true,
    filesRead: 1,
    filesTotal: 1,
    filesTotalIsExact: true,
    failures: 1,
    searchValidationFailures: 0,
    reasons: [],
    manifest: {
      resourcesScanned: 1000, resourcesImported: 999 - serverErrors, resourcesWithCustomerError: 1, resourcesWithServerError: serverErrors,
    },
  });
  beforeEach(() => aws.lists(old));

  test('is judged by the counts of its failure report', async () => {
    reported(1);
    expect(await run({ Report, ErrorTolerance: { Kind: 'RESOURCES', Limit: '2' } })).toMatchObject({ data: { JobId: 'old' } });
    expect(await run({ Report, ErrorTolerance: { Kind: 'RESOURCES', Limit: '1' } })).toMatchObject({ data: { JobId: JOB_ID } });
    expect(aws.sent('DescribeFHIRImportJob')).toHaveLength(1); // to compare the input with the adopted job
  });

  test.each([{ Kind: 'NONE' }, { Kind: 'ANY' }] as const)('is judged without a call of the report function if the tolerance is %j', async (ErrorTolerance) => {
    await run({ Report, ErrorTolerance });
    expect(aws.sent('Invoke')).toEqual([]);
  });

  test('is judged by its progress report if its results are outside the output location', async () => {
    const elsewhere = { ...old, JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://other/', KmsKeyId: 'k' } } };
    aws.lists(elsewhere);
    aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: elsewhere });
    expect(await run({ Report, ErrorTolerance: { Kind: 'RESOURCES', Limit: '1' } })).toMatchObject({ data: { JobId: 'old' } });
    expect(aws.sent('Invoke')).toEqual([]);
  });

  test('is followed by a new job if reading the failure report takes too long', async () => {
    aws.reports({ kind: 'unreadable', why: 'it took too long' });
    expect((await run({ Report, ErrorTolerance: { Kind: 'RESOURCES', Limit: '0' } })).after).toBeLessThan(15 * MINUTE);
    expect(aws.sent('StartFHIRImportJob')).toHaveLength(1);
  });
});
