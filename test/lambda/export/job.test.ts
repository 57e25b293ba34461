import { DescribeFHIRExportJobCommand, ListFHIRExportJobsCommand, StartFHIRExportJobCommand } from '@aws-sdk/client-healthlake';
import { GetBucketEncryptionCommand, GetBucketLocationCommand, GetPublicAccessBlockCommand } from '@aws-sdk/client-s3';
import { EMPTY, ExportAws, exportJob, folderOf, JOB, jobEvent } from './harness';
import { clientTokenOf, fingerprintOf } from '../../../lambda/export/fingerprint';
import { EXPORT } from '../../../lambda/export/kind';
import type { ExportJobProperties } from '../../../src/contract';
import { DATASTORE, JOB_ID, MINUTE, NO_ANSWER, sdkError, SECOND, T0 } from '../harness';

let aws: ExportAws;
beforeEach(() => {
  aws = new ExportAws();
});
afterEach(() => {
  aws.speaksOfExportsOnly();
  aws.close();
});

const ID = EXPORT.idFingerprintOf(JOB);
const COMPLETED = { JobStatus: 'COMPLETED' } as const;
const ELSEWHERE = 's3://other-copies/Backup/';
const elsewhere = (JobId: string) => exportJob({ ...COMPLETED, JobId, OutputDataConfig: { S3Configuration: { S3Uri: folderOf(JobId, ELSEWHERE), KmsKeyId: 'k' } } });
const updateOf = (jobId: string, old: Partial<ExportJobProperties> = {}) => {
  const OldResourceProperties = { ...JOB, ...old };
  return { RequestType: 'Update', PhysicalResourceId: `${DATASTORE}/${jobId}/${EXPORT.idFingerprintOf(OldResourceProperties)}`, OldResourceProperties } as const;
};

async function starts(event = jobEvent(), jobId = JOB_ID): Promise<string> {
  expect(await aws.run(event)).toMatchObject({ data: { JobId: jobId } });
  const [{ ClientToken }, ...more] = aws.exportsStarted();
  expect(more).toEqual([]);
  return ClientToken;
}

async function startsNothing(jobId: string, event = jobEvent()): Promise<void> {
  expect(await aws.run(event)).toMatchObject({ after: 0, data: { JobId: jobId } });
  expect(aws.exportsStarted()).toEqual([]);
}

describe('Job, created,', () => {
  test('starts one export with the expected parameters', async () => {
    const { after, physicalId, data } = await aws.run(jobEvent());
    expect([after, physicalId, data]).toEqual([0, `${DATASTORE}/${JOB_ID}/${ID}`, { JobId: JOB_ID }]);
    expect(aws.exportsStarted()).toEqual([{
      DatastoreId: DATASTORE,
      JobName: `fhir-export-${fingerprintOf(JOB)}`,
      OutputDataConfig: { S3Configuration: { S3Uri: 's3://clinic-copies/Backup/', KmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/1' } },
      DataAccessRoleArn: 'arn:aws:iam::123456789012:role/data-access',
      ClientToken: clientTokenOf(aws.sent('StartFHIRExportJob')[0] as Parameters<typeof clientTokenOf>[0], []),
    }]);
    const since = { DatastoreId: DATASTORE, MaxResults: 500, NextToken: undefined, SubmittedAfter: new Date(T0 - 5 * SECOND) };
    expect(aws.sent('ListFHIRExportJobs')).toEqual([{ DatastoreId: DATASTORE, MaxResults: 500, NextToken: undefined }, since, since]);
    expect(JSON.parse(aws.lines[0])).toEqual({ message: 'export job', construct: 'ExportJob', datastoreId: DATASTORE, fingerprint: fingerprintOf(JOB), decision: 'start' });
  });

  test('limits the time of every call of HealthLake', async () => {
    aws.listsExports(exportJob({ JobId: 'empty', ...COMPLETED }));
    aws.reports(EMPTY);
    await starts();
    const calls = aws.healthlake.calls().map(({ args }) => (args as unknown as [object, { readonly abortSignal?: AbortSignal }?])[1]?.abortSignal);
    expect(aws.sent('DescribeFHIRExportJob')).toHaveLength(1);
    expect(calls.filter((signal) => !(signal instanceof AbortSignal))).toEqual([]);
  });

  test('starts another export than that of another revision', async () => {
    aws.listsExports(exportJob({ JobId: 'old', ...COMPLETED }));
    await starts(jobEvent({}, { Revision: '2' }));
  });

  test('finds an earlier job on the second page of the list', async () => {
    aws.describes(() => COMPLETED);
    aws.healthlake.on(ListFHIRExportJobsCommand).callsFake(({ NextToken }) => (NextToken === undefined
      ? { ExportJobPropertiesList: [], NextToken: 'next' } : { ExportJobPropertiesList: [exportJob({ JobId: 'old', ...COMPLETED })] }));
    await startsNothing('old');
  });

  test('starts an export in a data store without a list of jobs', async () => {
    aws.healthlake.on(ListFHIRExportJobsCommand).resolves({});
    await starts();
  });

  test('adopts a running job', async () => {
    aws.listsExports(exportJob({ JobId: 'old', JobStatus: 'IN_PROGRESS' }));
    await startsNothing('old');
    expect(aws.s3.calls()).toEqual([]);
  });

  test.each(['FAILED', 'CANCEL_COMPLETED', 'COMPLETED_WITH_ERRORS'] as const)('starts another job after a job with the status %s, with another client token', async (JobStatus) => {
    const first = await starts();
    aws.healthlake.resetHistory();
    aws.listsExports(exportJob({ JobId: 'old', JobStatus }));
    expect(await starts()).not.toBe(first);
  });

  test('asks the report function once whether an earlier job exported files', async () => {
    aws.listsExports(exportJob({ JobId: 'old', ...COMPLETED }));
    await startsNothing('old');
    const [{ Payload }, ...more] = aws.sent('Invoke') as { Payload: string }[];
    expect(more).toEqual([]);
    expect(JSON.parse(Payload)).toEqual({
      Kind: 'EXPORT',
      DatastoreId: DATASTORE,
      JobId: 'old',
      JobStatus: 'COMPLETED',
      OutputLocation: folderOf('old'),
      ReportRoleArn: JOB.Report.RoleArn,
      Window: { submitted: '2026-01-15T11:00:00.000Z' },
    });
  });

  test('starts another job after an empty one, and adopts an empty one if it may be empty', async () => {
    aws.listsExports(exportJob({ JobId: 'old', ...COMPLETED }));
    aws.reports(EMPTY);
    await starts();
    aws.healthlake.resetHistory();
    aws.lambda.resetHistory();
    await startsNothing('old', jobEvent({}, { AllowEmpty: 'true' }));
    expect(aws.sent('Invoke')).toEqual([]);
  });

  test('adopts an earlier job if the report function can\'t tell its files', async () => {
    aws.listsExports(exportJob({ JobId: 'old', ...COMPLETED }));
    aws.reports({ errorType: 'Sandbox.Timedout' });
    await startsNothing('old');
  });

  test.each([
    ['a job that succeeded', elsewhere('old')],
    ['a job that runs', { ...elsewhere('old'), JobStatus: 'IN_PROGRESS' as const }],
  ])('starts a job although HealthLake lists %s in another bucket', async (_what, job) => {
    aws.listsExports(job);
    await starts();
  });

  test('adopts the job of a start whose answer was lost', async () => {
    aws.healthlake.on(StartFHIRExportJobCommand).callsFake(() => {
      aws.listsExports(exportJob({ JobId: 'lost', JobStatus: 'IN_PROGRESS', SubmitTime: new Date() }));
      throw NO_ANSWER;
    });
    await starts(jobEvent(), 'lost');
  });

  test('returns the older of two jobs that a doubled event started, and logs a warning', async () => {
    aws.healthlake.on(StartFHIRExportJobCommand).callsFake(() => {
      aws.listsExports(exportJob({ JobId: 'first', SubmitTime: new Date(T0 - SECOND) }), exportJob({ SubmitTime: new Date(T0) }));
      return { JobId: JOB_ID };
    });
    await starts(jobEvent(), 'first');
    expect(aws.lines.join()).toContain('warning: two jobs were started at the same moment');
  });
});

describe('Job, updated,', () => {
  test('answers from the physical id without a call if only allowEmpty and the prefix of the output change', async () => {
    await startsNothing('done', jobEvent(updateOf('done'), { AllowEmpty: 'true', OutputS3Uri: 's3://clinic-copies/Other/' }));
    expect(aws.callCount).toBe(0);
  });

  test('starts a job if the bucket of the output changes, because the copy in the other bucket doesn\'t count', async () => {
    aws.listsExports(elsewhere('old'));
    await starts(jobEvent(updateOf('old', { OutputS3Uri: ELSEWHERE })));
  });

  test('starts a job after an update to another bucket failed and was not rolled back', async () => {
    aws.listsExports(elsewhere('old'));
    const { PhysicalResourceId } = updateOf('old', { OutputS3Uri: ELSEWHERE });
    await starts(jobEvent({ ...updateOf('old'), PhysicalResourceId }));
  });

  test('starts a job if HealthLake lists none after a roll-back that did not find it', async () => {
    await starts(jobEvent(updateOf('UNKNOWN'), { OutputS3Uri: 's3://clinic-copies/Other/' }));
  });

  test.each([
    ['lists the job of the earlier revision', () => aws.listsExports(exportJob({ JobId: 'old', ...COMPLETED })), 'old'],
    ['lists no job', () => aws.listsExports(), 'UNKNOWN'],
  ])('starts nothing in a roll-back if HealthLake %s', async (_what, given, jobId) => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    given();
    const event = jobEvent(updateOf('new', { Revision: '2' }));
    expect(await aws.run(event)).toMatchObject({ after: 0, physicalId: `${DATASTORE}/${jobId}/${ID}`, data: { JobId: jobId } });
    expect(aws.exportsStarted()).toEqual([]);
  });
});

describe('Job inspects the output bucket', () => {
  const warnings = () => aws.lines.filter((line) => line.includes('"message":"warning: '));

  test('once, and no input', async () => {
    await starts();
    expect(aws.s3.calls().map(({ args: [{ constructor, input }] }) => [constructor.name, (input as { Bucket: string }).Bucket]).sort()).toEqual([
      ['GetBucketEncryptionCommand', 'clinic-copies'], ['GetBucketLocationCommand', 'clinic-copies'], ['GetPublicAccessBlockCommand', 'clinic-copies'],
    ]);
    expect(warnings()).toEqual([]);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['does not exist', () => aws.s3.on(GetBucketLocationCommand).rejects(sdkError('NoSuchBucket', 'no', 404)), /the output bucket "clinic-copies" does not exist; correct its name, or create it before the export;/],
    ['is in another Region', () => aws.s3.on(GetBucketLocationCommand).resolves({ LocationConstraint: 'us-west-2' }), /"clinic-copies" is in us-west-2 and the data store in eu-west-1/],
    ['is not encrypted with KMS', () => aws.s3.on(GetBucketEncryptionCommand).resolves({}), /is not encrypted with KMS .*make arn:aws:kms:eu-west-1:123456789012:key\/1 its default/],
    ['has another key', () => aws.s3.on(GetBucketEncryptionCommand).resolves({
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'other' } }] },
    }), /is encrypted with other, and the export is given arn:aws:kms/],
  ])('and fails at once if it %s', async (_what, given, expected) => {
    given();
    const { after, reason } = await aws.run(jobEvent());
    expect(after).toBe(0);
    expect(reason).toMatch(/^no export job was started: /);
    expect(reason).toMatch(expected);
    expect(aws.exportsStarted()).toEqual([]);
    aws.speaksOfExportsOnly(reason);
  });

  test('and logs a warning for each refused call and for public access', async () => {
    aws.s3.on(GetBucketLocationCommand).rejects(sdkError('AccessDenied', 'no', 403)).on(GetBucketEncryptionCommand).rejects(sdkError('AccessDenied', 'no', 403))
      .on(GetPublicAccessBlockCommand).resolves({});
    await starts();
    expect(warnings().map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
      'warning: could not check the Region of the output bucket', 'warning: could not check the encryption of the output bucket',
      expect.stringContaining('warning: the output bucket does not have all options of its own Block Public Access on'),
    ]);
  });
});

describe('the reason of a failed start', () => {
  test.each<[string, () => unknown, Partial<ExportJobProperties>, RegExp]>([
    ['an error of the start', () => aws.healthlake.on(StartFHIRExportJobCommand).rejects(sdkError('ValidationException', 'Invalid parameters')), {},
      /^could not start the export job: ValidationException: Invalid parameters; likely causes: HealthLake can't use the data access role .*; no export job is known to be started; /],
    ['an error of the list', () => aws.healthlake.on(ListFHIRExportJobsCommand).rejects(sdkError('AccessDeniedException', 'with an explicit deny')), {}, /^could not list the export jobs: /],
    ['throttling', () => aws.healthlake.on(StartFHIRExportJobCommand).rejects(sdkError('ThrottlingException', 'Rate exceeded')), {},
      /^no export job was accepted within 15 minutes: could not start the export job: /],
    ['a deleted data store', () => aws.datastoreIs('DELETED'), {}, /^no export job was started: the data store is DELETED, and only an ACTIVE data store accepts exports; /],
    ['a data store of another version', () => aws.datastoreIs('ACTIVE', 'R5'), {}, /only R4 can be exported; /],
    ['another contract version', () => undefined, { ContractVersion: '99' }, /^no export job was started: the export was written as contract version "99"/],
  ])('speaks of the export in the case "%s"', async (_what, given, changes, expected) => {
    given();
    const { reason } = await aws.run(jobEvent({}, changes));
    expect(reason).toMatch(expected);
    aws.speaksOfExportsOnly(reason);
  });
});

test('Job describes a completed job that HealthLake no longer has, and adopts it', async () => {
  aws.listsExports(exportJob({ JobId: 'gone', ...COMPLETED }));
  aws.healthlake.on(DescribeFHIRExportJobCommand).rejects(sdkError('ResourceNotFoundException', 'not found'));
  await startsNothing('gone');
  expect(aws.sent('DescribeFHIRExportJob')).toEqual([{ DatastoreId: DATASTORE, JobId: 'gone' }]);
});

test('Job fails after 5 minutes if it can\'t start the monitor of a detached export, and names the export', async () => {
  const Watch = { StateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:watch-exports', GiveUpAfterSeconds: '3600' };
  aws.states.rejects(sdkError('AccessDeniedException', 'no'));
  const { after, reason } = await aws.run(jobEvent({}, { Watch }));
  expect([after, reason]).toEqual([5 * MINUTE, expect.stringMatching(`^could not start the monitor of the export job ${JOB_ID}: `)]);
  aws.speaksOfExportsOnly(reason);
});

test('Job starts the monitor of a detached export with the properties of Outcome', async () => {
  const Watch = { StateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:watch-exports', GiveUpAfterSeconds: '3600' };
  await starts(jobEvent({}, { Watch, AllowEmpty: 'true' }));
  const [{ input, stateMachineArn }] = aws.sent('StartExecution') as { input: string; stateMachineArn: string }[];
  const { ContractVersion, ConstructPath, DatastoreId, OperatorRoleArn, OutputS3Uri, Report, EventBusArn } = JOB;
  expect(stateMachineArn).toBe(Watch.StateMachineArn);
  expect(JSON.parse(input)).toMatchObject({
    Export: { ContractVersion, ConstructPath, DatastoreId, OperatorRoleArn, OutputS3Uri, Report, EventBusArn, AllowEmpty: 'true', JobId: JOB_ID, TimeoutSeconds: '3600' },
    Deadline: T0 + 60 * MINUTE,
  });
  expect(JSON.parse(input)).not.toHaveProperty('Import');
});
