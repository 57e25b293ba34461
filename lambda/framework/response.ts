import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OnEventRequest } from './framework';
import { ask, errorCodeOf } from '../aws/errors';
import { BUDGETS } from '../budgets';

/**
 * An event that CloudFormation sends directly to the function of a custom resource, without the provider framework.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requests.html
 */
export interface CustomResourceEvent extends OnEventRequest {
  readonly RequestId: string;
  readonly ResponseURL: string;
}

/**
 * Sends the response for an event to CloudFormation. Throws if CloudFormation doesn't accept it, so that Lambda delivers the event again.
 *
 * @param reason the reason of the failure. Undefined if the change succeeded.
 */
export async function respond({ ResponseURL, StackId, RequestId, LogicalResourceId }: CustomResourceEvent, PhysicalResourceId: string,
  reason?: string): Promise<void> {
  const Status = reason === undefined ? 'SUCCESS' : 'FAILED';
  const body = JSON.stringify({ Status, Reason: reason, StackId, RequestId, LogicalResourceId, PhysicalResourceId });
  const { attempts, firstPauseMs } = BUDGETS.response;
  for (let attempt = 1; ; attempt += 1) {
    const sent = await ask(() => put(ResponseURL, body));
    if ('value' in sent && sent.value === 200) {
      return;
    }
    if (attempt === attempts) {
      // The message has only the code, because the texts of other errors can contain the URL.
      throw new Error(`CloudFormation accepted no response: ${'value' in sent ? `HTTP status ${sent.value}` : errorCodeOf(sent.error)}`);
    }
    await sleep(firstPauseMs * 2 ** (attempt - 1));
  }
}

/** Returns the HTTP status of a PUT request. */
async function put(url: string, body: string): Promise<number | undefined> {
  const sent = request(url, {
    method: 'PUT',
    headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) }, // the signature of the URL includes the empty content type
    signal: AbortSignal.timeout(BUDGETS.response.attemptMs),
  }).end(body);
  const [response] = await once(sent, 'response') as [IncomingMessage];
  await once(response.resume(), 'end');
  return response.statusCode;
}
