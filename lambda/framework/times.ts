import { type Deadlines, deliveredAtOf, type OnEventRequest } from './framework';
import { SETTLING_TIME } from '../aws/errors';

/** The points in time of an event that may take so long, in milliseconds. */
export function deadlinesOf(request: OnEventRequest, timeout: number): Deadlines {
  const DeliveredAt = Date.now();
  const RequestedAt = requestedAtOf(request, DeliveredAt);
  return { RequestedAt, DeliveredAt, Deadline: RequestedAt + timeout };
}

/** Until when a refusal is retried because it may be transient, in milliseconds since the epoch. */
export function settledBy(times: Pick<Deadlines, 'RequestedAt' | 'DeliveredAt'>): number {
  return deliveredAtOf(times) + SETTLING_TIME;
}

/**
 * When CloudFormation asked, in milliseconds since the epoch. An event can be delivered late, in the middle of another deployment even; the one
 * time in it is that of the signature of the URL to answer to. Where the URL has none, it is the time of delivery.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function requestedAtOf({ ResponseURL }: { readonly ResponseURL?: string }, deliveredAt: number): number {
  const [, year, month, day, hour, minute, second] = /[?&]X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:&|$)/.exec(ResponseURL ?? '') ?? [];
  const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return signedAt < deliveredAt ? signedAt : deliveredAt;
}
