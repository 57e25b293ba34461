import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Uint8ArrayBlobAdapter } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { askForReport } from '../../../lambda/jobs/report-call';
import type { ReportAnswer, ReportRequest } from '../../../lambda/report/types';
import { DATASTORE, JOB_ID, NO_ANSWER, sdkError, SECOND, useFakeSleep } from '../harness';

const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:report';
const REQUEST: ReportRequest = {
  ReportRoleArn: 'arn:aws:iam::123456789012:role/report',
  DatastoreId: DATASTORE,
  JobId: JOB_ID,
  OutputLocation: `s3://clinic-results/${DATASTORE}-FHIR_IMPORT-${JOB_ID}/`,
  InputS3Uri: 's3://clinic-data/',
};
const ANSWER = { kind: 'no-manifest', why: 'there is no manifest' } as const;

const lambda = mockClient(LambdaClient);
let budget: AbortController;

beforeEach(() => {
  jest.useFakeTimers();
  useFakeSleep();
  lambda.reset();
  budget = new AbortController();
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** Returns the response of Lambda to an accepted invocation. */
function answers(payload: string, FunctionError?: string) {
  return { StatusCode: 200, FunctionError, Payload: Uint8ArrayBlobAdapter.fromString(payload) };
}

const answer = () => answers(JSON.stringify(ANSWER));

/** Calls `askForReport`. Returns its result, the number of invocations, and the duration in seconds. */
async function ask(): Promise<{ result: ReportAnswer; invocations: number; seconds: number }> {
  const began = Date.now();
  let settled = false;
  const asked = askForReport(new LambdaClient({ region: 'eu-west-1' }), FUNCTION, REQUEST, budget.signal).finally(() => {
    settled = true;
  });
  while (!settled) {
    await jest.advanceTimersToNextTimerAsync();
  }
  return { result: await asked, invocations: lambda.commandCalls(InvokeCommand).length, seconds: (Date.now() - began) / SECOND };
}

test.each([
  ['is not ready after weeks without a call', sdkError('ResourceConflictException', 'The function is currently in the following state: Pending', 409)],
  ['has too many invocations', sdkError('TooManyRequestsException', 'Rate exceeded', 429)],
  ['is not available', sdkError('ServiceException', 'Service unavailable', 503)],
  ['has lost its network', sdkError('ResourceNotReadyException', 'The function is inactive', 502)],
])('a report function that %s is invoked again until Lambda accepts the call', async (_what, refusal) => {
  let refusals = 6;
  lambda.on(InvokeCommand).callsFake(() => {
    if (refusals-- > 0) {
      throw refusal;
    }
    return answer();
  });
  expect(await ask()).toEqual({ result: ANSWER, invocations: 7, seconds: 1 + 2 + 4 + 8 + 15 + 15 });
  const inputs = lambda.commandCalls(InvokeCommand).map(({ args: [{ input }] }) => JSON.stringify(input));
  expect(new Set(inputs).size).toBe(1);
});

test('askForReport returns the refusal as the reason if Lambda refuses every invocation until the time budget ends', async () => {
  lambda.on(InvokeCommand).rejects(sdkError('ResourceConflictException', 'Pending', 409));
  setTimeout(() => budget.abort(), 100 * SECOND);
  const { result, invocations, seconds } = await ask();
  expect(result).toEqual({ kind: 'unreadable', why: 'the report function could not be asked: ResourceConflictException: Pending' });
  expect([invocations, seconds]).toEqual([10, 100]);
});

test.each([
  ['denied', sdkError('AccessDeniedException', 'not authorized to perform: lambda:InvokeFunction', 403)],
  ['not found', sdkError('ResourceNotFoundException', 'Function not found', 404)],
  ['invalid', sdkError('InvalidRequestContentException', 'Could not parse request body', 400)],
])('a report function is not invoked again if its invocation is %s', async (_what, refusal) => {
  lambda.on(InvokeCommand).rejects(refusal);
  const { result, invocations } = await ask();
  expect(result).toEqual({ kind: 'unreadable', why: `the report function could not be asked: ${refusal.name}: ${refusal.message}` });
  expect(invocations).toBe(1);
});

test.each([
  ['throws', '{"errorType":"Runtime.OutOfMemory","errorMessage":"any"}', 'Runtime.OutOfMemory'],
  ['ends without the type of its error', '{"errorMessage":"2026-01-01T00:00:00.000Z Task timed out after 180.00 seconds"}', 'Unhandled'],
])('a report function that ran and %s is not invoked again', async (_what, payload, why) => {
  lambda.on(InvokeCommand).resolves(answers(payload, 'Unhandled'));
  expect(await ask()).toEqual({ result: { kind: 'unreadable', why: `the report function failed: ${why}` }, invocations: 1, seconds: 0 });
});

test('a report function is not invoked again if its answer is not JSON', async () => {
  lambda.on(InvokeCommand).resolves({ StatusCode: 200 });
  const { result, invocations } = await ask();
  expect(result).toMatchObject({ kind: 'unreadable', why: expect.stringMatching(/^the report function could not be asked: SyntaxError/) });
  expect(invocations).toBe(1);
});

describe('a report function whose answer is lost', () => {
  test('is invoked once more', async () => {
    lambda.on(InvokeCommand).rejectsOnce(NO_ANSWER).resolves(answer());
    expect(await ask()).toMatchObject({ result: ANSWER, invocations: 2 });
  });

  test('is invoked at most twice, because both invocations may still be running', async () => {
    lambda.on(InvokeCommand).rejects(NO_ANSWER);
    expect(await ask()).toMatchObject({ result: { kind: 'unreadable', why: expect.stringContaining('socket hang up') }, invocations: 2 });
  });

  test('is not invoked again after the time budget has ended', async () => {
    lambda.on(InvokeCommand).callsFake(() => {
      budget.abort();
      throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    });
    expect(await ask()).toMatchObject({ result: { kind: 'unreadable' }, invocations: 1, seconds: 0 });
  });
});
