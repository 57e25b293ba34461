import { DescribeFHIRImportJobCommand, ListFHIRImportJobsCommand } from '@aws-sdk/client-healthlake';
import {
  Aws, DATASTORE, expectAnsweredAt, importJob, JOB, JOB_ID, jobEvent, MINUTE, OUTCOME, outcomeEvent, sdkError, SECOND, T0, WAIT, waitEvent,
} from '../harness';

/** The longest observed delay between the signature of a CloudFormation event and its delivery. */
const LATE = 119 * SECOND;

const DENIED = sdkError('AccessDeniedException', 'not authorized');
const THROTTLED = sdkError('ThrottlingException', 'Rate exceeded');

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

/** Returns the response URL of an event that CloudFormation signed this many milliseconds before the delivery. */
function signed(before: number): { readonly ResponseURL: string } {
  const date = new Date(T0 - before).toISOString().replace(/[-:]|\.\d+/g, '');
  return { ResponseURL: `https://x.s3.amazonaws.com/y?X-Amz-Date=${date}&X-Amz-Expires=7200` };
}

function runs(): void {
  aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: importJob({ JobStatus: 'IN_PROGRESS' }) });
}

/** Calls `onEvent`, waits for `delay` milliseconds, and calls `isComplete` once. */
async function askAfter(event: Parameters<Aws['begin']>[0], delay: number) {
  const waiting = await aws.begin(event);
  await jest.advanceTimersByTimeAsync(delay);
  return { waiting, ...await aws.ask(waiting) };
}

describe.each([
  ['at once', 0], ['after a cold start', 15 * SECOND],
])('isComplete, called %s for a CloudFormation event that is delivered 119 s late,', (_when, delay) => {
  test.each([['Wait', waitEvent, WAIT], ['Outcome', outcomeEvent, OUTCOME]] as const)('completes %s in a roll-back without waiting for the job', async (_what, event, old) => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    runs();
    const update = event({ RequestType: 'Update', PhysicalResourceId: `${DATASTORE}/new`, OldResourceProperties: old, ...signed(LATE) });
    expect(await askAfter(update, delay)).toMatchObject({ answer: { IsComplete: true } });
    expect(Date.now()).toBe(T0 + delay);
  });

  test.each([['Wait', waitEvent], ['Outcome', outcomeEvent]] as const)('polls at once for %s after an earlier Wait resource', async (_what, event) => {
    aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: importJob({ JobStatus: 'COMPLETED' }) });
    expect(await askAfter(event({ ...signed(LATE) }, { LegsBefore: '1' }), delay)).toMatchObject({ answer: { IsComplete: true } });
    expect(Date.now()).toBe(T0 + delay);
  });
});

test('isComplete uses the time of the signature if a request of an earlier handler version has no DeliveredAt', async () => {
  aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
  runs();
  const { DeliveredAt: _, ...old } = await aws.begin(outcomeEvent({ RequestType: 'Update', PhysicalResourceId: `${DATASTORE}/new`, OldResourceProperties: OUTCOME }));
  expect(await aws.ask(old)).toMatchObject({ answer: { IsComplete: true } });
  expect(Date.now()).toBe(T0);
});

describe('the handler, for a CloudFormation event that is delivered 4 minutes late,', () => {
  const late = signed(4 * MINUTE);
  const failFor = (minutes: number, error: Error) => () => {
    if (Date.now() < T0 + minutes * MINUTE) {
      throw error;
    }
    return {};
  };

  test('retries a refused call until 5 minutes after the delivery', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(failFor(4, DENIED));
    expect(await aws.run(jobEvent(late))).toMatchObject({ data: { JobId: JOB_ID } });
    aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => ({ ...failFor(4, DENIED)(), ImportJobProperties: importJob({ JobStatus: 'COMPLETED' }) }));
    jest.setSystemTime(T0);
    expect(await aws.run(outcomeEvent(late))).toMatchObject({ data: { JobStatus: 'COMPLETED' } });
  });

  test('fails 5 minutes after the delivery if a call is still refused', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(DENIED);
    expect((await aws.run(jobEvent(late))).reason).toContain('could not list the import jobs');
    expect(Date.now()).toBe(T0 + 5 * MINUTE);
  });

  test('retries ListFHIRImportJobs in a roll-back, and DescribeFHIRImportJob for Wait, until 5 minutes after the delivery', async () => {
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

  test('fails 15 minutes after the signature, before CloudFormation times out', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(THROTTLED);
    expect((await aws.run(jobEvent(late))).reason).toContain('no import job was accepted within 15 minutes');
    expectAnsweredAt(11 * MINUTE, Date.now() - T0);
  });
});
