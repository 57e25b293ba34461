const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long one invocation may go on looking, so that it ends long before the function's time-out. */
const INVOCATION_BUDGET = 25 * SECOND;

/** An invocation that would have to wait longer than this for the next look leaves it to a later one. The framework asks every 10 s. */
const LOOK_AHEAD = 15 * SECOND;

/** When a job is looked at next. */
export interface NextLook {
  readonly jobId: string;
  /** The status at the last look of this invocation, undefined before the first. */
  readonly status?: string;
  /** When the wait for the job began, in milliseconds since the epoch. */
  readonly requestedAt: number;
  readonly now: number;
}

/**
 * How many milliseconds from now the job should be looked at. Looks lie on a grid whose phase comes from the job's id, so that many
 * imports don't ask at the same second: an account has 10 DescribeFHIRImportJob calls a second.
 */
export function untilNextLook(next: NextLook): number {
  const interval = lookInterval(next);
  const phase = parseInt(next.jobId.slice(-6), 16) || 0;
  return interval - ((next.now + phase) % interval);
}

/** Whether this invocation should wait that long, or leave the look to a later one. */
export function isWorthWaiting(delay: number, invokedAt: number, now: number): boolean {
  return delay <= LOOK_AHEAD && now + delay - invokedAt <= INVOCATION_BUDGET;
}

function lookInterval({ status, requestedAt, now }: NextLook): number {
  if (now - requestedAt >= 10 * MINUTE) {
    return 30 * SECOND;
  }
  return status === 'IN_PROGRESS' ? 5 * SECOND : 15 * SECOND;
}
