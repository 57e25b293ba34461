import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { isComplete } from '../../../../lambda';
import type { ImportJobProperties, ImportOutcomeProperties, WatchAnswer, WatchedImport } from '../../../../src/contract';
import {
  Aws, DATASTORE, importJob, JOB, JOB_ID, jobEvent, MINUTE, NO_ANSWER, OUTCOME, outcomeEvent, PATIENT, report, sdkError, T0,
} from '../../harness';

const DAY = 24 * 60 * MINUTE;
const BUS = 'arn:aws:events:eu-west-1:123456789012:event-bus/default';
const STATE_MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:watch';
const WITH_REPORT = {
  Report: { FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:report', RoleArn: 'arn:aws:iam::123456789012:role/report' },
} as const;
const DETACHED: ImportJobProperties = {
  ...JOB, ...WITH_REPORT, Revision: '2', EventBusArn: BUS, Watch: { StateMachineArn: STATE_MACHINE, GiveUpAfterSeconds: '604800' },
};
const REFUSED = sdkError('AccessDeniedException', `not authorized, and s3://clinic-data/${PATIENT}.ndjson is nobody's`);

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

function described(job: Partial<ImportJob>): void {
  aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: importJob(job) });
}

/** Splits the log into lines with metrics and lines without metrics. */
function logged(): { readonly lines: Record<string, unknown>[]; readonly metrics: Record<string, unknown>[] } {
  const all = aws.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { lines: all.filter(({ _aws }) => _aws === undefined), metrics: all.filter(({ _aws }) => _aws !== undefined) };
}

const ENDED = { JobStatus: 'COMPLETED', JobProgressReport: report(10, 10, 0), EndTime: new Date(T0) } as const;
const WITH_ERRORS = { ...ENDED, JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: report(10, 7, 3) } as const;

describe('the execution of the monitor', () => {
  /** Lets `Job` adopt a running job. Returns the name and the input of the execution that `Job` starts. */
  async function started(properties: Partial<ImportJobProperties> = {}): Promise<{ readonly name: string; readonly input: WatchedImport }> {
    aws.lists(importJob({ JobStatus: 'IN_PROGRESS' }));
    await aws.run(jobEvent({}, { ...DETACHED, Revision: undefined, ...properties }));
    const [{ name, input, ...more }] = aws.sent('StartExecution') as { name: string; input: string; stateMachineArn: string }[];
    expect(more).toEqual({ stateMachineArn: STATE_MACHINE });
    return { name, input: JSON.parse(input) as WatchedImport };
  }

  test('has a valid name that begins with the job id', async () => {
    const { name } = await started();
    expect(name).toMatch(new RegExp(`^${JOB_ID}-[0-9a-f]{8}$`));
    expect(name).toMatch(/^[\w-]{1,80}$/);
    expect('f'.repeat(64).length + name.length - JOB_ID.length).toBeLessThanOrEqual(80); // a job id has at most 64 characters
  });

  test.each<[string, boolean, Partial<ImportJobProperties>]>([
    ['the same import', true, {}],
    ['another tolerance, which does not apply to a running execution', true, { ErrorTolerance: { Kind: 'ANY' } }],
    ['another output location', true, { OutputS3Uri: 's3://elsewhere/' }],
    ['a construct that has moved', false, { ConstructPath: 'Import/Moved' }],
    ['another operator role', false, { OperatorRoleArn: 'arn:aws:iam::123456789012:role/other' }],
    ['another bus', false, { EventBusArn: 'arn:aws:events:eu-west-1:123456789012:event-bus/other' }],
    ['a later end', false, { Watch: { StateMachineArn: STATE_MACHINE, GiveUpAfterSeconds: '1209600' } }],
  ])('with %s, has the same name as the first execution: %s', async (_what, isSame, properties) => {
    const { name } = await started();
    aws.states.resetHistory();
    const { name: other } = await started(properties);
    expect(other === name).toBe(isSame);
    expect(other).toContain(JOB_ID);
  });

  test.each([['60', MINUTE], ['604800', 7 * DAY], ['1209600', 14 * DAY]])('gives up %s seconds after the CloudFormation event', async (seconds, after) => {
    const { input } = await started({ Watch: { StateMachineArn: STATE_MACHINE, GiveUpAfterSeconds: seconds } });
    expect([input.RequestedAt, input.Deadline, Date.parse(input.GiveUpAt)]).toEqual([T0, T0 + after, T0 + after]);
  });

  test('puts no EventBridge event when it starts', async () => {
    await started();
    expect(aws.events.calls()).toEqual([]);
  });
});

test('Job hides possible patient data when it logs why the monitor could not be started', async () => {
  aws.lists(importJob({ JobStatus: 'IN_PROGRESS' }));
  aws.states.rejects(REFUSED);
  const { reason } = await aws.run(jobEvent({}, { ...DETACHED, Revision: undefined }));
  expect(logged().lines).toContainEqual({
    message: 'waiting', construct: 'ImportJob', why: expect.stringMatching(/^could not start the monitor of the import job c0f\w+: AccessDeniedException \(full text: CloudTrail\): not authorized, and s3:\/\/clinic-data\/\*\*\* is \*\*\*$/),
  });
  expect(reason).toContain('clinic-data/***');
});

describe('the handler, invoked by the monitor,', () => {
  const WATCHED: ImportOutcomeProperties = { ...OUTCOME, EventBusArn: BUS, TimeoutSeconds: '3600' };

  /** Invokes the handler as the monitor does, this many milliseconds after HealthLake accepted the job. The monitor gives up after an hour. */
  async function judge(after = 10 * MINUTE, properties: Partial<ImportOutcomeProperties> = {}, FailingSince = 0): Promise<WatchAnswer> {
    const Deadline = T0 + 60 * MINUTE;
    jest.setSystemTime(T0 + after);
    return isComplete({
      Import: { ...WATCHED, ...properties },
      RequestedAt: T0,
      Deadline,
      GiveUpAt: new Date(Deadline).toISOString(),
      Poll: { Seconds: 30, FailingSince },
    });
  }

  test('retries for 5 minutes from the first refused poll, and counts anew after a successful poll', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(REFUSED);
    expect(await judge(50 * MINUTE)).toEqual({ Decision: 'wait', FailingSince: T0 + 50 * MINUTE });
    described({ JobStatus: 'IN_PROGRESS' });
    expect(await judge(51 * MINUTE, {}, T0 + 50 * MINUTE)).toEqual({ Decision: 'wait', FailingSince: 0 });
  });

  test('invokes the report function, and judges by the counts of the job if the failure report is unreadable', async () => {
    described(WITH_ERRORS);
    aws.reports({ kind: 'unreadable', why: 'AccessDenied: no' });
    expect(await judge(undefined, { ...WITH_REPORT, ErrorTolerance: { Kind: 'RESOURCES', Limit: '3' } })).toEqual({ Decision: 'succeeded', FailingSince: 0 });
    expect(aws.lambda.commandCalls(InvokeCommand)).toHaveLength(1);
    expect(logged().lines).toMatchObject([{ judgedByJobBecause: 'AccessDenied: no', decision: 'succeeded' }]);
  });

  test('logs a line and emits metrics for each poll, both with the construct path', async () => {
    described({ JobStatus: 'IN_PROGRESS', JobProgressReport: report(5, 5, 0) });
    await judge();
    expect(logged().lines).toMatchObject([{ message: 'import progress', construct: 'Import/Patients', secondsLeft: 3000, decision: 'running' }]);
    expect(logged().metrics).toMatchObject([{ ConstructPath: 'Import/Patients', ResourcesScannedSoFar: 5 }]);
  });

  test.each([
    ['refused', () => aws.events.on(PutEventsCommand).rejectsOnce(REFUSED)],
    ['not answered', () => aws.events.on(PutEventsCommand).rejectsOnce(NO_ANSWER)],
    ['not accepted', () => aws.events.on(PutEventsCommand).resolvesOnce({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' }] })],
    ['not accepted, without a message', () => aws.events.on(PutEventsCommand).resolvesOnce({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] })],
  ])('throws without emitting metrics if the EventBridge event is %s, and emits them once in the next attempt', async (_what, given) => {
    described({ ...WITH_ERRORS, Message: `see ${PATIENT}.ndjson` });
    given().resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
    await expect(judge()).rejects.toThrow(/^failed with \w+( \(full text: CloudTrail\))?: (not authorized, and |socket hang up|Rate exceeded|the event was not accepted)/);
    expect(aws.lines).toEqual([]);

    expect(await judge()).toEqual({ Decision: 'failed', FailingSince: 0 });
    expect(logged().metrics).toMatchObject([{ Succeeded: 0, Failed: 1, ResourcesScanned: 10, ResourcesImported: 7, ResourcesFailed: 3 }]);
    const [first, second, ...more] = aws.sent('PutEvents');
    expect([second, more]).toEqual([first, []]);
  });
});

describe('an import for which the deployment waits', () => {
  const LISTENED = { EventBusArn: BUS };
  const update = { RequestType: 'Update', PhysicalResourceId: `${DATASTORE}/${JOB_ID}`, OldResourceProperties: OUTCOME } as const;
  const details = () => aws.sent('PutEvents').map((input) => (input as PutEventsCommand['input']).Entries![0].DetailType);

  test('puts one EventBridge event when the job is judged', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => ({
      ImportJobProperties: importJob(Date.now() < T0 + 3 * MINUTE ? { JobStatus: 'IN_PROGRESS' } : ENDED),
    }));
    await aws.run(outcomeEvent({}, LISTENED));
    expect(details()).toEqual(['FHIR Import Succeeded']);
  });

  test.each([['FHIR Import Succeeded', ENDED], ['FHIR Import Failed', WITH_ERRORS]] as const)(
    'has the same result, and logs a warning, if the EventBridge event "%s" can\'t be put', async (detailType, job) => {
      described(job);
      const expected = await aws.run(outcomeEvent());
      for (const given of [
        () => aws.events.on(PutEventsCommand).rejects(REFUSED),
        () => aws.events.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'AccessDeniedException', ErrorMessage: `no s3://x/${PATIENT}.ndjson` }] }),
      ]) {
        aws.events.reset();
        given();
        aws.lines.splice(0);
        const { after: _after, ...ended } = await aws.run(outcomeEvent({}, LISTENED));
        expect(ended).toEqual({ ...expected, after: undefined });
        expect(details()).toEqual([detailType]);
        expect(logged().lines).toContainEqual({
          message: 'warning: the event could not be put', construct: 'ImportOutcome', why: expect.stringMatching(/^AccessDeniedException( \(full text: CloudTrail\))?: no.* \*\*\*$/),
        });
        expect(logged().metrics).toHaveLength(1);
      }
    });

  test('puts no EventBridge event if the import has no event bus', async () => {
    described(ENDED);
    await aws.run(outcomeEvent());
    expect(aws.events.calls()).toEqual([]);
  });

  test('puts no second EventBridge event for a job that was judged before', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    described(ENDED);
    await aws.run(outcomeEvent({ ...update, PhysicalResourceId: `${DATASTORE}/${JOB_ID}/COMPLETED/10/10/0` }, LISTENED));
    expect(aws.events.calls()).toEqual([]);
  });

  test.each([{ JobStatus: 'IN_PROGRESS' }, { JobStatus: 'FAILED' }, WITH_ERRORS] as const)('puts no EventBridge event in a roll-back with the job %j', async (job) => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    described(job);
    expect(await aws.run(outcomeEvent(update, LISTENED))).toMatchObject({ after: 0, data: { JobStatus: job.JobStatus } });
    expect(aws.events.calls()).toEqual([]);
  });
});
