import type { ServiceError } from '../contract';

/** An invocation that is about to run. */
export interface PendingInvocation {
  readonly functionName: string;
  readonly payload: unknown;
  /** Which invocation of this function it is, from 1 on. */
  readonly count: number;
}

/**
 * What the caller of Invoke gets when the process is killed in the middle of an event: an error of the function (Runtime.ExitError),
 * or the Lambda service's own 500 (ServiceException), as when the platform loses an environment.
 */
export type KillAnswer = 'function-error' | 'service-error';

/** What goes wrong with one invocation. */
export interface InvocationFault {
  /** The caller gets this error of the Lambda service; the function isn't run. */
  readonly error?: ServiceError;
  /** The process is killed so long, in the clock's time, after the event was handed to it. */
  readonly killAfterMs?: number;
  /** Goes with `killAfterMs`; `function-error` unless given. */
  readonly killAnswer?: KillAnswer;
  /** The event is run twice at once; the caller gets the answer of the first run. */
  readonly twice?: boolean;
}

/** Decides for each invocation, before it runs, what goes wrong with it. */
export type InvocationHook = (invocation: PendingInvocation) => InvocationFault | undefined | Promise<InvocationFault | undefined>;
