/** A cause is cut off at so many characters. */
const MAX_CAUSE_LENGTH = 32_768;

/** The largest input or output of a state, in bytes of UTF-8. */
export const MAX_DATA_BYTES = 262_144;

/** An error as states raise, retry and catch it. */
export class StateError extends Error {
  public readonly cause: string;

  public constructor(public readonly error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.cause = cause.slice(0, MAX_CAUSE_LENGTH);
  }
}

/** Errors that `States.ALL` and `States.TaskFailed` leave alone. */
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
