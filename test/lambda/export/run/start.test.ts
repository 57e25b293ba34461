import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeFHIRDatastoreCommand, type ExportJobProperties as ExportJob, ListFHIRExportJobsCommand, type ListFHIRExportJobsRequest,
  StartFHIRExportJobCommand, type StartFHIRExportJobRequest,
} from '@aws-sdk/client-healthlake';
import { GetBucketLocationCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { isComplete } from '../../../../lambda';
import { fingerprintOf } from '../../../../lambda/export/fingerprint';
import type { RunAnswer, RunRequest, WatchedExport } from '../../../../src/contract';
import { type JsonSchema, violations } from '../../../support/json-schema';
import { DATASTORE, keepsSecrets, MINUTE, NO_ANSWER, PATIENT, sdkError, T0 } from '../../harness';
import { slow } from '../../slow-calls';
import { ExportAws, exportJob, folderOf, JOB } from '../harness';

const STATE_MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:watch';
const HOUR = 60 * MINUTE;
const RUN: RunRequest['Run'] = { ...JOB, ConstructPath: 'Clinic/Backup', Watch: { StateMachineArn: STATE_MACHINE, GiveUpAfterSeconds: '7200' } };
const REFUSED = sdkError('AccessDeniedException', `not authorized, and s3://clinic-copies/${PATIENT}.ndjson is nobody's`);
const THROTTLED = sdkError('ThrottlingException', 'Rate exceeded');
/** The durations of the mocked calls, in milliseconds. A call takes effect after half of its duration. */
const LATENCY = { list: 80, start: 400 };

let aws: ExportAws;
/** The jobs that HealthLake lists, with those that were started. The mock of HealthLake ignores client tokens. */
let jobs: ExportJob[];
/** The hours between `T0` and the test. No two tests have the same scheduled time, because the memory of the handler outlives a test. */
let hours = 0;

beforeEach(() => {
  aws = new ExportAws();
  jobs = [];
  hours += 10;
  jest.setSystemTime(T0 + hours * HOUR);
  aws.healthlake.on(ListFHIRExportJobsCommand).callsFake(slow(LATENCY.list, ({ SubmittedAfter }: ListFHIRExportJobsRequest) => ({
    ExportJobPropertiesList: jobs.filter(({ SubmitTime }) => SubmitTime! > SubmittedAfter!),
  })));
  aws.healthlake.on(StartFHIRExportJobCommand).callsFake(slow(LATENCY.start, submit));
});
afterEach(() => aws.close());

function submit({ JobName }: StartFHIRExportJobRequest): { readonly JobId: string } {
  const JobId = `job ${jobs.length + 1}`;
  jobs.push(exportJob({ JobId, JobName, SubmitTime: new Date() }));
  return { JobId };
}

/** Returns a scheduled time in the form of EventBridge Scheduler. */
const timeOf = (hour = 0) => new Date(T0 + (hours + hour) * HOUR).toISOString().replace('.000Z', 'Z');

/** Returns the request of the state machine for the run of an hour after the beginning of the test. */
function requestOf(hour = 0, changes: Partial<RunRequest['Run']> = {}, startedAt = Date.now()): RunRequest {
  return { Run: { ...RUN, ...changes }, ScheduledTime: timeOf(hour), StartedAt: new Date(startedAt).toISOString() };
}

/** Invokes the handler with all requests at the same moment. */
async function together(...requests: RunRequest[]): Promise<RunAnswer['Decision'][]> {
  let left = requests.length;
  const asked = Promise.all(requests.map((request) => isComplete(request).finally(() => {
    left -= 1;
  })));
  asked.catch(() => undefined);
  while (left > 0) {
    await jest.advanceTimersToNextTimerAsync();
  }
  return (await asked).map(({ Decision }) => Decision);
}

const invoke = async (request = requestOf()) => (await together(request))[0];

/** Invokes the handler as the state machine does: every minute until its answer isn't `wait`. */
async function run(request = requestOf()): Promise<{ readonly decision: RunAnswer['Decision']; readonly after: number }> {
  const began = Date.now();
  for (;;) {
    const decision = await invoke(request);
    if (decision !== 'wait') {
      return { decision, after: Date.now() - began };
    }
    await jest.advanceTimersByTimeAsync(MINUTE);
  }
}

interface Sent {
  readonly DetailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

const SCHEMA = JSON.parse(readFileSync(join(__dirname, '../../../../docs/event.schema.json'), 'utf8')) as JsonSchema;

/** Returns the events that EventBridge was sent. Checks that their details match the documented schema. */
function eventsSent(): Sent[] {
  const entries = (aws.sent('PutEvents') as { Entries: { DetailType: string; Detail: string }[] }[]).flatMap(({ Entries }) => Entries);
  const events = entries.map(({ DetailType, Detail }): Sent => ({ DetailType, detail: JSON.parse(Detail) }));
  expect(events.flatMap(({ detail }) => violations(detail, SCHEMA))).toEqual([]);
  return events;
}

const written = () => aws.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
const metrics = () => written().filter(({ _aws }) => _aws !== undefined);
const lines = () => written().filter(({ message }) => message === 'export run');
const executions = () => aws.sent('StartExecution') as { name: string; input: string; stateMachineArn: string }[];
const nameOf = (hour = 0) => `fhir-export-${fingerprintOf({ DatastoreId: DATASTORE, Revision: `${timeOf(hour)}@${JOB.OutputS3Uri}` })}`;
const other = (changes: Partial<ExportJob> = {}) => exportJob({
  JobId: 'other', JobName: 'fhir-export-other', JobStatus: 'IN_PROGRESS', SubmitTime: new Date(Date.now() - HOUR), ...changes,
});

const subject = { constructPath: 'Clinic/Backup', datastoreId: DATASTORE };

describe('a run of a schedule', () => {
  test('starts one export with the revision of its scheduled time, and the monitor of its job', async () => {
    expect(await invoke()).toBe('started');
    expect(aws.exportsStarted()).toEqual([expect.objectContaining({
      DatastoreId: DATASTORE, JobName: nameOf(), OutputDataConfig: { S3Configuration: { S3Uri: JOB.OutputS3Uri, KmsKeyId: JOB.OutputKmsKeyId } },
    })]);
    const [{ name, input, stateMachineArn }] = executions();
    expect({ name, stateMachineArn }).toEqual({ name: expect.stringMatching(/^job 1-[0-9a-f]{8}$/), stateMachineArn: STATE_MACHINE });
    expect(JSON.parse(input) as WatchedExport).toMatchObject({
      Export: { JobId: 'job 1', ScheduledTime: timeOf(), ConstructPath: 'Clinic/Backup', TimeoutSeconds: '7200' }, Deadline: Date.now() + 2 * HOUR,
    });
    expect(lines()).toEqual([
      { message: 'export run', construct: 'Clinic/Backup', datastoreId: DATASTORE, scheduledTime: timeOf(), decision: 'monitor', jobId: 'job 1' },
    ]);
    expect([eventsSent(), metrics(), aws.sent('DescribeStacks')]).toEqual([[], [], []]);
  });

  test('starts a new export when the earlier run has ended', async () => {
    await invoke();
    jobs = [{ ...jobs[0], JobStatus: 'COMPLETED' }];
    jest.setSystemTime(Date.now() + HOUR);
    expect(await invoke(requestOf(1))).toBe('started');
    expect(jobs.map(({ JobName }) => JobName)).toEqual([nameOf(0), nameOf(1)]);
  });

  test('that is delivered twice starts one export', async () => {
    expect([await invoke(), await invoke()]).toEqual(['started', 'started']);
    expect(jobs).toHaveLength(1);
    expect(new Set(executions().map(({ name }) => name)).size).toBe(1);
  });

  test.each(['COMPLETED', 'FAILED'] as const)('that is delivered again after its job is %s starts no export', async (JobStatus) => {
    await invoke();
    jobs = [{ ...jobs[0], JobStatus }];
    aws.states.on(StartExecutionCommand).rejects(sdkError('ExecutionAlreadyExists', 'Execution Already Exists'));
    jest.setSystemTime(Date.now() + 50 * MINUTE);
    expect(await invoke()).toBe('started');
    expect(jobs).toHaveLength(1);
  });

  test('that is delivered twice at the same moment starts one export if the random pauses differ', async () => {
    jest.spyOn(Math, 'random').mockReturnValueOnce(0.5).mockReturnValueOnce(0);
    expect(await together(requestOf(), requestOf())).toEqual(['started', 'started']);
    expect(jobs).toHaveLength(1);
    expect(new Set(executions().map(({ name }) => name)).size).toBe(1);
  });

  test('that is delivered twice at the same moment has one monitor, even if HealthLake starts two jobs', async () => {
    expect(await together(requestOf(), requestOf())).toEqual(['started', 'started']);
    expect(jobs).toHaveLength(2);
    expect(new Set(executions().map(({ name }) => name.split('-')[0]))).toEqual(new Set(['job 1']));
    expect(written()).toContainEqual(expect.objectContaining({ message: 'warning: two jobs were started at the same moment', secondJobId: 'job 2' }));
  });

  test.each([true, false])('is one export if the answer to the start is lost and it is %s that the job was created', async (isCreated) => {
    aws.healthlake.on(StartFHIRExportJobCommand).callsFakeOnce((input: StartFHIRExportJobRequest) => {
      if (isCreated) {
        submit(input);
      }
      throw NO_ANSWER;
    }).callsFake(submit);
    expect(await run()).toMatchObject({ decision: 'started' });
    expect(jobs).toHaveLength(1);
  });

  test.each<[string, () => Partial<ExportJob>]>([
    ['a job of another run', () => ({})],
    ['a job that was started by hand', () => ({ JobName: undefined })],
    ['a job that the monitor still follows', () => ({ SubmitTime: new Date(Date.now() - 2 * HOUR + MINUTE) })],
  ])('is skipped while %s has not ended', async (_what, changes) => {
    jobs = [other(changes())];
    expect(await invoke()).toBe('skipped');
    expect(jobs).toHaveLength(1);
    expect(executions()).toEqual([]);
    expect(eventsSent()).toEqual([{
      DetailType: 'FHIR Export Skipped', detail: { version: '1', ...subject, jobId: 'other', jobStatus: 'IN_PROGRESS', scheduledTime: timeOf() },
    }]);
    expect(metrics()).toEqual([expect.objectContaining({ DatastoreId: DATASTORE, ConstructPath: 'Clinic/Backup', Skipped: 1 })]);
    expect(lines()).toEqual([expect.objectContaining({ decision: 'skip', scheduledTime: timeOf(), otherJobId: 'other', otherStatus: 'IN_PROGRESS' })]);
  });

  test.each<[string, () => Partial<ExportJob>]>([
    ['has another output', () => ({ OutputDataConfig: { S3Configuration: { S3Uri: folderOf('other', 's3://clinic-copies/Weekly/'), KmsKeyId: 'k' } } })],
    ['has ended', () => ({ JobStatus: 'FAILED' })],
    ['is older than the time for which the monitor follows a job', () => ({ SubmitTime: new Date(Date.now() - 2 * HOUR - MINUTE) })],
  ])('is not skipped because of a job that %s', async (_what, changes) => {
    jobs = [other(changes())];
    expect(await invoke()).toBe('started');
    expect(eventsSent()).toEqual([]);
  });

  test('keeps its own job beside the job of another run', async () => {
    await invoke();
    jobs.push(other({ SubmitTime: new Date() }));
    expect(await invoke()).toBe('started');
  });

  test('waits while the data store is UPDATING, and starts when it is ACTIVE', async () => {
    aws.datastoreIs('UPDATING');
    expect(await invoke()).toBe('wait');
    aws.datastoreIs('ACTIVE');
    expect(await invoke()).toBe('started');
  });

  test('can start 20 minutes late', async () => {
    jest.setSystemTime(Date.now() + 20 * MINUTE);
    expect(await invoke()).toBe('started');
    expect(jobs.map(({ JobName }) => JobName)).toEqual([nameOf()]);
  });
});

describe('a run that fails without a job', () => {
  const UNREADABLE = { ContractVersion: '99' };

  test.each<[string, RegExp, [number, number], () => void, Partial<RunRequest['Run']>?]>([
    ['the data store is DELETING', /^the data store is DELETING/, [0, MINUTE], () => aws.datastoreIs('DELETING')],
    ['the data store does not exist', /^could not describe the data store: ResourceNotFoundException/, [0, MINUTE],
      () => aws.healthlake.on(DescribeFHIRDatastoreCommand).rejects(sdkError('ResourceNotFoundException', 'no such data store'))],
    ['the data store is UPDATING for an hour', /^the data store is UPDATING/, [HOUR, HOUR + 2 * MINUTE], () => aws.datastoreIs('UPDATING')],
    ['the list of jobs is refused for 5 minutes', /^could not list the export jobs: AccessDeniedException.*\*\*\*/, [5 * MINUTE, 7 * MINUTE],
      () => aws.healthlake.on(ListFHIRExportJobsCommand).rejects(REFUSED)],
    ['the start is refused for 5 minutes', /^could not start the export job: AccessDeniedException.*likely causes: /, [5 * MINUTE, 7 * MINUTE],
      () => aws.healthlake.on(StartFHIRExportJobCommand).rejects(REFUSED)],
    ['the start is throttled for an hour', /^could not start the export job: ThrottlingException/, [HOUR, HOUR + 2 * MINUTE],
      () => aws.healthlake.on(StartFHIRExportJobCommand).rejects(THROTTLED)],
    ['the bucket is in another Region', /bucket .* is in us-west-2/, [0, MINUTE],
      () => aws.s3.on(GetBucketLocationCommand).resolves({ LocationConstraint: 'us-west-2' })],
    ['the contract has a newer version', /^the export was written as contract version "99"/, [0, MINUTE], () => {}, UNREADABLE],
  ])('because %s sends the event, the metrics and a log line', async (_what, why, [earliest, latest], given, changes = {}) => {
    given();
    const { decision, after } = await run(requestOf(0, changes));
    expect(decision).toBe('failed');
    expect(after).toBeGreaterThanOrEqual(earliest);
    expect(after).toBeLessThan(latest);
    expect(jobs).toEqual([]);
    expect(eventsSent()).toEqual([
      { DetailType: 'FHIR Export Failed', detail: { version: '1', ...subject, jobId: 'UNKNOWN', jobStatus: 'UNKNOWN', scheduledTime: timeOf() } },
    ]);
    expect(metrics()).toEqual([expect.objectContaining({ Succeeded: 0, Failed: 1, ConstructPath: 'Clinic/Backup' })]);
    expect(lines().at(-1)).toMatchObject({ decision: 'fail', scheduledTime: timeOf(), why: expect.stringMatching(why) });
  });

  test('because its execution started more than an hour ago starts no export', async () => {
    expect(await invoke(requestOf(0, {}, Date.now() - HOUR - 2 * MINUTE))).toBe('failed');
    expect(aws.exportsStarted()).toEqual([]);
  });

  test('because EventBridge Scheduler does not write the scheduled time into its input reports the input', async () => {
    expect(await invoke({ ...requestOf(), ScheduledTime: '<aws.scheduler.scheduled-time>' })).toBe('failed');
    expect(jobs).toEqual([]);
    expect(eventsSent().map(({ DetailType, detail: { scheduledTime } }) => [DetailType, scheduledTime])).toEqual([['FHIR Export Failed', undefined]]);
    expect(lines()).toEqual([expect.objectContaining({ why: expect.stringMatching(/^the scheduled time "<aws.scheduler.scheduled-time>" is not a time/) })]);
  });

  test('sends no event if it has no event bus', async () => {
    aws.datastoreIs('DELETING');
    expect(await invoke(requestOf(0, { EventBusArn: undefined }))).toBe('failed');
    expect(eventsSent()).toEqual([]);
    expect(metrics()).toHaveLength(1);
  });
});

describe('the monitor of a run', () => {
  test.each([true, false])('is started again if the first attempt has no answer, and no second export if it is %s that the job is listed', async (isListed) => {
    if (!isListed) {
      aws.listsExports();
    }
    aws.states.on(StartExecutionCommand).rejectsOnce(NO_ANSWER).resolves({});
    expect([await invoke(), await invoke()]).toEqual(['wait', 'started']);
    expect(jobs).toHaveLength(1);
  });

  test.each<[string, Error, number]>([['refused for 5 minutes', REFUSED, 5 * MINUTE], ['throttled for an hour', THROTTLED, HOUR]])(
    'makes the run fail if its start is %s, and the event names the job', async (_what, error, after) => {
      aws.states.on(StartExecutionCommand).rejects(error);
      const failed = await run();
      expect(failed.decision).toBe('failed');
      expect(failed.after).toBeGreaterThanOrEqual(after);
      expect(failed.after).toBeLessThan(after + 2 * MINUTE);
      expect(jobs).toHaveLength(1);
      expect(eventsSent()).toEqual([expect.objectContaining({ DetailType: 'FHIR Export Failed', detail: expect.objectContaining({ jobId: 'job 1' }) })]);
      expect(lines().at(-1)).toMatchObject({
        decision: 'fail', jobId: 'job 1', why: expect.stringMatching(/^could not start the monitor of the export job job 1, which goes on at HealthLake: /),
      });
    });
});

describe('an event that cannot be put', () => {
  test.each<[string, () => void, RunAnswer['Decision']]>([
    ['of a skipped run', () => {
      jobs = [other()];
    }, 'skipped'],
    ['of a failed run', () => aws.datastoreIs('DELETING'), 'failed'],
  ])('%s makes the handler throw without metrics, and the next attempt succeeds', async (_what, given, decision) => {
    given();
    aws.events.on(PutEventsCommand).rejectsOnce(REFUSED).resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
    const error = await invoke().catch((thrown: Error) => thrown) as Error;
    expect(error.message).toContain('AccessDeniedException');
    keepsSecrets(error.message);
    expect(metrics()).toEqual([]);
    expect(await invoke()).toBe(decision);
    expect(metrics()).toHaveLength(1);
  });
});

test('a run shows no patient data from errors of AWS', async () => {
  const text = `see s3://clinic-copies/${PATIENT}/${PATIENT}.ndjson of "${PATIENT}"`;
  aws.healthlake.on(StartFHIRExportJobCommand).rejects(sdkError('ValidationException', text));
  await run();
  aws.states.on(StartExecutionCommand).rejects(sdkError('InvalidName', text));
  aws.healthlake.on(StartFHIRExportJobCommand).callsFake(submit);
  await run(requestOf(3));
  aws.speaksOfExportsOnly(...eventsSent().map((event) => JSON.stringify(event)));
  eventsSent().forEach((event) => keepsSecrets(JSON.stringify(event)));
  expect(lines().filter(({ decision }) => decision === 'fail')).toHaveLength(2);
});
