import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { onEvent } from '../../../../lambda';
import {
  Aws, DATASTORE, importJob, JOB_ID, MINUTE, outcomeEvent, PATIENT, report, sdkError, SECOND, T0, WAIT, waitEvent,
} from '../../harness';
import { pollsAt } from '../simulation';

let aws: Aws;
let looks: number[];

beforeEach(() => {
  aws = new Aws();
  looks = [];
});
afterEach(() => aws.close());

const ID = `${DATASTORE}/${JOB_ID}`;
const LATER = { LegsBefore: '3' };
const UPDATE = { RequestType: 'Update', PhysicalResourceId: ID, OldResourceProperties: WAIT } as const;
const HOURS_LONG: ImportJob['JobProgressReport'] = report(5_000_000, 4_000_000, 2);

function runsUntil(endsAt: number, end: Partial<ImportJob> = { JobStatus: 'COMPLETED', JobProgressReport: report(10, 10, 0) }): void {
  aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => {
    looks.push(Date.now());
    return { ImportJobProperties: importJob(Date.now() >= endsAt ? end : { JobStatus: 'IN_PROGRESS', JobProgressReport: HOURS_LONG }) };
  });
}

/** What was logged, without the metrics. */
const lines = () => aws.lines.filter((line) => !line.includes('_aws')).map((line) => JSON.parse(line) as Record<string, unknown>);
const metrics = () => aws.lines.filter((line) => line.includes('_aws')).map((line) => Object.keys(JSON.parse(line) as object).slice(3));

describe('onEvent', () => {
  test('asks nobody and sets the deadline of the leg', async () => {
    expect(await onEvent(waitEvent({}, { TimeoutSeconds: '2941' }))).toEqual({ PhysicalResourceId: ID, RequestedAt: T0, DeliveredAt: T0, Deadline: T0 + 2941 * SECOND });
    expect(aws.callCount).toBe(0);
  });

  test('keeps the id that CloudFormation knows until the leg is complete', async () => {
    expect(await onEvent(waitEvent({ ...UPDATE, PhysicalResourceId: `${DATASTORE}/old` }))).toMatchObject({ PhysicalResourceId: `${DATASTORE}/old` });
  });
});

describe('looks', () => {
  test.each([['the first leg', {}, 176], ['a later leg', LATER, 101]])('of %s at a job that runs on: %j takes %i', async (_what, properties, calls) => {
    runsUntil(Infinity);
    expect((await aws.run(waitEvent({}, properties))).after).toBe(50 * MINUTE);
    expect(looks).toHaveLength(calls);
    expect(looks.at(-1)).toBe(T0 + 50 * MINUTE);
  });

  test.each([0, MINUTE, 17 * MINUTE])('of legs lie where they are simulated, with a job of %i ms', async (duration) => {
    for (const [properties, isContinued] of [[{}, false], [LATER, true]] as const) {
      const requestedAt = Date.now();
      looks = [];
      runsUntil(requestedAt + duration);
      await aws.run(waitEvent({}, properties));
      expect(looks).toEqual(pollsAt({ jobId: JOB_ID, requestedAt, startsAt: requestedAt, endsAt: requestedAt + duration, isContinued }, Infinity));
    }
  });

  test('a later leg, and an outcome after legs, look at once, and then as the others do', async () => {
    for (const event of [waitEvent({}, LATER), outcomeEvent({}, LATER)]) {
      const requestedAt = Date.now();
      looks = [];
      runsUntil(requestedAt + 5 * MINUTE);
      await aws.run(event);
      expect(looks[0]).toBe(requestedAt);
      const pauses = looks.slice(2).map((look, n) => look - looks[n + 1]);
      expect(pauses.length).toBeGreaterThan(5);
      expect(pauses.filter((pause) => pause < 30 * SECOND || pause > MINUTE)).toEqual([]);
    }
  });

  test('the first leg, and an outcome without legs, wait for their place on the grid', async () => {
    for (const event of [waitEvent(), outcomeEvent()]) {
      const requestedAt = Date.now();
      looks = [];
      runsUntil(requestedAt);
      await aws.run(event);
      expect(looks[0]).toBeGreaterThan(requestedAt + SECOND);
    }
  });

  test('a first look that is throttled is made up for on the grid', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => {
      looks.push(Date.now());
      if (looks.length === 1) {
        throw sdkError('ThrottlingException', 'Rate exceeded');
      }
      return { ImportJobProperties: importJob({ JobStatus: 'COMPLETED' }) };
    });
    const { after } = await aws.run(waitEvent({}, LATER));
    expect(looks).toHaveLength(2);
    expect(after).toBeLessThanOrEqual(MINUTE);
  });

  test('nobody asks CloudFormation for the direction of a creation, nor for that of a job that has ended', async () => {
    runsUntil(T0 + 20 * MINUTE);
    await aws.run(waitEvent());
    expect(aws.sent('DescribeStacks')).toEqual([]);
    aws.stackIs('UPDATE_IN_PROGRESS');
    await aws.run(waitEvent(UPDATE, LATER));
    expect(aws.sent('DescribeStacks')).toHaveLength(1); // before the first look
  });
});

describe('the log', () => {
  test('has a line for each look, with what is left of the leg, and metrics while the job runs', async () => {
    runsUntil(T0 + MINUTE);
    await aws.run(waitEvent());
    expect(lines()).toHaveLength(looks.length);
    expect(lines()[0]).toEqual({
      message: 'import progress',
      construct: 'ImportWait1',
      datastoreId: DATASTORE,
      jobId: JOB_ID,
      status: 'IN_PROGRESS',
      filesScanned: 3,
      filesImported: 3,
      resourcesScanned: 5_000_000,
      resourcesImported: 4_000_000,
      resourcesFailed: 1_000_000,
      secondsLeftOfLeg: Math.round((T0 + 50 * MINUTE - looks[0]) / SECOND),
      decision: 'wait',
    });
    expect(lines().at(-1)).toMatchObject({ status: 'COMPLETED', decision: 'hand on', why: 'the job has ended' });
    expect(metrics()).toEqual(Array(looks.length - 1).fill(['ResourcesScannedSoFar', 'ResourcesImportedSoFar', 'ResourcesFailedSoFar']));
  });

  test.each(['SUBMITTED', 'QUEUED'] as const)('says how long a %s job has been waiting in the queue', async (JobStatus) => {
    const job = importJob({ JobStatus, SubmitTime: new Date(T0 - MINUTE) });
    aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => ({ ImportJobProperties: job }));
    await aws.run(waitEvent({}, LATER));
    expect(lines()[0]).toMatchObject({ message: 'waiting in the queue of HealthLake', secondsQueued: 60 });
  });

  test('says why a leg could not describe the job, without possible patient data', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(sdkError('AccessDeniedException', `not for s3://clinic-data/${PATIENT}.ndjson`));
    await aws.run(waitEvent());
    expect(lines().at(-1)).toMatchObject({ decision: 'hand on', why: 'could not describe the job: AccessDeniedException (full text: CloudTrail): not for ***' });
  });

  test('says that a roll-back was not waited for', async () => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    await aws.run(waitEvent(UPDATE));
    expect(lines()).toEqual([expect.objectContaining({ status: 'UNKNOWN', decision: 'hand on', why: 'the stack is rolled back' })]);
  });
});

describe('a roll-back', () => {
  test('that CloudFormation could not be asked for at first hands on when it is known', async () => {
    aws.cloudformation.on(DescribeStacksCommand).callsFake(() => {
      if (Date.now() < T0 + 3 * MINUTE) {
        throw sdkError('Throttling', 'Rate exceeded');
      }
      return { Stacks: [{ StackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS' }] };
    });
    runsUntil(Infinity);
    const { after, physicalId } = await aws.run(waitEvent(UPDATE));
    expect(physicalId).toBe(ID);
    expect(after).toBeGreaterThanOrEqual(3 * MINUTE);
    expect(after).toBeLessThanOrEqual(4 * MINUTE);
  });

  test('into another deployment: the leg of the old one waits until its own time is up, and nobody listens', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS', T0 + MINUTE);
    runsUntil(Infinity);
    expect((await aws.run(waitEvent(UPDATE))).after).toBe(50 * MINUTE);
  });
});
