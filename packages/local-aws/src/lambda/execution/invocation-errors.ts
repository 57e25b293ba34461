import { ServiceError, type InvocationResult } from '../../contract';

/** The body of a function error. */
export interface FunctionErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export function functionError(payload: FunctionErrorPayload): InvocationResult {
  return { payload, functionError: 'Unhandled' };
}

export function timedOut(requestId: string, timeoutSeconds: number): FunctionErrorPayload {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  };
}

export function initTimedOut(limitSeconds: number): FunctionErrorPayload {
  return { errorType: 'Sandbox.Timedout', errorMessage: `Error: the function's code was not loaded within ${limitSeconds} seconds` };
}

export function runtimeExited(requestId: string, code: number | null, signal: NodeJS.Signals | null): FunctionErrorPayload {
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: Runtime exited ${exitReason(code, signal)}` };
}

/** Returns the error with which Lambda responds when it has lost the execution environment of a running event. */
export function environmentLost(): ServiceError {
  return new ServiceError('ServiceException', 'Internal service error', 500);
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) {
    return `with error: signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
  }
  return code === 0 ? 'without providing a reason' : `with error: exit status ${code}`;
}
