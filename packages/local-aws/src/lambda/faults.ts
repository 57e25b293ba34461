import type { ServiceError } from '../contract';

/** An invocation that is about to run. */
export interface PendingInvocation {
  readonly functionName: string;
  readonly payload: unknown;
  /** The number of this invocation of the function, starting at 1. */
  readonly count: number;
}

/**
 * The answer to Invoke when the process is killed in the middle of an event: a function error (Runtime.ExitError), or the HTTP 500
 * (ServiceException) that AWS returns when it loses an execution environment.
 */
export type KillAnswer = 'function-error' | 'service-error';

/** A fault of one invocation. */
export interface InvocationFault {
  /** The error with which the Lambda service answers instead of running the function. */
  readonly error?: ServiceError;
  /** Kills the process this long after the start of the event, by the clock. */
  readonly killAfterMs?: number;
  /** The answer after `killAfterMs`; by default `function-error`. */
  readonly killAnswer?: KillAnswer;
  /** Two runs process the event at the same time; the caller gets the answer of the first run. */
  readonly twice?: boolean;
}

/** Chooses the fault to inject into an invocation, before the invocation runs. */
export type InvocationHook = (invocation: PendingInvocation) => InvocationFault | undefined | Promise<InvocationFault | undefined>;
