import type { Retrier } from './states';

/** The maximum length of an error's cause. Step Functions truncates longer causes. */
const MAX_CAUSE_LENGTH = 32_768;

/** The largest input or output of a state, in bytes of UTF-8. */
export const MAX_DATA_BYTES = 262_144;

/** An error that a state raises. Retry and Catch match the error by its name. */
export class StateError extends Error {
  public readonly cause: string;

  public constructor(public readonly error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.cause = cause.slice(0, MAX_CAUSE_LENGTH);
  }
}

/** Errors that `States.ALL` and `States.TaskFailed` don't match. */
const TERMINAL_ERRORS = ['States.DataLimitExceeded', 'States.Runtime'];

export function matchesError(errorEquals: readonly string[], error: string): boolean {
  if (errorEquals.includes(error)) {
    return true;
  }
  if (TERMINAL_ERRORS.includes(error)) {
    return false;
  }
  return errorEquals.includes('States.ALL') || (errorEquals.includes('States.TaskFailed') && error !== 'States.Timeout');
}

/** Counts the retries of a Task state since the execution entered the state. */
export class RetryBudget {
  private readonly attempts = new Map<Retrier, number>();

  public constructor(private readonly retriers: readonly Retrier[] = []) {}

  /** Returns the delay before the next retry in seconds; undefined if no retry is left. */
  public next(error: string): number | undefined {
    const retrier = this.retriers.find(({ ErrorEquals }) => matchesError(ErrorEquals, error));
    if (!retrier) {
      return undefined;
    }
    const { IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2, MaxDelaySeconds = Infinity } = retrier;
    const attempt = this.attempts.get(retrier) ?? 0;
    if (attempt >= MaxAttempts) {
      return undefined;
    }
    this.attempts.set(retrier, attempt + 1);
    return Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);
  }
}
