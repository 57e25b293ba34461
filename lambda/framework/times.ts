import type { EventTimes, OnEventRequest } from './framework';
import { SETTLING_MS } from '../aws/errors';

/** How far the clock of the function and those of AWS's services may be apart. */
export const CLOCK_SKEW_MS = 5_000;

/** Cold starts of the waiter and two functions take seconds. The framework calls again 10 s after an answer, so at most twice within this time. */
const FIRST_INVOCATION_WITHIN_MS = 20_000;

/** The points in time of an event, in milliseconds since the epoch. They are the same for every invocation for the event. */
export interface Times {
  /** When CloudFormation sent the event. */
  readonly requestedAt: number;
  /** When Lambda delivered the event. Durations that count from the first attempt begin here. */
  readonly deliveredAt: number;
  /** When the resource's own time-out ends. */
  readonly deadline: number;
}

/** Reads the points in time that `eventTimesOf()` put into the answer of `onEvent`. */
export function timesOf({ RequestedAt, DeliveredAt = RequestedAt, Deadline }: EventTimes): Times {
  return { requestedAt: RequestedAt, deliveredAt: DeliveredAt, deadline: Deadline };
}

/** Returns the points in time of an event that was delivered just now. */
export function eventTimesOf(request: OnEventRequest, timeoutMs: number): EventTimes {
  const DeliveredAt = Date.now();
  const RequestedAt = requestedAtOf(request, DeliveredAt);
  return { RequestedAt, DeliveredAt, Deadline: RequestedAt + timeoutMs };
}

/** Returns whether this is the first call of `isComplete`, or one soon after. Some calls of AWS are useful only then. */
export function isFirstInvocation({ deliveredAt }: Pick<Times, 'deliveredAt'>): boolean {
  return Date.now() < deliveredAt + FIRST_INVOCATION_WITHIN_MS;
}

/** Returns until when a refusal is retried because a new role or policy may not be effective yet, in milliseconds since the epoch. */
export function settledBy({ deliveredAt }: Pick<Times, 'deliveredAt'>): number {
  return deliveredAt + SETTLING_MS;
}

/**
 * Returns when CloudFormation sent an event, in milliseconds since the epoch. An event can be delivered late, even during another deployment. Its only time
 * is in the signature of the URL for the answer. Without a signature, the time of delivery counts.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function requestedAtOf({ ResponseURL }: { readonly ResponseURL?: string }, deliveredAt: number): number {
  const [, year, month, day, hour, minute, second] = /[?&]X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:&|$)/.exec(ResponseURL ?? '') ?? [];
  const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return signedAt < deliveredAt ? signedAt : deliveredAt;
}
