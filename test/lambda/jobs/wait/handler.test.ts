import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { onEvent } from '../../../../lambda';
import {
  Aws, DATASTORE, expectAnsweredAt, importJob, JOB_ID, MINUTE, outcomeEvent, PATIENT, report, sdkError, SECOND, T0, WAIT, waitEvent,
} from '../../harness';
import { pollsAt } from '../simulation';

let aws: Aws;
let polls: number[];

beforeEach(() => {
  aws = new Aws();
  polls = [];
});
afterEach(() => aws.close());

const ID = `${DATASTORE}/${JOB_ID}`;
const LATER = { LegsBefore: '3' };
const UPDATE = { RequestType: 'Update', PhysicalResourceId: ID, OldResourceProperties: WAIT } as const;
const HOURS_LONG: ImportJob['JobProgressReport'] = report(5_000_000, 4_000_000, 2);

function runsUntil(endsAt: number, end: Partial<ImportJob> = { JobStatus: 'COMPLETED', JobProgressReport: report(10, 10, 0) }): void {
  aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => {
    polls.push(Date.now());
    return { ImportJobProperties: importJob(Date.now() >= endsAt ? end : { JobStatus: 'IN_PROGRESS', JobProgressReport: HOURS_LONG }) };
  });
}

/** Returns the lines of the log without the metrics. */
const lines = () => aws.lines.filter((line) => !line.includes('_aws')).map((line) => JSON.parse(line) as Record<string, unknown>);
const metrics = () => aws.lines.filter((line) => line.includes('_aws')).map((line) => Object.keys(JSON.parse(line) as object).slice(3));

describe('onEvent', () => {
  test('makes no calls and sets the deadline of Wait', async () => {
    expect(await onEvent(waitEvent({}, { TimeoutSeconds: '2941' }))).toEqual({
      PhysicalResourceId: ID, WaiterId: expect.any(String), RequestedAt: T0, DeliveredAt: T0, Deadline: T0 + 2941 * SECOND,
    });
    expect(aws.callCount).toBe(0);
  });

  test('keeps the old physical id, because only isComplete replaces it', async () => {
    expect(await onEvent(waitEvent({ ...UPDATE, PhysicalResourceId: `${DATASTORE}/old` }))).toMatchObject({ PhysicalResourceId: `${DATASTORE}/old` });
  });
});

describe('polls', () => {
  test.each([
    ['the first Wait resource', {}, 181],
    ['a later Wait resource', LATER, 120],
  ])('%s with the properties %j makes %i polls if the job runs longer than Wait can wait', async (_what, properties, calls) => {
    runsUntil(Infinity);
    const { after } = await aws.run(waitEvent({}, properties));
    expectAnsweredAt(50 * MINUTE, after);
    expect(polls).toHaveLength(calls);
    expect(polls.at(-1)).toBeLessThan(T0 + 50 * MINUTE); // the next resource polls the job instead
  });

  test.each([0, MINUTE, 17 * MINUTE])('of Wait happen at the times that the simulation predicts for a job of %i ms', async (duration) => {
    for (const [properties, isContinued] of [[{}, false], [LATER, true]] as const) {
      const requestedAt = Date.now();
      polls = [];
      runsUntil(requestedAt + duration);
      await aws.run(waitEvent({}, properties));
      expect(polls).toEqual(pollsAt({ jobId: JOB_ID, requestedAt, startsAt: requestedAt, endsAt: requestedAt + duration, isContinued }));
    }
  });

  test('begin at once in a later Wait resource and in Outcome after a Wait resource', async () => {
    for (const event of [waitEvent({}, LATER), outcomeEvent({}, LATER)]) {
      const requestedAt = Date.now();
      polls = [];
      runsUntil(requestedAt + 5 * MINUTE);
      await aws.run(event);
      expect(polls[0]).toBe(requestedAt);
      const pauses = polls.slice(2).map((poll, n) => poll - polls[n + 1]);
      expect(pauses.length).toBeGreaterThan(5);
      expect(pauses.filter((pause) => pause !== 25 * SECOND)).toEqual([]);
    }
  });

  test('begin after a delay in the first Wait resource, and in Outcome without Wait resources', async () => {
    for (const event of [waitEvent(), outcomeEvent()]) {
      const requestedAt = Date.now();
      polls = [];
      runsUntil(requestedAt);
      await aws.run(event);
      expect(polls[0]).toBeGreaterThan(requestedAt + SECOND);
    }
  });

  test('continue after the polling interval if the first poll is throttled', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => {
      polls.push(Date.now());
      if (polls.length === 1) {
        throw sdkError('ThrottlingException', 'Rate exceeded');
      }
      return { ImportJobProperties: importJob({ JobStatus: 'COMPLETED' }) };
    });
    const { after } = await aws.run(waitEvent({}, LATER));
    expect(polls).toHaveLength(2);
    expect(after).toBeLessThanOrEqual(150 * SECOND);
  });

  test('Wait calls DescribeStacks once in an update, before the first poll, and never in a creation', async () => {
    runsUntil(T0 + 20 * MINUTE);
    await aws.run(waitEvent());
    expect(aws.sent('DescribeStacks')).toEqual([]);
    aws.stackIs('UPDATE_IN_PROGRESS');
    await aws.run(waitEvent(UPDATE, LATER));
    expect(aws.sent('DescribeStacks')).toHaveLength(1); // the call before the first poll
  });
});

describe('the log', () => {
  test('has a line for each poll with the remaining time of Wait, and metrics while the job runs', async () => {
    runsUntil(T0 + MINUTE);
    await aws.run(waitEvent());
    expect(lines()).toHaveLength(polls.length);
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
      secondsLeftOfLeg: Math.round((T0 + 50 * MINUTE - polls[0]) / SECOND),
      decision: 'wait',
    });
    expect(lines().at(-1)).toMatchObject({ status: 'COMPLETED', decision: 'hand on', why: 'the job has ended' });
    expect(metrics()).toEqual(Array(polls.length - 1).fill(['ResourcesScannedSoFar', 'ResourcesImportedSoFar', 'ResourcesFailedSoFar']));
  });

  test.each(['SUBMITTED', 'QUEUED'] as const)('shows how long a %s job has been waiting in the queue', async (JobStatus) => {
    const job = importJob({ JobStatus, SubmitTime: new Date(T0 - MINUTE) });
    aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => ({ ImportJobProperties: job }));
    await aws.run(waitEvent({}, LATER));
    expect(lines()[0]).toMatchObject({ message: 'waiting in the queue of HealthLake', secondsQueued: 60 });
  });

  test('shows why Wait could not describe the job, without possible patient data', async () => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(sdkError('AccessDeniedException', `not for s3://clinic-data/${PATIENT}.ndjson`));
    await aws.run(waitEvent());
    expect(lines().at(-1)).toMatchObject({ decision: 'hand on', why: 'could not describe the job: AccessDeniedException (full text: CloudTrail): not for ***' });
  });

  test('shows that Wait handed the job on to the next resource because of a roll-back', async () => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    await aws.run(waitEvent(UPDATE));
    expect(lines()).toEqual([expect.objectContaining({ status: 'UNKNOWN', decision: 'hand on', why: 'the stack is rolled back' })]);
  });
});

describe('a roll-back', () => {
  test('ends the wait as soon as DescribeStacks shows the roll-back', async () => {
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

  test('Wait waits until its deadline if a later deployment has begun instead of a roll-back', async () => {
    aws.stackIs('UPDATE_IN_PROGRESS', T0 + MINUTE);
    runsUntil(Infinity);
    expectAnsweredAt(50 * MINUTE, (await aws.run(waitEvent(UPDATE))).after);
  });
});
