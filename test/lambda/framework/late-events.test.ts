import { DescribeFHIRDatastoreCommand, DescribeFHIRImportJobCommand, ListFHIRImportJobsCommand, StartFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import {
  Aws, DATASTORE, importJob, JOB, JOB_ID, jobEvent, MINUTE, OUTCOME, outcomeEvent, SECOND, sdkError, T0, WAIT, waitEvent,
} from '../harness';

/** The longest observed delay between the signature and the delivery of an event. */
const LATE = 119 * SECOND;

const DENIED = sdkError('AccessDeniedException', 'not authorized');
const THROTTLED = sdkError('ThrottlingException', 'Rate exceeded');

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

/** Returns an event that is delivered this long after its signature. */
function signed(before: number): { readonly ResponseURL: string } {
  const date = new Date(T0 - before).toISOString().replace(/[-:]|\.\d+/g, '');
  return { ResponseURL: `https://x.s3.amazonaws.com/y?X-Amz-Date=${date}&X-Amz-Expires=7200` };
}

function runs(): void {
  aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: importJob({ JobStatus: 'IN_PROGRESS' }) });
}

/** Calls `isComplete` for the first time, this long after `onEvent`. */
async function askAfter(event: Parameters<Aws['begin']>[0], delay: number) {
  const waiting = await aws.begin(event);
  await jest.advanceTimersByTimeAsync(delay);
  return { waiting, ...await aws.ask(waiting) };
}

describe.each([['at once', 0], ['after a cold start', 15 * SECOND]])('an event that is delivered 119 s late, and polled %s,', (_when, delay) => {
  test('answers a roll-back of the outcome without waiting for the job', async () => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    runs();
    const update = outcomeEvent({ RequestType: 'Update', PhysicalResourceId: `${DATASTORE}/new`, OldResourceProperties: OUTCOME, ...signed(LATE) });
    expect(await askAfter(update, delay)).toMatchObject({ answer: { IsComplete: true } });
    expect(Date.now()).toBe(T0 + delay);
  });

  test('answers a roll-back of a leg without waiting for the job', async () => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    runs();
    const update = waitEvent({ RequestType: 'Update', PhysicalResourceId: `${DATASTORE}/new`, OldResourceProperties: WAIT, ...signed(LATE) });
    expect(await askAfter(update, delay)).toMatchObject({ answer: { IsComplete: true } });
    expect(Date.now()).toBe(T0 + delay);
  });

  test.each([['leg', waitEvent], ['outcome', outcomeEvent]] as const)('polls at once in a later %s', async (_what, event) => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: importJob({ JobStatus: 'COMPLETED' }) });
    expect(await askAfter(event({ ...signed(LATE) }, { LegsBefore: '1' }), delay)).toMatchObject({ answer: { IsComplete: true } });
    expect(Date.now()).toBe(T0 + delay);
  });
});

test('a waiter of an earlier handler version uses the time of the signature', async () => {
  aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
  runs();
  const { DeliveredAt: _, ...old } = await aws.begin(outcomeEvent({ RequestType: 'Update', PhysicalResourceId: `${DATASTORE}/new`, OldResourceProperties: OUTCOME }));
  expect(await aws.ask(old)).toMatchObject({ answer: { IsComplete: true } });
  expect(Date.now()).toBe(T0);
});

describe('an event that is delivered 4 minutes late', () => {
  const late = signed(4 * MINUTE);
  const failFor = (minutes: number, error: Error) => () => {
    if (Date.now() < T0 + minutes * MINUTE) {
      throw error;
    }
    return {};
  };

  beforeEach(() => {
    aws.healthlake.on(DescribeFHIRDatastoreCommand).callsFake(() => ({ DatastoreProperties: { DatastoreStatus: 'ACTIVE' } }));
    aws.healthlake.on(ListFHIRImportJobsCommand).resolves({});
    aws.healthlake.on(StartFHIRImportJobCommand).resolves({ JobId: JOB_ID });
  });

  test('retries a refusal for 5 minutes from its delivery', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(failFor(4, DENIED));
    expect(await aws.run(jobEvent(late))).toMatchObject({ data: { JobId: JOB_ID } });
    aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => ({ ...failFor(4, DENIED)(), ImportJobProperties: importJob({ JobStatus: 'COMPLETED' }) }));
    jest.setSystemTime(T0);
    expect(await aws.run(outcomeEvent(late))).toMatchObject({ data: { JobStatus: 'COMPLETED' } });
  });

  test('fails after 5 minutes from its delivery if the refusal lasts', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(DENIED);
    expect((await aws.run(jobEvent(late))).reason).toContain('could not list the import jobs');
    expect(Date.now()).toBe(T0 + 5 * MINUTE);
  });

  test('waits 5 minutes from its delivery for the ledger of a roll-back, and before a leg hands on', async () => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(THROTTLED);
    const back = jobEvent({ RequestType: 'Update', PhysicalResourceId: 'Import-Job-1', OldResourceProperties: { ...JOB, Revision: '2' }, ...late });
    expect(await aws.run(back)).toMatchObject({ data: { JobId: 'UNKNOWN' } });
    expect(Date.now()).toBe(T0 + 5 * MINUTE);

    jest.setSystemTime(T0);
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(DENIED);
    await aws.run(waitEvent(late));
    expect(Date.now()).toBeGreaterThanOrEqual(T0 + 5 * MINUTE);
    expect(Date.now()).toBeLessThan(T0 + 7 * MINUTE);
  });

  test('still ends before CloudFormation times out', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(THROTTLED);
    expect((await aws.run(jobEvent(late))).reason).toContain('no import job was accepted within 15 minutes');
    expect(Date.now()).toBe(T0 + 11 * MINUTE);
  });
});
