import { isErrorCode } from '../service-text/identifiers';
import { MAX_LENGTH, quoteServiceText } from '../service-text/show';

/** The result of an AWS call, or the error with which the call failed. */
export type Fact<T> = { readonly value: T } | { readonly error: unknown };

/** Makes a call and returns its result or its error. */
export async function ask<T>(call: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { value: await call() };
  } catch (error) {
    return { error };
  }
}

/** The kind of an error from an AWS call. It determines whether and how long the call is retried. */
export type ErrorKind =
  /** The service throttled the call, was unavailable, or could not be reached. The call is retried until the caller's deadline. */
  | 'transient'
  /** AWS refused the call. The call is retried for `SETTLING_MS`, because a new role or policy may not be effective yet. */
  | 'settling'
  /** The error is permanent. The call is not retried. */
  | 'definite';

/** A call with a `settling` error is retried for this time. */
export const SETTLING_MS = 5 * 60 * 1000;

const THROTTLING = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/;
const DEFINITE_MESSAGE = /explicit deny|failed to satisfy constraint/;

/** The members of an SDK error that this file reads. */
interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export function kindOf(error: unknown): ErrorKind {
  const { name, message, $metadata } = toSdkError(error);
  const status = $metadata?.httpStatusCode;
  if (status === undefined || status >= 500 || status === 429 || THROTTLING.test(name)) {
    return 'transient';
  }
  return DEFINITE_MESSAGE.test(message) || isNotFound(error) ? 'definite' : 'settling';
}

/** Returns whether to give up after this error. Calls that AWS refuses are retried until `settledBy`. */
export function isHopeless(error: unknown, settledBy: number, now: number): boolean {
  const kind = kindOf(error);
  return kind === 'definite' || (kind === 'settling' && now >= settledBy);
}

/**
 * Returns whether AWS refused a request. Returns false if AWS did not answer or answered with a 5xx status, because AWS may then have carried out the request.
 */
export function isRefusal(error: unknown): boolean {
  const status = toSdkError(error).$metadata?.httpStatusCode;
  return status !== undefined && status < 500;
}

/** Returns whether HealthLake answered that the job or the data store does not exist. */
export function isNotFound(error: unknown): boolean {
  return toSdkError(error).name === 'ResourceNotFoundException';
}

/**
 * Returns the error's code and text. Words that may be patient data are replaced with `***`.
 *
 * @param own names of the job's own resources, which may be shown
 */
export function describeError(error: unknown, own?: readonly string[]): string {
  const { name, message, $metadata } = toSdkError(error);
  // CloudTrail has the full text of an error that AWS returned. It has no record of a call that AWS did not answer.
  return quoteServiceText(showErrorCode(name), String(message), own, $metadata?.httpStatusCode === undefined ? undefined : 'CloudTrail');
}

/** Returns the code of an error from AWS or Node.js, or `Error` if the code is unknown. */
export function errorCodeOf(error: unknown): string {
  const { code, name } = Object(error) as { readonly code?: unknown; readonly name?: unknown };
  return showErrorCode(code, name);
}

/** Returns the first name that is a known error code, or `Error` if none is known. An unknown name is not shown, because it may be patient data. */
export function showErrorCode(...names: readonly unknown[]): string {
  return names.find((name): name is string => typeof name === 'string' && isErrorCode(name)) ?? 'Error';
}

/** Returns the name and the unfiltered message of an error, for decisions only. Never show the message: it may contain patient data. */
export function wordsOf(error: unknown): string {
  const { name, message } = toSdkError(error);
  return `${name}: ${String(message).slice(0, MAX_LENGTH)}`;
}

function toSdkError(error: unknown): SdkError {
  return error instanceof Error ? error : { name: 'Error', message: String(error) };
}
