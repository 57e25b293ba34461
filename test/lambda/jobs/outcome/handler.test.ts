import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { onEvent } from '../../../../lambda';
import { QUERY_INTERVAL_SECONDS } from '../../../../src/contract';
import {
  Aws, DATASTORE, expectAnsweredAt, importJob, JOB_ID, MINUTE, OUTCOME, outcomeEvent, report, sdkError, SECOND, T0,
} from '../../harness';
import { pollsAt } from '../simulation';

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

const LOCATION = `s3://clinic-results/Import/${DATASTORE}-FHIR_IMPORT-${JOB_ID}/`;
const PENDING_ID = `${DATASTORE}/${JOB_ID}`;
const JUDGED_ID = `${DATASTORE}/${JOB_ID}/COMPLETED/10/10/0`;
const COMPLETED: Partial<ImportJob> = { JobStatus: 'COMPLETED', JobProgressReport: report(10, 10, 0) };
const ATTRIBUTES = { JobId: JOB_ID, JobStatus: 'COMPLETED', ResourcesScanned: '10', ResourcesImported: '10', ResourcesFailed: '0', OutputLocation: LOCATION, ReportLocation: 'UNKNOWN' };
const UNKNOWN_COUNTS = { ResourcesScanned: 'UNKNOWN', ResourcesImported: 'UNKNOWN', ResourcesFailed: 'UNKNOWN' };
const UPDATE = { RequestType: 'Update', PhysicalResourceId: PENDING_ID, OldResourceProperties: OUTCOME } as const;

/** Makes DescribeFHIRImportJob return a job with the properties that `at` returns for the current time. */
function described(at: (now: number) => Partial<ImportJob>): void {
  aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => {
    polls.push(Date.now());
    return { ImportJobProperties: importJob(at(Date.now())) };
  });
}

let polls: number[];
beforeEach(() => {
  polls = [];
});

/** Makes DescribeFHIRImportJob return a job that is queued for 3 s and then runs until `endsAt`. */
function runsUntil(endsAt: number, end: Partial<ImportJob> = COMPLETED): void {
  described((now) => {
    const status = now < T0 + 3 * SECOND ? 'QUEUED' : 'IN_PROGRESS';
    return now >= endsAt ? end : { JobStatus: status, JobProgressReport: report(5, 5, 0) };
  });
}

describe('Outcome, for a job that succeeds,', () => {
  test('makes no calls in onEvent, but sets the deadline', async () => {
    expect(await onEvent(outcomeEvent({}, { TimeoutSeconds: '90' }))).toEqual({
      PhysicalResourceId: PENDING_ID, WaiterId: expect.any(String), RequestedAt: T0, DeliveredAt: T0, Deadline: T0 + 90 * SECOND,
    });
    expect(await onEvent(outcomeEvent({ ...UPDATE, PhysicalResourceId: JUDGED_ID }))).toMatchObject({ PhysicalResourceId: JUDGED_ID });
    expect(aws.callCount).toBe(0);
  });

  test('returns all attributes, with the output location that HealthLake describes, and a physical id with the counts', async () => {
    described(() => ({ ...COMPLETED, JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://as-described/', KmsKeyId: 'k' } } }));
    const ended = await aws.run(outcomeEvent());
    expect(ended).toMatchObject({ physicalId: JUDGED_ID, data: { ...ATTRIBUTES, OutputLocation: 's3://as-described/' } });
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([{ DatastoreId: DATASTORE, JobId: JOB_ID }]);
    expect(aws.sent('DescribeStacks')).toEqual([]);
  });

  test('logs one structured line for each poll', async () => {
    runsUntil(T0 + MINUTE);
    await aws.run(outcomeEvent());
    const lines = aws.lines.filter((line) => !line.includes('_aws'));
    expect(lines).toHaveLength(polls.length);
    expect(JSON.parse(lines.at(-2)!)).toEqual({
      message: 'import progress',
      construct: 'ImportOutcome',
      datastoreId: DATASTORE,
      jobId: JOB_ID,
      status: 'IN_PROGRESS',
      filesScanned: 3,
      filesImported: 3,
      resourcesScanned: 5,
      resourcesImported: 5,
      resourcesFailed: 0,
      secondsLeft: expect.any(Number),
      decision: 'running',
    });
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ status: 'COMPLETED', decision: 'succeeded' });
  });
});

describe('polling', () => {
  test.each([
    ['1-minute', 2, MINUTE, 5 * SECOND],
    ['50-minute', 182, 50 * MINUTE - 20 * SECOND, 25 * SECOND],
  ])('of a %s job takes %i DescribeFHIRImportJob calls', async (_what, calls, duration, delay) => {
    runsUntil(T0 + duration);
    const { after, data } = await aws.run(outcomeEvent());
    expect(data).toEqual(ATTRIBUTES);
    expect(polls).toHaveLength(calls);
    expect(after - duration).toBeLessThanOrEqual(delay);
  });

  test.each([MINUTE, 7 * MINUTE, 31 * MINUTE])('happens at the times that the simulation predicts for a job of %i ms', async (duration) => {
    runsUntil(T0 + duration);
    await aws.run(outcomeEvent());
    expect(polls).toEqual(pollsAt({ jobId: JOB_ID, requestedAt: T0, startsAt: T0 + 3 * SECOND, endsAt: T0 + duration }));
  });

  test('takes at most a minute in each invocation', async () => {
    runsUntil(Infinity);
    const waiting = await aws.begin(outcomeEvent());
    for (let i = 0; i < 20; i++) {
      const before = Date.now();
      await aws.ask(waiting);
      expect(Date.now() - before).toBeLessThanOrEqual(MINUTE);
      await jest.advanceTimersByTimeAsync(QUERY_INTERVAL_SECONDS * SECOND);
    }
    expect(polls.length).toBeGreaterThan(50);
  });
});

describe('a failure', () => {
  const LAST = '; log group: fhir-import-logs';

  test.each([
    ['FAILED', /^FHIR import job c0f[0-9a-f]+: the job ended with FAILED; status FAILED, resources scanned 10, imported 7, failed 3; results: s3.*; correct the cause/],
    ['CANCEL_COMPLETED', /the job ended with CANCEL_COMPLETED.*; correct the cause/],
    ['CANCEL_FAILED', /the job ended with CANCEL_FAILED.*; correct the cause/],
    ['COMPLETED_WITH_ERRORS', /no errors are tolerated; status COMPLETED_WITH_ERRORS, resources scanned 10, imported 7, failed 3; .*mend the resources.*errorTolerance/],
  ] as const)('has the reason and the advice for the job status %s', async (JobStatus, expected) => {
    described(() => ({ JobStatus, JobProgressReport: report(10, 7, 3) }));
    const { after, reason } = await aws.run(outcomeEvent());
    expect(after).toBeLessThan(MINUTE);
    expect(reason).toMatch(expected);
    expect(reason).toContain(`; results: ${LOCATION}; `);
    expect(reason?.endsWith(LAST)).toBe(true);
    expect(aws.sent('DescribeStacks')).toEqual([]);
  });

  test('is reported at the deadline if the last poll finds that the job still runs', async () => {
    runsUntil(Infinity);
    const { after, reason } = await aws.run(outcomeEvent({}, { TimeoutSeconds: '100' }));
    expectAnsweredAt(100 * SECOND, after);
    expect(polls.at(-1)).toBe(T0 + after);
    expect(reason).toMatch(/the time is up and the job has not ended; status IN_PROGRESS, .*can't be cancelled and goes on at HealthLake, but a roll-back of this creation removes the data access role/);
  });
});

describe('a job that was judged before', () => {
  const again = (changes: object) => outcomeEvent({ ...UPDATE, PhysicalResourceId: JUDGED_ID }, changes);

  test('is described again after a failed DescribeFHIRImportJob call, to get the output location', async () => {
    const denied = sdkError('AccessDeniedException', 'not authorized');
    aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => {
      if (Date.now() < T0 + MINUTE) {
        throw denied;
      }
      return { ImportJobProperties: { ...COMPLETED, JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://as-described/', KmsKeyId: 'k' } } } };
    });
    expect(await aws.run(again({}))).toEqual({ after: 75 * SECOND, physicalId: JUDGED_ID, data: { ...ATTRIBUTES, OutputLocation: 's3://as-described/' } });

    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(denied);
    expect(await aws.run(again({}))).toMatchObject({ physicalId: JUDGED_ID, data: ATTRIBUTES });
  });

  test('keeps the status and the counts of the physical id in a roll-back', async () => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    described(() => COMPLETED);
    expect(await aws.run(again({}))).toEqual({ after: 0, physicalId: JUDGED_ID, data: ATTRIBUTES });
  });

  test.each([
    ['another job', `${DATASTORE}/00000000000000000000000000000000/COMPLETED/10/10/0`],
    ['another data store', `00000000000000000000000000000000/${JOB_ID}/COMPLETED/10/10/0`],
    ['a job that wasn\'t judged', PENDING_ID],
    ['no job', 'Import-ImportOutcome-1ABC'],
  ])('is judged again if the physical id names %s', async (_what, PhysicalResourceId) => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    described(() => ({ JobStatus: 'FAILED' }));
    expect((await aws.run(outcomeEvent({ ...UPDATE, PhysicalResourceId }))).reason).toMatch(/the job ended with FAILED/);
  });
});

describe('Outcome, in a roll-back,', () => {
  beforeEach(() => aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS'));

  test.each([{ JobId: 'UNKNOWN' }, { ContractVersion: '99' }])('succeeds without calling HealthLake if the properties contain %j', async (changes) => {
    expect(await aws.run(outcomeEvent(UPDATE, changes))).toMatchObject({ after: 0, physicalId: PENDING_ID, data: { JobStatus: 'UNKNOWN', ...UNKNOWN_COUNTS } });
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([]);
  });

  test('succeeds if its job succeeds, even if DescribeStacks is refused', async () => {
    aws.cloudformation.on(DescribeStacksCommand).rejects(sdkError('AccessDenied', 'no', 403));
    runsUntil(T0 + 2 * MINUTE);
    expect(await aws.run(outcomeEvent(UPDATE))).toMatchObject({ physicalId: JUDGED_ID, data: ATTRIBUTES });
  });

  test('fails in a creation whose job fails, without a DescribeStacks call', async () => {
    aws.stackIs('ROLLBACK_IN_PROGRESS');
    described(() => ({ JobStatus: 'FAILED' }));
    expect((await aws.run(outcomeEvent())).reason).toMatch(/the job ended with FAILED/);
    expect(aws.sent('DescribeStacks')).toEqual([]);
  });
});

describe('a job that can\'t be judged', () => {
  test.each([
    ['an unknown job', { JobId: 'UNKNOWN' }, /^FHIR import job UNKNOWN: the job of this data set is not known, .*change errorTolerance or outputPrefix/],
    ['a declared data set of another version', { JobId: 'ALREADY_IMPORTED', ContractVersion: '99' }, /contract version "99" and this provider reads up to "3"/],
    ['properties of another version', { ContractVersion: '99' }, /contract version "99" and this provider reads up to "3"; deploy the stack of the provider/],
  ])('fails the deployment without a call to HealthLake in the case "%s"', async (_what, changes, expected) => {
    aws.stackIs('UPDATE_IN_PROGRESS');
    expect(await aws.run(outcomeEvent(UPDATE, changes))).toEqual({ after: 0, reason: expect.stringMatching(expected) });
    expect(await aws.run(outcomeEvent({}, changes))).toEqual({ after: 0, reason: expect.stringMatching(expected) });
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([]);
  });
});

test('Outcome logs how long a job has been waiting in the queue', async () => {
  described((now) => ({ JobStatus: now < T0 + 3 * MINUTE ? 'QUEUED' : 'IN_PROGRESS', SubmitTime: new Date(T0 - MINUTE) }));
  await aws.run(outcomeEvent({}, { TimeoutSeconds: '240' }));
  const lines = aws.lines.map((line) => JSON.parse(line) as { message: string; status: string; secondsQueued?: number });
  const queued = lines.filter(({ status }) => status === 'QUEUED');
  expect(queued.length).toBeGreaterThan(1);
  expect(queued.map(({ message }) => message)).toEqual(queued.map(() => 'waiting in the queue of HealthLake'));
  const secondsAt = (at: number) => Math.round((at - T0 + MINUTE) / SECOND);
  expect(queued.map(({ secondsQueued }) => secondsQueued)).toEqual(polls.slice(0, queued.length).map(secondsAt));
  const running = lines.filter(({ status }) => status === 'IN_PROGRESS');
  expect(running.map(({ message, secondsQueued }) => [message, secondsQueued])).toEqual(running.map(() => ['import progress', undefined]));
});
