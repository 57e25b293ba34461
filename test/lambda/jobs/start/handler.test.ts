import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeFHIRDatastoreCommand, DescribeFHIRImportJobCommand, ListFHIRImportJobsCommand, StartFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { onEvent } from '../../../../lambda';
import { clientTokenOf } from '../../../../lambda/import/fingerprint';
import {
  Aws, DATASTORE, FINGERPRINT, importJob, JOB, JOB_ID, jobEvent, MINUTE, NO_ANSWER, report, sdkError, SECOND, STACK, T0,
} from '../../harness';

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

const OWN_ID = `${DATASTORE}/${JOB_ID}/${FINGERPRINT}`;
const STARTED = { after: 0, physicalId: OWN_ID, data: { JobId: JOB_ID, InputChanged: 'false' } };
const UPDATE = { RequestType: 'Update', PhysicalResourceId: OWN_ID, OldResourceProperties: JOB } as const;
const NEW_DATA = { Revision: '2' };

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
      ClientToken: clientTokenOf(aws.sent('StartFHIRImportJob')[0] as Parameters<typeof clientTokenOf>[0], []),
    }]);
    expect(aws.callCount).toBe(6);
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
});

describe('Job, in a data store with earlier jobs,', () => {
  test.each(['FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED'] as const)('starts another job after a job with the status %s', async (status) => {
    aws.lists(importJob({ JobId: 'a', JobStatus: status }));
    expect(await aws.run(jobEvent())).toEqual(STARTED);
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([]);
  });

  test('adopts the oldest job that succeeded, whatever the order in which the jobs are listed', async () => {
    const completed = { JobStatus: 'COMPLETED', JobProgressReport: report(9, 9, 0) } as const;
    aws.lists(importJob({ JobId: 'new', SubmitTime: new Date(2), ...completed }), importJob({ JobId: 'b', SubmitTime: new Date(1), ...completed }),
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
    aws.lists(withErrors);
    aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: { ...withErrors, JobProgressReport } });
    expect(await aws.run(jobEvent({}, { ErrorTolerance }))).toMatchObject({ data: { JobId: expected } });
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([{ DatastoreId: DATASTORE, JobId: 'a' }]);
  });

  test('does not describe a job with errors that is listed with a progress report', async () => {
    aws.lists(importJob({ JobId: 'a', JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: report(9, 8, 1) }));
    expect(await aws.run(jobEvent({}, { ErrorTolerance: { Kind: 'RESOURCES', Limit: '1' } }))).toMatchObject({ data: { JobId: 'a' } });
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([]);
  });

  test.each(['COMPLETED', 'COMPLETED_WITH_ERRORS'] as const)('adopts a listed %s job even if DescribeFHIRImportJob does not find the job', async (JobStatus) => {
    aws.lists(importJob({ JobId: 'a', JobStatus }));
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(sdkError('ResourceNotFoundException', 'not found'));
    expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: 'a' } });
    expect(aws.sent('StartFHIRImportJob')).toEqual([]);
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
    expect(await aws.run(jobEvent())).toEqual({ ...STARTED, after: 725 * SECOND });
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
});

describe('a data store', () => {
  test.each(['CREATING', 'UPDATING'])('with the status %s delays the start of the job until the data store is ACTIVE', async (status) => {
    aws.datastoreIs(status);
    aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(() => {
      if (Date.now() >= T0 + MINUTE) {
        aws.datastoreIs('ACTIVE');
      }
      return {};
    });
    expect(await aws.run(jobEvent())).toEqual({ ...STARTED, after: MINUTE + 40 * SECOND });
  });
});

describe('Job starts no import', () => {
  afterEach(() => expect(aws.sent('StartFHIRImportJob')).toEqual([]));

  test.each([
    ['refuses the call', () => aws.cloudformation.on(DescribeStacksCommand).rejects(sdkError('AccessDenied', 'with an explicit deny', 403))],
    ['returns no stack', () => aws.cloudformation.on(DescribeStacksCommand).resolves({ Stacks: [] })],
  ])('and fails at the deadline if CloudFormation %s', async (_what, given) => {
    given();
    const { after, reason } = await aws.run(jobEvent());
    expect(after).toBe(15 * MINUTE);
    expect(reason).toContain('CloudFormation does not say whether the stack is rolled back');
  });
});

test('Job starts an import job in an update that changes the data set', async () => {
  aws.stackIs('UPDATE_IN_PROGRESS');
  const { physicalId, data } = await aws.run(jobEvent(UPDATE, NEW_DATA));
  expect(data).toEqual({ JobId: JOB_ID, InputChanged: 'false' });
  expect(physicalId).toMatch(new RegExp(`^${DATASTORE}/${JOB_ID}/(?!${FINGERPRINT})[0-9a-f]{20}$`));
});
