import type { ServiceError } from '../contract';

/** An invocation that is about to run. */
export interface PendingInvocation {
  readonly functionName: string;
  readonly payload: unknown;
  /** The number of this invocation of the function, from 1. */
  readonly count: number;
}

/**
 * The answer to Invoke when the process is killed in the middle of an event: an error of the function (Runtime.ExitError), or Lambda's own
 * 500 (ServiceException), which AWS returns when it loses an environment.
 */
export type KillAnswer = 'function-error' | 'service-error';

/** A fault of one invocation. */
export interface InvocationFault {
  /** The Lambda service answers this error and doesn't run the function. */
  readonly error?: ServiceError;
  /** The time, by the clock, from the start of the event until the process is killed. */
  readonly killAfterMs?: number;
  /** The answer after `killAfterMs`; by default `function-error`. */
  readonly killAnswer?: KillAnswer;
  /** Two runs process the event at the same time; the caller gets the answer of the first. */
  readonly twice?: boolean;
}

/** Chooses the fault of an invocation before it runs. */
export type InvocationHook = (invocation: PendingInvocation) => InvocationFault | undefined | Promise<InvocationFault | undefined>;
