import type { EventTimes, OnEventRequest } from './framework';
import { SETTLING_MS } from '../aws/errors';

/** The assumed maximum difference between the clock of the function and the clocks of AWS services. */
export const CLOCK_SKEW_MS = 5_000;

/**
 * A call of `isComplete` within this time after Lambda delivered the CloudFormation event counts as the first call. The time allows for cold starts, and is
 * shorter than the framework's query interval, so that the second call doesn't count as the first.
 */
const FIRST_INVOCATION_WITHIN_MS = 20_000;

/** The times of a CloudFormation event, in milliseconds since the epoch. They are the same for every invocation that handles the event. */
export interface Times {
  /** The time at which CloudFormation sent the event. */
  readonly requestedAt: number;
  /** The time at which Lambda delivered the event. Calls that AWS refuses are retried for a period that begins at this time. */
  readonly deliveredAt: number;
  /** The time at which the handler stops waiting for this resource. */
  readonly deadline: number;
}

/** Returns the times of the CloudFormation event to which an `isComplete` request belongs. */
export function timesOf({ RequestedAt, DeliveredAt = RequestedAt, Deadline }: EventTimes): Times {
  return { requestedAt: RequestedAt, deliveredAt: DeliveredAt, deadline: Deadline };
}

/** Returns the times of a CloudFormation event that Lambda has just delivered. */
export function eventTimesOf(request: OnEventRequest, timeoutMs: number): EventTimes {
  const DeliveredAt = Date.now();
  const RequestedAt = requestedAtOf(request, DeliveredAt);
  return { RequestedAt, DeliveredAt, Deadline: RequestedAt + timeoutMs };
}

/** Returns whether this call of `isComplete` is the first one for its event. Some AWS calls are made only then. */
export function isFirstInvocation({ deliveredAt }: Pick<Times, 'deliveredAt'>, now = Date.now()): boolean {
  return now < deliveredAt + FIRST_INVOCATION_WITHIN_MS;
}

/** Returns the time until which calls that AWS refuses are retried, in milliseconds since the epoch. A new role or policy may need this long to take effect. */
export function settledBy({ deliveredAt }: Pick<Times, 'deliveredAt'>): number {
  return deliveredAt + SETTLING_MS;
}

/**
 * Returns the time at which CloudFormation sent an event, in milliseconds since the epoch. Lambda can deliver an event late, even during another deployment.
 * The event has no time stamp, so this function reads the time at which the response URL was signed. Returns the time of delivery if the URL is not signed.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function requestedAtOf({ ResponseURL }: { readonly ResponseURL?: string }, deliveredAt: number): number {
  const [, year, month, day, hour, minute, second] = /[?&]X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:&|$)/.exec(ResponseURL ?? '') ?? [];
  const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return signedAt < deliveredAt ? signedAt : deliveredAt;
}
