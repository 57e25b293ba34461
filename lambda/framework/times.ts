import type { EventTimes, OnEventRequest } from './framework';
import { SETTLING_MS } from '../aws/errors';

/** The maximum difference between the clock of the function and the clocks of AWS services. */
export const CLOCK_SKEW_MS = 5_000;

/**
 * The time after the delivery of an event in which a call of `isComplete` counts as the first. It covers cold starts of the waiter and of two functions. The
 * framework repeats a call after 10 seconds, so at most two calls are made in this time.
 */
const FIRST_INVOCATION_WITHIN_MS = 20_000;

/** The points in time of an event, in milliseconds since the epoch. They are the same for every invocation that handles the event. */
export interface Times {
  /** The time at which CloudFormation sent the event. */
  readonly requestedAt: number;
  /** The time at which Lambda delivered the event. Retry windows begin at this time. */
  readonly deliveredAt: number;
  /** The time at which the resource's own time-out ends. */
  readonly deadline: number;
}

/** Reads the points in time that `eventTimesOf()` put into the answer of `onEvent`. */
export function timesOf({ RequestedAt, DeliveredAt = RequestedAt, Deadline }: EventTimes): Times {
  return { requestedAt: RequestedAt, deliveredAt: DeliveredAt, deadline: Deadline };
}

/** Returns the points in time of an event that Lambda has just delivered. */
export function eventTimesOf(request: OnEventRequest, timeoutMs: number): EventTimes {
  const DeliveredAt = Date.now();
  const RequestedAt = requestedAtOf(request, DeliveredAt);
  return { RequestedAt, DeliveredAt, Deadline: RequestedAt + timeoutMs };
}

/** Returns whether this is the first call of `isComplete` for an event, or a call soon after it. Some AWS calls are useful only at that time. */
export function isFirstInvocation({ deliveredAt }: Pick<Times, 'deliveredAt'>): boolean {
  return Date.now() < deliveredAt + FIRST_INVOCATION_WITHIN_MS;
}

/** Returns the time until which a refusal is retried, in milliseconds since the epoch. A new role or policy may not be effective before that time. */
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
