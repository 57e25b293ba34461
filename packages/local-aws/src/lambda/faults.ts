import type { ServiceError } from '../contract';

/** An invocation that is about to run. */
export interface PendingInvocation {
  readonly functionName: string;
  readonly payload: unknown;
  /** The number of invocations of the function so far, including this invocation. */
  readonly count: number;
}

/**
 * The response to Invoke when the process is killed in the middle of an event: a function error (Runtime.ExitError), or the HTTP 500
 * (ServiceException) that AWS returns when it loses an execution environment.
 */
export type KillAnswer = 'function-error' | 'service-error';

/** The fault to inject into one invocation. */
export interface InvocationFault {
  /** The error that the Lambda service returns instead of running the function. */
  readonly error?: ServiceError;
  /** The time from the start of the event until the process is killed, in milliseconds of the local AWS clock. */
  readonly killAfterMs?: number;
  /** The response to Invoke when `killAfterMs` kills the process; by default `function-error`. */
  readonly killAnswer?: KillAnswer;
  /** Runs the event twice at the same time. The caller gets the response of the first run. */
  readonly twice?: boolean;
}

/** Chooses the fault to inject into an invocation, before the invocation runs. */
export type InvocationHook = (invocation: PendingInvocation) => InvocationFault | undefined | Promise<InvocationFault | undefined>;
