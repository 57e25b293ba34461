import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { GetBucketEncryptionCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import {
  answersWith, aws, back, DECLARED, DECLARED_ID, described, GOOD, inRollBack, job, NEW_DATA, newJobsAre, OWN_ID, refuses, row, RUNNING, starts,
  testsAllRows, update,
} from './table';
import { fingerprintOf } from '../../../../lambda/import/fingerprint';
import { DATASTORE, JOB, JOB_ID, jobEvent, MINUTE, NO_ANSWER, PATIENT, sdkError, T0 } from '../../harness';

const SUBMITTED = T0 - 60 * MINUTE;
const CHECKED = { Quotas: { MaxFiles: '9', MaxFileSizeInGB: '1', MaxTotalSizeInGB: '1' } } as const;
const STRICT = { ...CHECKED, ChangedInput: 'FAIL' } as const;
const IMPORTS_THEM = `objects under ${JOB.InputS3Uri} changed after the import job .* was submitted: .*; a new revision imports them`;

/** Sets the times at which the objects of the input were modified. */
function objectsAre(...modifiedAt: number[]): void {
  aws.s3.on(ListObjectsV2Command).resolves({
    Contents: modifiedAt.map((time, n) => ({ Key: `synthea/${PATIENT}-${n}.ndjson`, Size: 10, LastModified: new Date(time) })),
  });
}
const old = SUBMITTED - MINUTE;
const changed = () => objectsAre(old, SUBMITTED + MINUTE, old);
const jobIs = (properties: Partial<ImportJob>) => described(() => properties);
const warnings = () => aws.lines.filter((line) => line.includes('"message":"warning: ')).map((line) => JSON.parse(line) as object);
/** An update of the tolerance. */
const event = (properties: object = CHECKED) => jobEvent(update, { ErrorTolerance: { Kind: 'ANY' }, ...properties });
const answers = async (inputChanged: string, properties: object = CHECKED) =>
  expect(await aws.run(event(properties))).toEqual({ after: 0, physicalId: OWN_ID, data: { JobId: JOB_ID, InputChanged: inputChanged } });

beforeEach(() => {
  aws.stackIs('UPDATE_IN_PROGRESS');
  jobIs(GOOD);
  changed();
  aws.s3.on(GetBucketEncryptionCommand).resolves({
    ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: JOB.OutputKmsKeyId } }] },
  });
});

describe('Job compares the input with the adopted job', () => {
  row('J100', async () => {
    await answers('true');
    expect(warnings()).toEqual([{
      message: 'warning: objects of the input changed after their job was submitted; a new revision imports them',
      construct: 'ImportJob',
      datastoreId: DATASTORE,
      jobId: JOB_ID,
      status: 'COMPLETED',
      newerFiles: 1,
      files: 3,
      bytes: 30,
      filesScanned: 3,
    }]);
    expect(['DescribeStacks', 'DescribeFHIRImportJob', 'ListObjectsV2'].map((operation) => aws.sent(operation).length)).toEqual([1, 1, 1]);
    expect(aws.callCount).toBe(3);

    objectsAre(old, old, old);
    await answers('false');
    expect(warnings()).toHaveLength(1);
  });
  row('J101', () => refuses(event(STRICT), IMPORTS_THEM));
  row('J102', () => starts(event({ ...NEW_DATA, ...STRICT })));
  row('J103', async () => {
    objectsAre(old);
    await answers('false', STRICT);
    expect(warnings()).toEqual([]);
  });
  row('J104', async () => {
    objectsAre(old, old, old, old);
    await refuses(event(STRICT), 'the input has 4 .ndjson objects with content, and the job read 3; a new revision imports them');
  });
  row('J105', async () => {
    aws.lists(job('old', GOOD));
    await refuses(jobEvent(back, STRICT), IMPORTS_THEM);
    await answersWith('old', jobEvent(back, CHECKED));
  });
  row('J106', async () => {
    inRollBack();
    await answers('UNKNOWN', STRICT);
    expect(aws.callCount).toBe(aws.sent('DescribeStacks').length);
    expect(warnings()).toEqual([]);
  });
  row('J107', async () => {
    aws.s3.on(ListObjectsV2Command).rejects(sdkError('AccessDenied', `no access to ${PATIENT}`, 403));
    await answers('UNKNOWN', STRICT);
    expect(warnings()).toEqual([{
      message: 'warning: could not compare the input with its job', construct: 'ImportJob', datastoreId: DATASTORE, jobId: JOB_ID, code: 'AccessDenied',
    }]);
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(NO_ANSWER);
    await answers('UNKNOWN', STRICT);
    aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({});
    await answers('UNKNOWN', STRICT);
  });
  row('J108', async () => {
    aws.cloudformation.on(DescribeStacksCommand).rejects(NO_ANSWER);
    await answers('UNKNOWN', STRICT);
    expect(aws.s3.calls()).toEqual([]);
  });
  row('J109', async () => {
    aws.lists(job('old', GOOD));
    await refuses(jobEvent({}, STRICT), IMPORTS_THEM);
  });
  row('J110', async () => {
    aws.lists(job('old', RUNNING));
    jobIs(RUNNING);
    expect(await aws.run(jobEvent({}, CHECKED))).toMatchObject({ data: { JobId: 'old', InputChanged: 'true' } });
    expect(warnings()).toMatchObject([{ status: 'IN_PROGRESS', newerFiles: 1 }]);
    await refuses(jobEvent({}, STRICT), IMPORTS_THEM);
  });
  row('J111', async () => {
    newJobsAre(job('new', { ...RUNNING, SubmitTime: new Date(T0) }));
    expect(await aws.run(jobEvent({}, STRICT))).toMatchObject({ data: { JobId: 'new', InputChanged: 'false' } });
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([]);
  });
  row('J112', async () => {
    const declared = { ...update, PhysicalResourceId: DECLARED_ID, OldResourceProperties: { ...JOB, ...DECLARED } };
    expect(await aws.run(jobEvent(declared, STRICT))).toMatchObject({ data: { JobId: 'ALREADY_IMPORTED', InputChanged: 'UNKNOWN' } });
    expect(aws.callCount).toBe(0);
  });
  row('J113', async () => {
    const InputS3Uri = `s3://${JOB.InputS3Uri.split('/')[2]}/fhir/0123456789abcdef0123/`;
    const own = { ...JOB, InputS3Uri };
    const updated = { ...update, PhysicalResourceId: `${DATASTORE}/${JOB_ID}/${fingerprintOf(own)}`, OldResourceProperties: own };
    expect(await aws.run(jobEvent(updated, { ...STRICT, InputS3Uri, ErrorTolerance: { Kind: 'ANY' } }))).toMatchObject({ data: { InputChanged: 'false' } });
    expect(aws.callCount).toBe(0);
  });
});

test('Job does not compare the input for properties of contract version 1, whose operator role may not list the input', async () => {
  await answers('UNKNOWN', { ContractVersion: '1' });
  expect(aws.callCount).toBe(0);
});

test('Job answers UNKNOWN and logs a warning if it can list only a part of the input, which has no newer object', async () => {
  aws.s3.on(ListObjectsV2Command)
    .resolvesOnce({ IsTruncated: true, NextContinuationToken: '2', Contents: [{ Key: 'synthea/a.ndjson', Size: 1, LastModified: new Date(old) }] })
    .rejectsOnce(sdkError('SlowDown', 'slow down', 503));
  await answers('UNKNOWN', STRICT);
  expect(warnings()).toMatchObject([{ message: 'warning: could not compare the input with its job', files: 1, code: 'SlowDown' }]);
});

testsAllRows((kind, number) => kind === 'J' && number >= 100);
