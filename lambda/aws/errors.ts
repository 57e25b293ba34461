import { isErrorCode } from '../service-text/identifiers';
import { MAX_LENGTH, quoteServiceText } from '../service-text/show';

/** What a failed call of AWS means for whoever has to decide whether to try again. */
export type ErrorKind =
  /** Says nothing: throttled, out of order, unreachable. */
  | 'transient'
  /** What a role or a policy that is seconds old makes AWS say, and what a wrong one makes it say for ever. */
  | 'settling'
  /** Will not go away. */
  | 'definite';

/** How long what may be settling is tried again, in milliseconds. */
export const SETTLING_TIME = 5 * 60 * 1000;

const THROTTLING = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/;
const DEFINITE_MESSAGE = /explicit deny|failed to satisfy constraint/;

/** An error as the SDK throws it, as far as it is looked at. */
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

/** Whether AWS answered that it has not done what was requested. Without an answer, or after a 5xx, it may have done it. */
export function isRefusal(error: unknown): boolean {
  const status = toSdkError(error).$metadata?.httpStatusCode;
  return status !== undefined && status < 500;
}

/** Whether HealthLake says that there is no such job, or no such data store. */
export function isNotFound(error: unknown): boolean {
  return toSdkError(error).name === 'ResourceNotFoundException';
}

/**
 * Returns the error's code and text without words that must not be shown.
 *
 * @param own names of the import's own resources
 */
export function describeError(error: unknown, own?: readonly string[]): string {
  const { name, message, $metadata } = toSdkError(error);
  // CloudTrail records the answers of AWS, but no request that got no answer.
  return quoteServiceText(showErrorCode(name), String(message), own, $metadata?.httpStatusCode === undefined ? undefined : 'CloudTrail');
}

/** The code of an error from AWS or Node.js, or `Error` if it must not be shown. */
export function errorCodeOf(error: unknown): string {
  const { code, name } = Object(error) as { readonly code?: unknown; readonly name?: unknown };
  return showErrorCode(code, name);
}

/** The first name that is a known error code, because an error can have any name. */
export function showErrorCode(...names: readonly unknown[]): string {
  return names.find((name): name is string => typeof name === 'string' && isErrorCode(name)) ?? 'Error';
}

/** The raw words of an error, for decisions only. Never show them: they may contain patient data. */
export function wordsOf(error: unknown): string {
  const { name, message } = toSdkError(error);
  return `${name}: ${String(message).slice(0, MAX_LENGTH)}`;
}

function toSdkError(error: unknown): SdkError {
  return error instanceof Error ? error : { name: 'Error', message: String(error) };
}
