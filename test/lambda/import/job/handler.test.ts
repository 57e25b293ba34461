import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  type DatastoreStatus, DescribeFHIRDatastoreCommand, DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob, ListFHIRImportJobsCommand,
  StartFHIRImportJobCommand,
} from '@aws-sdk/client-healthlake';
import { onEvent } from '../../../../lambda';
import { clientTokenOf } from '../../../../lambda/import/fingerprint';
import {
  Aws, DATASTORE, FINGERPRINT, importJob, JOB, JOB_ID, jobEvent, MINUTE, NO_ANSWER, PATIENT, report, sdkError, SECOND, STACK, T0,
} from '../../harness';

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
  datastoreIs('ACTIVE');
  listed();
  aws.healthlake.on(StartFHIRImportJobCommand).resolves({ JobId: JOB_ID, JobStatus: 'SUBMITTED', DatastoreId: DATASTORE });
});
afterEach(() => aws.close());

function datastoreIs(status: string): void {
  aws.healthlake.on(DescribeFHIRDatastoreCommand).resolves({
    DatastoreProperties: {
      DatastoreId: DATASTORE, DatastoreArn: 'arn', DatastoreStatus: status as DatastoreStatus, DatastoreTypeVersion: 'R4', DatastoreEndpoint: 'https://x/',
    },
  });
}

function listed(...jobs: ImportJob[]): void {
  aws.healthlake.on(ListFHIRImportJobsCommand).resolves({ ImportJobPropertiesList: jobs });
}

const OWN_ID = `${DATASTORE}/${JOB_ID}/${FINGERPRINT}`;
const STARTED = { after: 0, physicalId: OWN_ID, data: { JobId: JOB_ID } };
const UPDATE = { RequestType: 'Update', PhysicalResourceId: OWN_ID, OldResourceProperties: JOB } as const;
const UNKNOWN_ID = `${DATASTORE}/UNKNOWN/${FINGERPRINT}`;
const NEW_DATA = { Revision: '2' };
const tokenAfter = (...failed: string[]) => {
  const [start] = aws.sent('StartFHIRImportJob').slice(-1);
  return clientTokenOf(start as Parameters<typeof clientTokenOf>[0], failed);
};

describe('the start request', () => {
  test('has the expected parameters, and follows DescribeFHIRDatastore, ListFHIRImportJobs and DescribeStacks', async () => {
    expect(await aws.run(jobEvent())).toEqual(STARTED);
    expect(aws.sent('DescribeFHIRDatastore')).toEqual([{ DatastoreId: DATASTORE }]);
    const since = { DatastoreId: DATASTORE, MaxResults: 500, NextToken: undefined, SubmittedAfter: new Date(T0 - 5 * SECOND) };
    expect(aws.sent('ListFHIRImportJobs')).toEqual([{ DatastoreId: DATASTORE, MaxResults: 500, NextToken: undefined }, since, since]);
    expect(aws.sent('DescribeStacks')).toEqual([{ StackName: STACK }]);
    expect(aws.sent('StartFHIRImportJob')).toEqual([{
      DatastoreId: DATASTORE,
      JobName: `fhir-import-${FINGERPRINT}`,
      InputDataConfig: { S3Uri: 's3://clinic-data/synthea/' },
      JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://clinic-results/Import/', KmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/1' } },
      DataAccessRoleArn: 'arn:aws:iam::123456789012:role/data-access',
      ValidationLevel: 'strict',
      ClientToken: tokenAfter(),
    }]);
    expect(aws.callCount).toBe(6);
    expect((aws.sent('StartFHIRImportJob')[0] as { ClientToken: string }).ClientToken).toMatch(/^[a-zA-Z0-9-]{1,64}$/);
  });

  test('is the next call after DescribeStacks', async () => {
    const order: string[] = [];
    aws.cloudformation.on(DescribeStacksCommand).callsFake(() => {
      order.push(...aws.healthlake.calls().map(({ args: [{ constructor }] }) => constructor.name), 'DescribeStacksCommand');
      return { Stacks: [{ StackStatus: 'UPDATE_IN_PROGRESS' }] };
    });
    await aws.run(jobEvent());
    expect(order).toEqual(['DescribeFHIRDatastoreCommand', 'ListFHIRImportJobsCommand', 'ListFHIRImportJobsCommand', 'DescribeStacksCommand']);
  });

  test('is not sent by onEvent, which only sets a deadline of 15 minutes', async () => {
    expect(await onEvent(jobEvent())).toEqual({ PhysicalResourceId: `${DATASTORE}/pending/${FINGERPRINT}`, RequestedAt: T0, DeliveredAt: T0, Deadline: T0 + 15 * MINUTE, WaiterId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(await onEvent(jobEvent(UPDATE))).toMatchObject({ PhysicalResourceId: OWN_ID });
    expect(aws.callCount).toBe(0);
  });

  test('has a client token that depends on the failed jobs, but not on their order', async () => {
    listed(importJob({ JobId: 'b', JobStatus: 'FAILED', SubmitTime: new Date(2) }), importJob({ JobId: 'a', JobStatus: 'FAILED', SubmitTime: new Date(1) }));
    expect(await aws.run(jobEvent())).toEqual(STARTED);
    expect(aws.sent('StartFHIRImportJob')).toMatchObject([{ ClientToken: tokenAfter('a', 'b') }]);
    expect(tokenAfter('a', 'b')).not.toBe(tokenAfter());
  });
});

describe('Job, in a data store with earlier jobs,', () => {
  test('lists all pages of jobs, and finds a job of the data set with any name prefix', async () => {
    const completed = { JobStatus: 'COMPLETED', JobProgressReport: report(9, 9, 0) } as const;
    const pages = [
      { ImportJobPropertiesList: [importJob({ JobId: 'x', JobName: 'fhir-import-ffffffffffffffffffff', ...completed })], NextToken: '1' },
      { ImportJobPropertiesList: [importJob({ JobId: 'y', JobName: undefined, ...completed })], NextToken: '2' },
      { NextToken: '3' },
      { ImportJobPropertiesList: [importJob({ JobId: 'z', JobName: `nightly-${FINGERPRINT}`, ...completed })] },
    ];
    aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(({ NextToken }) => pages[Number(NextToken ?? 0)]);
    expect(await aws.run(jobEvent())).toMatchObject({ physicalId: `${DATASTORE}/z/${FINGERPRINT}`, data: { JobId: 'z' } });
    expect(aws.sent('ListFHIRImportJobs')).toHaveLength(4);
    expect(aws.sent('StartFHIRImportJob')).toEqual([]);
  });

  test.each(['SUBMITTED', 'QUEUED', 'IN_PROGRESS', 'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS', 'PAUSED'])('adopts a job with the status %s', async (status) => {
    listed(importJob({ JobId: 'a', JobStatus: status as ImportJob['JobStatus'] }));
    expect(await aws.run(jobEvent())).toMatchObject({ after: 0, data: { JobId: 'a' } });
    expect(aws.sent('StartFHIRImportJob')).toEqual([]);
  });

  test.each(['FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED'] as const)('starts another job after a job with the status %s', async (status) => {
    listed(importJob({ JobId: 'a', JobStatus: status }));
    expect(await aws.run(jobEvent())).toEqual(STARTED);
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([]);
  });

  test('adopts the oldest job that succeeded, whatever the order in which the jobs are listed', async () => {
    const completed = { JobStatus: 'COMPLETED', JobProgressReport: report(9, 9, 0) } as const;
    listed(importJob({ JobId: 'new', SubmitTime: new Date(2), ...completed }), importJob({ JobId: 'b', SubmitTime: new Date(1), ...completed }),
      importJob({ JobId: 'a', SubmitTime: new Date(1), ...completed }));
    expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: 'a' } });
  });

  test.each([
    ['no errors are tolerated', { Kind: 'NONE' }, report(9, 8, 1), JOB_ID],
    ['the errors are within the limit', { Kind: 'RESOURCES', Limit: '1' }, report(9, 8, 1), 'a'],
    ['the errors are beyond the limit', { Kind: 'RESOURCES', Limit: '1' }, report(9, 7, 1), JOB_ID],
    ['any errors are tolerated', { Kind: 'ANY' }, report(9, 1, 8), 'a'],
  ] as const)('describes a job with errors that is listed without a progress report, in the case "%s"', async (_what, ErrorTolerance, JobProgressReport, expected) => {
    const withErrors = importJob({ JobId: 'a', JobStatus: 'COMPLETED_WITH_ERRORS' });
    listed(withErrors);
    aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: { ...withErrors, JobProgressReport } });
    expect(await aws.run(jobEvent({}, { ErrorTolerance }))).toMatchObject({ data: { JobId: expected } });
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([{ DatastoreId: DATASTORE, JobId: 'a' }]);
  });

  test('does not describe a job with errors that is listed with a progress report', async () => {
    listed(importJob({ JobId: 'a', JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: report(9, 8, 1) }));
    expect(await aws.run(jobEvent({}, { ErrorTolerance: { Kind: 'RESOURCES', Limit: '1' } }))).toMatchObject({ data: { JobId: 'a' } });
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([]);
  });

  test.each(['COMPLETED', 'COMPLETED_WITH_ERRORS'] as const)('adopts a listed %s job even if DescribeFHIRImportJob does not find the job', async (JobStatus) => {
    listed(importJob({ JobId: 'a', JobStatus }));
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(sdkError('ResourceNotFoundException', 'not found'));
    expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: 'a' } });
    expect(aws.sent('StartFHIRImportJob')).toEqual([]);
  });

  test('sends identical start requests in two deployments of the same data set', async () => {
    await aws.run(jobEvent());
    jest.setSystemTime(T0 + 3 * MINUTE);
    await aws.run(jobEvent());
    const [first, second] = aws.sent('StartFHIRImportJob');
    expect(second).toEqual(first);
  });
});

describe('errors', () => {
  const HANDLER = 'arn:aws:sts::123456789012:assumed-role/handler/handler';
  const DENIED = sdkError('AccessDeniedException', 'User: arn:aws:sts::123456789012:assumed-role/operator/fhir-import is not authorized to perform: healthlake:StartFHIRImportJob because no identity-based policy allows it');
  const EXPLICIT = sdkError('AccessDeniedException', 'not authorized to perform: iam:PassRole with an explicit deny in a service control policy');

  test.each([
    ['throttling', sdkError('ThrottlingException', 'Rate exceeded')],
    ['a server error', sdkError('InternalServerException', 'oh', 500)],
    ['no connection', NO_ANSWER],
  ])('a call with the error "%s" is retried until the deadline', async (_what, error) => {
    const failingFor = (minutes: number, output: object) => () => {
      if (Date.now() < T0 + minutes * MINUTE) {
        throw error;
      }
      return output;
    };
    aws.healthlake
      .on(DescribeFHIRDatastoreCommand).callsFake(failingFor(4, { DatastoreProperties: { DatastoreStatus: 'ACTIVE' } }))
      .on(ListFHIRImportJobsCommand).callsFake(failingFor(8, {}))
      .on(StartFHIRImportJobCommand).callsFake(failingFor(12, { JobId: JOB_ID }));
    expect(await aws.run(jobEvent())).toEqual({ ...STARTED, after: 12 * MINUTE });
  });

  test('throttling fails the deployment after 15 minutes', async () => {
    aws.healthlake.on(StartFHIRImportJobCommand).rejects(sdkError('ThrottlingException', 'Rate exceeded'));
    const { after, reason } = await aws.run(jobEvent());
    expect(after).toBe(15 * MINUTE);
    expect(reason).toMatch(/^no import job was accepted within 15 minutes: could not start the import job: ThrottlingException: Rate exceeded; deploy again/);
  });

  test.each([
    ['AccessDenied', DENIED],
    ['Validation', sdkError('ValidationException', 'HealthLake can\'t assume the role')],
    ['AccessDenied of AssumeRole', sdkError('AccessDenied', `User: ${HANDLER} is not authorized to perform: sts:AssumeRole on resource: ${JOB.OperatorRoleArn}`, 403)],
  ])('StartFHIRImportJob is retried for 5 minutes after the error "%s", then the deployment fails', async (_what, error) => {
    aws.healthlake.on(StartFHIRImportJobCommand).rejects(error);
    const { after, reason } = await aws.run(jobEvent());
    expect(after).toBe(5 * MINUTE);
    const text = error.message.includes(HANDLER) ? ` (full text: CloudTrail): ${error.message.replace(HANDLER, '***')}` : `: ${error.message}`;
    expect(reason).toContain(`could not start the import job: ${error.name}${text}; likely causes: `);
    expect(reason).toMatch(/; no import job is known to be started; correct the problem and deploy again; log group: fhir-import-logs$/);
  });

  test('the deployment succeeds if AccessDenied errors end after 4 minutes', async () => {
    aws.healthlake.on(StartFHIRImportJobCommand).callsFake(() => {
      if (Date.now() < T0 + 4 * MINUTE) {
        throw DENIED;
      }
      return { JobId: JOB_ID };
    });
    expect(await aws.run(jobEvent())).toEqual({ ...STARTED, after: 4 * MINUTE });
  });

  test.each([
    ['an explicit deny', StartFHIRImportJobCommand, EXPLICIT, 'start the import job'],
    ['an explicit deny of the list', ListFHIRImportJobsCommand, EXPLICIT, 'list the import jobs'],
    ['a constraint', StartFHIRImportJobCommand, sdkError('ValidationException', 'Value at \'jobName\' failed to satisfy constraint'), 'start the import job'],
    ['a data store that isn\'t found', DescribeFHIRDatastoreCommand, sdkError('ResourceNotFoundException', 'no such data store'), 'describe the data store'],
  ])('the deployment fails at once after the error "%s"', async (_what, command, error, doing) => {
    aws.healthlake.on(command as typeof StartFHIRImportJobCommand).rejects(error);
    const { after, reason } = await aws.run(jobEvent());
    expect(after).toBe(0);
    expect(reason).toContain(`could not ${doing}: ${error.name}: ${error.message}`);
  });

  test('reasons and logs hide possible patient data in error messages', async () => {
    const error = sdkError('ValidationException', `can't read "s3://clinic-data/input/Ada ${PATIENT}.txt" or input/${PATIENT}/1.ndjson`);
    aws.healthlake.on(StartFHIRImportJobCommand).rejects(error);
    const { reason } = await aws.run(jobEvent());
    expect(reason).toContain('ValidationException (full text: CloudTrail): can\'t read "s3://clinic-data/*** or ***; likely causes: ');
    expect(aws.lines.join()).toContain('s3://clinic-data/***');
  });

  test('a long error message is shortened so that the advice fits into the reason', async () => {
    aws.healthlake.on(StartFHIRImportJobCommand).rejects(sdkError('AccessDeniedException', `explicit deny${' in a service control policy'.repeat(500)}`));
    expect((await aws.run(jobEvent())).reason).toMatch(/^could not start the import job: AccessDeniedException \(full text: CloudTrail\): explicit deny in a service .*\.\.\.; likely causes: .*; no import job is known to be started; correct the problem and deploy again; log group: fhir-import-logs$/);
  });
});

describe('a data store', () => {
  test.each(['DELETING', 'DELETED', 'CREATE_FAILED', 'FROZEN'])('with the status %s fails the deployment at once', async (status) => {
    datastoreIs(status);
    const { after, reason } = await aws.run(jobEvent());
    expect(after).toBe(0);
    expect(reason).toMatch(`no import job was started: the data store is ${status}`);
    expect(aws.sent('StartFHIRImportJob')).toEqual([]);
  });

  test.each(['CREATING', 'UPDATING'])('with the status %s delays the start of the job until the data store is ACTIVE', async (status) => {
    datastoreIs(status);
    aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(() => {
      if (Date.now() >= T0 + MINUTE) {
        datastoreIs('ACTIVE');
      }
      return {};
    });
    expect(await aws.run(jobEvent())).toEqual({ ...STARTED, after: MINUTE + 10 * SECOND });
  });
});

describe('Job starts no import', () => {
  afterEach(() => expect(aws.sent('StartFHIRImportJob')).toEqual([]));

  test.each([
    ['refuses the call', sdkError('AccessDenied', 'not authorized to perform: cloudformation:DescribeStacks with an explicit deny', 403)],
    ['knows no such stack', sdkError('ValidationError', 'Stack with id Import does not exist')],
    ['doesn\'t answer', NO_ANSWER],
  ])('and fails at the deadline if CloudFormation %s', async (_what, error) => {
    aws.cloudformation.on(DescribeStacksCommand).rejects(error);
    const { after, reason } = await aws.run(jobEvent());
    expect(after).toBe(15 * MINUTE);
    expect(reason).toContain('CloudFormation does not say whether the stack is rolled back');
  });

  test('and fails at the deadline if DescribeStacks returns no stack', async () => {
    aws.cloudformation.on(DescribeStacksCommand).resolves({ Stacks: [] });
    expect((await aws.run(jobEvent())).after).toBe(15 * MINUTE);
  });

  test.each<[string, ReturnType<typeof jobEvent>, string, string?]>([
    ['an Update back to the old data', jobEvent({ ...UPDATE, OldResourceProperties: { ...JOB, ...NEW_DATA } }), JOB_ID],
    ['with the new id', jobEvent({ ...UPDATE, PhysicalResourceId: `${DATASTORE}/new/ffffffffffffffffffff`, OldResourceProperties: { ...JOB, ...NEW_DATA } }), 'UNKNOWN', UNKNOWN_ID],
    ['with an invented id', jobEvent({ ...UPDATE, PhysicalResourceId: 'Import-ImportJob-1ABC', OldResourceProperties: { ...JOB, ...NEW_DATA } }), 'UNKNOWN', UNKNOWN_ID],
    ['a Create that outlives its stack', jobEvent(), 'UNKNOWN'],
  ])('in a roll-back in which ListFHIRImportJobs fails, in the case "%s"', async (_what, event, expected, id = event.PhysicalResourceId) => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(sdkError('ResourceNotFoundException', 'no'));
    aws.healthlake.on(DescribeFHIRDatastoreCommand).rejects(sdkError('ResourceNotFoundException', 'no'));
    expect(await aws.run(event)).toEqual({ after: 0, physicalId: id ?? expect.stringContaining('/pending/'), data: { JobId: expected } });
  });

  test('in a roll-back, but retries a refused ListFHIRImportJobs call for 5 minutes', async () => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(sdkError('AccessDeniedException', 'no'));
    const event = jobEvent({ ...UPDATE, PhysicalResourceId: 'Import-ImportJob-1ABC', OldResourceProperties: { ...JOB, ...NEW_DATA } });
    expect(await aws.run(event)).toEqual({ after: 5 * MINUTE, physicalId: UNKNOWN_ID, data: { JobId: 'UNKNOWN' } });
  });

  test('in a roll-back, but adopts the job of the restored data set', async () => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    listed(importJob({ JobId: 'failed', JobStatus: 'FAILED', SubmitTime: new Date(1) }), importJob({ JobId: 'old', JobStatus: 'COMPLETED', JobProgressReport: report(9, 9, 0) }));
    const event = jobEvent({ ...UPDATE, PhysicalResourceId: `${DATASTORE}/new/ffffffffffffffffffff`, OldResourceProperties: { ...JOB, ...NEW_DATA } });
    expect(await aws.run(event)).toEqual({ after: 0, physicalId: `${DATASTORE}/old/${FINGERPRINT}`, data: { JobId: 'old' } });
  });

  test('if a roll-back begins between two invocations', async () => {
    datastoreIs('CREATING');
    const waiting = await aws.begin(jobEvent());
    expect(await aws.ask(waiting)).toEqual({ answer: { IsComplete: false } });
    datastoreIs('ACTIVE');
    aws.stackIs('ROLLBACK_IN_PROGRESS');
    expect(await aws.ask(waiting)).toMatchObject({ answer: { IsComplete: true, Data: { JobId: 'UNKNOWN' } } });
  });

  test.each([
    { ErrorTolerance: { Kind: 'ANY' } }, { OutputS3Uri: 's3://elsewhere/' }, { OutputKmsKeyId: 'k' }, { DataAccessRoleArn: 'arn:aws:iam::123456789012:role/x' },
    { JobNamePrefix: 'nightly' },
  ] as const)('and makes no call to AWS in an update that changes only the properties %j', async (changes) => {
    expect(await aws.run(jobEvent(UPDATE, changes))).toEqual(STARTED);
    expect(aws.callCount).toBe(0);
  });
});

test('Job starts an import job in an update that changes the data set', async () => {
  aws.stackIs('UPDATE_IN_PROGRESS');
  const { physicalId, data } = await aws.run(jobEvent(UPDATE, NEW_DATA));
  expect(data).toEqual({ JobId: JOB_ID });
  expect(physicalId).toMatch(new RegExp(`^${DATASTORE}/${JOB_ID}/(?!${FINGERPRINT})[0-9a-f]{20}$`));
});
