import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeFHIRExportJobCommand } from '@aws-sdk/client-healthlake';
import { COPY, EMPTY, ExportAws, exportJob, folderOf, JOB, jobEvent, OUTCOME, outcomeEvent } from './harness';
import { isComplete } from '../../../lambda';
import { CONTRACT_VERSION, EXPORT_RESULT_METRICS, EXPORT_RESOURCE_TYPES, type JobWaitProperties } from '../../../src/contract';
import { DATASTORE, expectAnsweredAt, JOB_ID, MINUTE, PATIENT, sdkError, SECOND, STACK, T0 } from '../harness';

let aws: ExportAws;
beforeEach(() => {
  aws = new ExportAws();
});
afterEach(() => {
  aws.speaksOfExportsOnly();
  aws.close();
});

const ENDED = { JobStatus: 'COMPLETED', SubmitTime: new Date(T0 - 90 * SECOND), EndTime: new Date(T0) } as const;
const LOCATION = folderOf(JOB_ID);
const JUDGED_ID = `${DATASTORE}/${JOB_ID}/COMPLETED/3/6000/40`;
const ATTRIBUTES = {
  JobId: JOB_ID,
  JobStatus: 'COMPLETED',
  FilesExported: '3',
  BytesExported: '6000',
  ResourcesExported: '40',
  OutputLocation: LOCATION,
  OutputFolder: LOCATION.replace(/^s3:\/\/[^/]+\//, ''),
  ReportLocation: `${LOCATION}export.json`,
};
const UNKNOWN_COUNTS = { FilesExported: 'UNKNOWN', BytesExported: 'UNKNOWN', ResourcesExported: 'UNKNOWN' };
const UPDATE = { RequestType: 'Update', PhysicalResourceId: `${DATASTORE}/${JOB_ID}`, OldResourceProperties: OUTCOME } as const;

function logged(): { readonly lines: Record<string, unknown>[]; readonly metrics: Record<string, unknown>[] } {
  const all = aws.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { lines: all.filter(({ _aws }) => _aws === undefined), metrics: all.filter(({ _aws }) => _aws !== undefined) };
}

const eventsSent = () => aws.sent('PutEvents')
  .flatMap((input) => (input as { Entries: { DetailType: string; Detail: string }[] }).Entries)
  .map(({ DetailType, Detail }) => [DetailType, JSON.parse(Detail) as unknown]);

describe('Outcome, for an export that succeeds,', () => {
  beforeEach(() => aws.describes((now) => (now < T0 + MINUTE ? { JobStatus: 'IN_PROGRESS' } : ENDED)));

  test('returns the attributes and the physical id with the counts of the report', async () => {
    expect(await aws.run(outcomeEvent())).toMatchObject({ physicalId: JUDGED_ID, data: ATTRIBUTES });
    expect(aws.sent('Invoke')).toHaveLength(1);
    expect(aws.sent('DescribeFHIRDatastore')).toEqual([]); // an export has no restore point
  });

  test('logs each poll, and the counts when the job has ended', async () => {
    await aws.run(outcomeEvent());
    const common = { message: 'export progress', construct: 'ExportOutcome', datastoreId: DATASTORE, jobId: JOB_ID, secondsLeft: expect.any(Number) };
    expect(logged().lines.at(-2)).toEqual({ ...common, status: 'IN_PROGRESS', decision: 'running' });
    expect(logged().lines.at(-1)).toEqual({ ...common, status: 'COMPLETED', filesExported: 3, bytesExported: 6000, resourcesExported: 40, decision: 'succeeded' });
  });

  test('emits each metric once, with its unit', async () => {
    await aws.run(outcomeEvent());
    const [{ _aws, ...values }, ...more] = logged().metrics;
    expect(more).toEqual([]);
    expect(values).toEqual({
      DatastoreId: DATASTORE, ConstructPath: 'Clinic/Backup', FilesExported: 3, BytesExported: 6000, ResourcesExported: 40, Duration: 90, Succeeded: 1, Failed: 0,
    });
    const { CloudWatchMetrics: [{ Metrics }] } = _aws as { CloudWatchMetrics: { Metrics: { Name: string; Unit: string }[] }[] };
    expect(Object.fromEntries(Metrics.map(({ Name, Unit }) => [Name, Unit]))).toEqual({
      FilesExported: 'Count', BytesExported: 'Bytes', ResourcesExported: 'Count', Duration: 'Seconds', Succeeded: 'Count', Failed: 'Count',
    });
    expect(Metrics.map(({ Name }) => Name)).toEqual([...EXPORT_RESULT_METRICS]);
  });

  test('sends one event with the counts', async () => {
    await aws.run(outcomeEvent());
    expect(eventsSent()).toEqual([['FHIR Export Succeeded', {
      version: '1',
      constructPath: 'Clinic/Backup',
      datastoreId: DATASTORE,
      jobId: JOB_ID,
      jobStatus: 'COMPLETED',
      filesExported: 3,
      bytesExported: 6000,
      resourcesExported: 40,
      durationInSeconds: 90,
      submitted: '2026-01-15T11:58:30.000Z',
      ended: '2026-01-15T12:00:00.000Z',
    }]]);
  });

  test('does not know the resources if the report did not count them', async () => {
    aws.reports({ ...COPY, resources: undefined });
    expect(await aws.run(outcomeEvent())).toMatchObject({
      physicalId: `${DATASTORE}/${JOB_ID}/COMPLETED/3/6000/UNKNOWN`, data: { ...ATTRIBUTES, ResourcesExported: 'UNKNOWN' },
    });
  });

  test('keeps the counts of the physical id in a later update', async () => {
    aws.describes(() => ENDED);
    aws.reports({ kind: 'unreadable', why: 'AccessDenied' });
    expect(await aws.run(outcomeEvent({ ...UPDATE, PhysicalResourceId: JUDGED_ID }))).toMatchObject({ physicalId: JUDGED_ID, data: { ...ATTRIBUTES, ReportLocation: 'UNKNOWN' } });
    expect(eventsSent()).toEqual([]);
  });

  test('returns the folder of an adopted job if HealthLake describes only the prefix of its start', async () => {
    aws.describes(() => ({ ...ENDED, OutputDataConfig: { S3Configuration: { S3Uri: 's3://clinic-copies/Other/', KmsKeyId: 'k' } } }));
    const OutputLocation = folderOf(JOB_ID, 's3://clinic-copies/Other/');
    expect((await aws.run(outcomeEvent())).data).toMatchObject({ OutputLocation, OutputFolder: OutputLocation.replace('s3://clinic-copies/', '') });
  });

  test.each([
    ['the report function fails', () => aws.reports({ errorType: 'Sandbox.Timedout' }), 'the report function failed: Sandbox.Timedout'],
    ['not all files are listed', () => aws.reports({ ...COPY, files: 0, complete: false, problem: 'not all objects could be listed' }), 'not all objects could be listed'],
    ['the files of an adopted job are elsewhere', () => aws.describes(() => ({ ...ENDED, OutputDataConfig: { S3Configuration: { S3Uri: 's3://clinic-copies/Other/', KmsKeyId: 'k' } } })),
      'its files are outside the output location that this export may read'],
  ])('succeeds with unknown counts, and logs why, if %s', async (_what, given, why) => {
    given();
    expect((await aws.run(outcomeEvent())).data).toMatchObject({ JobStatus: 'COMPLETED', ...UNKNOWN_COUNTS });
    expect(logged().lines.at(-1)).toMatchObject({ decision: 'succeeded', judgedByJobBecause: why });
    expect(logged().metrics).toMatchObject([{ Succeeded: 1 }]);
    expect(logged().metrics[0]).not.toHaveProperty('FilesExported');
  });
});

describe('Outcome fails', () => {
  const LAST = '; log group: fhir-import-logs';
  const RETRY = 'deploy again (after --no-rollback with a new revision)';

  test.each([
    ['FAILED', `the job ended with FAILED; status FAILED, files exported 3, bytes 6000, resources 40; HealthLake says: no access; results: ${LOCATION}; correct the cause and ${RETRY}${LAST}`],
    ['CANCEL_COMPLETED', `the job ended with CANCEL_COMPLETED; status CANCEL_COMPLETED, files exported 3, bytes 6000, resources 40; HealthLake says: no access; results: ${LOCATION}; correct the cause and ${RETRY}${LAST}`],
    ['COMPLETED_WITH_ERRORS', `the job ended with COMPLETED_WITH_ERRORS; status COMPLETED_WITH_ERRORS, files exported 3, bytes 6000, resources 40; HealthLake says: no access; results: ${LOCATION}; `
      + `resources may be missing in the files; ${RETRY}${LAST}`],
  ] as const)('with the job status %s, and says what to do', async (JobStatus, expected) => {
    aws.describes(() => ({ ...ENDED, JobStatus, Message: 'no access' }));
    const { reason } = await aws.run(outcomeEvent());
    expect(reason).toBe(`FHIR export job ${JOB_ID}: ${expected}`);
    aws.speaksOfExportsOnly(reason);
    expect(eventsSent()).toMatchObject([['FHIR Export Failed', { jobStatus: JobStatus, filesExported: 3 }]]);
    expect(logged().metrics).toMatchObject([{ Succeeded: 0, Failed: 1, FilesExported: 3 }]);
  });

  test('for an export without files with its own reason, unless it may be empty', async () => {
    aws.describes(() => ENDED);
    aws.reports({ ...EMPTY, problem: 'the report could not be written: SlowDown' });
    const { reason } = await aws.run(outcomeEvent());
    expect(reason).toBe(`FHIR export job ${JOB_ID}: the job completed and exported no files; status COMPLETED, files exported 0, bytes 0, resources 0; `
      + `the report could not be written: SlowDown; results: ${LOCATION}; import data into the data store and ${RETRY}, or set allowEmpty: true if it may be empty${LAST}`);
    expect(eventsSent()).toMatchObject([['FHIR Export Failed', { jobStatus: 'COMPLETED', filesExported: 0, bytesExported: 0, resourcesExported: 0 }]]);
    expect(logged().metrics).toMatchObject([{ Failed: 1, FilesExported: 0, BytesExported: 0 }]);

    expect(await aws.run(outcomeEvent({}, { AllowEmpty: 'true' }))).toMatchObject({ physicalId: `${DATASTORE}/${JOB_ID}/COMPLETED/0/0/0`, data: { FilesExported: '0' } });
  });

  test('at the deadline, and doesn\'t say that an export can\'t be cancelled, because HealthLake can cancel it over REST', async () => {
    aws.describes(() => ({ JobStatus: 'IN_PROGRESS' }));
    const { after, reason } = await aws.run(outcomeEvent({}, { TimeoutSeconds: '100' }));
    expectAnsweredAt(100 * SECOND, after);
    expect(reason).toMatch(/the time is up and the job has not ended; status IN_PROGRESS, files exported UNKNOWN, .*; the job goes on at HealthLake, but a roll-back of this creation/);
    expect(reason).not.toContain('cancel');
    expect((await aws.run(outcomeEvent(UPDATE, { TimeoutSeconds: '100' }))).reason).toMatch(/; the job goes on at HealthLake; deploy again later/);
    aws.speaksOfExportsOnly(reason);
  });

  test.each([
    ['an unknown job', { JobId: 'UNKNOWN' }, /change allowEmpty or outputPrefix, which makes the deployment look the job up and starts a job only if HealthLake lists none; /],
    ['properties of another version', { ContractVersion: '99' }, /the export was written as contract version "99" .*; deploy the stack of the provider and the stack of the export with/],
  ])('at once for %s', async (_what, changes, expected) => {
    const { after, reason } = await aws.run(outcomeEvent({}, changes));
    expect([after, reason]).toEqual([0, expect.stringMatching(expected)]);
    aws.speaksOfExportsOnly(reason);
  });

  test('with HealthLake\'s message without the words that may be patient data, and says where the full text is', async () => {
    aws.describes(() => ({ ...ENDED, JobStatus: 'FAILED', Message: `no access to ${PATIENT}` }));
    expect((await aws.run(outcomeEvent())).reason).toContain('HealthLake says (full text: aws healthlake describe-fhir-export-job): no access to ***; ');
  });
});

test('Outcome emits no metrics while an empty export waits for the direction of the stack', async () => {
  aws.describes(() => ENDED);
  aws.reports(EMPTY);
  aws.cloudformation.on(DescribeStacksCommand).callsFake(() => {
    if (Date.now() < T0 + 2 * MINUTE) {
      throw sdkError('ThrottlingException', 'Rate exceeded');
    }
    return { Stacks: [{ StackStatus: 'UPDATE_IN_PROGRESS' }] };
  });
  expect((await aws.run(outcomeEvent(UPDATE))).reason).toContain('exported no files');
  expect(logged().lines.length).toBeGreaterThan(1);
  expect(logged().metrics).toMatchObject([{ Failed: 1 }]);
});

test('Outcome succeeds in a roll-back without judging the export', async () => {
  aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
  aws.describes(() => ({ ...ENDED, JobStatus: 'FAILED' }));
  expect(await aws.run(outcomeEvent(UPDATE))).toMatchObject({ after: 0, data: { JobStatus: 'FAILED' } });
  expect(eventsSent()).toEqual([]);
});

test('an empty export fails the deployment, and the next deployment with data starts a new job', async () => {
  const empty = exportJob({ ...ENDED, JobId: 'empty' });
  aws.listsExports(empty);
  aws.reports(EMPTY);
  expect((await aws.run(outcomeEvent({}, { JobId: 'empty' }))).reason).toContain('exported no files');
  expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: JOB_ID } });
  expect(aws.exportsStarted()).toHaveLength(1);

  aws.describes(() => ENDED);
  aws.reports(COPY);
  expect(await aws.run(outcomeEvent())).toMatchObject({ physicalId: JUDGED_ID });
});

test('Wait polls the export, and hands it on when it has ended', async () => {
  const properties: JobWaitProperties = {
    ContractVersion: CONTRACT_VERSION,
    ConstructPath: 'Clinic/Backup',
    DatastoreId: DATASTORE,
    OperatorRoleArn: JOB.OperatorRoleArn,
    JobId: JOB_ID,
    TimeoutSeconds: '3000',
  };
  aws.describes((now) => (now < T0 + 3 * MINUTE ? { JobStatus: 'QUEUED' } : ENDED));
  expect(await aws.run({
    RequestType: 'Create', StackId: STACK, LogicalResourceId: 'ExportWait1', ResourceType: EXPORT_RESOURCE_TYPES.wait, ResourceProperties: properties,
  })).toMatchObject({ physicalId: `${DATASTORE}/${JOB_ID}`, data: {} });
  expect(logged().lines.at(0)).toMatchObject({ message: 'waiting in the queue of HealthLake', construct: 'ExportWait1', status: 'QUEUED', decision: 'wait' });
  expect(logged().lines.at(-1)).toMatchObject({ message: 'export progress', status: 'COMPLETED', decision: 'hand on', why: 'the job has ended' });
  expect(logged().metrics).toEqual([]);
  expect(aws.sent('Invoke')).toEqual([]);
});

describe('the handler, called by the monitor of a detached export,', () => {
  const judge = async () => isComplete({
    Export: OUTCOME, RequestedAt: T0, Deadline: T0 + 50 * MINUTE, GiveUpAt: '', Poll: { Seconds: 30, FailingSince: 0 },
  });

  test.each([
    ['wait', { JobStatus: 'IN_PROGRESS' }, COPY, []],
    ['succeeded', ENDED, COPY, ['FHIR Export Succeeded']],
    ['failed', ENDED, EMPTY, ['FHIR Export Failed']],
    ['failed', { ...ENDED, JobStatus: 'COMPLETED_WITH_ERRORS' }, COPY, ['FHIR Export Failed']],
  ] as const)('decides "%s" for the job %j', async (decision, job, report, detailTypes) => {
    aws.describes(() => job);
    aws.reports(report);
    expect(await judge()).toEqual({ Decision: decision, FailingSince: 0 });
    expect(eventsSent().map(([detailType]) => detailType)).toEqual(detailTypes);
    expect(logged().lines).toMatchObject([{ message: 'export progress', construct: 'Clinic/Backup', jobId: JOB_ID }]);
  });

  test('throws a failure without patient data if the event is refused, so that the monitor retries', async () => {
    aws.describes(() => ENDED);
    aws.events.rejects(sdkError('AccessDeniedException', `no access to ${PATIENT}`));
    await expect(judge()).rejects.toMatchObject({ name: 'FhirJobFailure', message: expect.stringMatching(/^failed with AccessDeniedException.*: no access to \*\*\*; log group/) });
    expect(logged().metrics).toEqual([]);
  });

  test('waits after a failed poll', async () => {
    aws.healthlake.on(DescribeFHIRExportJobCommand).rejects(sdkError('ThrottlingException', 'Rate exceeded'));
    expect(await judge()).toEqual({ Decision: 'wait', FailingSince: T0 });
  });
});
