import { respond } from '../../../lambda/framework/response';
import { REPLACEMENT_GUARD_RESOURCE_TYPE } from '../../../src/contract';
import { Aws, NO_ANSWER, SECOND, STACK, T0 } from '../harness';
import { mockResponses } from '../responses';

const EVENT = {
  RequestType: 'Update',
  RequestId: 'request-1',
  StackId: STACK,
  LogicalResourceId: 'Guard',
  ResourceType: REPLACEMENT_GUARD_RESOURCE_TYPE,
  ResourceProperties: {},
  ResponseURL: 'https://cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com/x?X-Amz-Signature=cafe',
} as const;

let aws: Aws;
beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

/** Sends a response. Returns the text of the error that it throws. */
async function send(reason?: string): Promise<string | undefined> {
  let settled = false;
  const sending = respond(EVENT, 'id', reason).then(() => undefined, String).finally(() => {
    settled = true;
  });
  while (!settled) {
    await jest.advanceTimersToNextTimerAsync();
  }
  return sending;
}

test.each([[undefined, 'SUCCESS'], ['it was refused', 'FAILED']])('puts the response with the reason %s', async (reason, Status) => {
  const sent = mockResponses();
  expect(await send(reason)).toBeUndefined();
  expect(sent).toEqual([{
    url: EVENT.ResponseURL,
    options: { method: 'PUT', headers: { 'content-type': '', 'content-length': expect.any(Number) }, signal: expect.any(AbortSignal) },
    body: { Status, StackId: STACK, RequestId: 'request-1', LogicalResourceId: 'Guard', PhysicalResourceId: 'id', ...(reason && { Reason: reason }) },
  }]);
});

test('repeats a response that gets no answer or an error', async () => {
  const sent = mockResponses(NO_ANSWER, 503);
  expect(await send()).toBeUndefined();
  expect(sent).toHaveLength(3);
  expect(Date.now() - T0).toBe(3 * SECOND);
});

test.each([
  [503, 'HTTP status 503'], [NO_ANSWER, 'ECONNRESET'], [new TypeError(`Invalid URL: ${EVENT.ResponseURL}`), 'TypeError'],
])('throws an error without the URL after five attempts that end with %s', async (outcome, code) => {
  const sent = mockResponses(...Array<number | Error>(5).fill(outcome));
  expect(await send()).toBe(`Error: CloudFormation accepted no response: ${code}`);
  expect(sent).toHaveLength(5);
});
