const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** An invocation that would have to wait longer than this for its first look leaves it to a later one. The framework asks every 10 s. */
const LOOK_AHEAD = 15 * SECOND;

/** How long an invocation goes on looking at a running job: its successor is there before the next minute of the grid. */
const LOOKING_TIME = 45 * SECOND;

/** Within what time the first look comes. */
const SPREAD = 45 * SECOND;

/** When a job is looked at next. */
export interface NextLook {
  readonly jobId: string;
  /** What this invocation saw last, undefined before its first look. */
  readonly status?: string;
  /** When this invocation looked first. */
  readonly firstLookAt?: number;
  /** When the wait for the job began, in milliseconds since the epoch. */
  readonly requestedAt: number;
  /** Whether a leg before has waited for the job already. */
  readonly isContinued?: boolean;
  readonly now: number;
}

/**
 * How many milliseconds from now the job should be looked at. Looks lie on a grid whose phase comes from the job's id, so that many
 * imports don't ask at the same second: an account has 10 DescribeFHIRImportJob calls a second.
 */
export function untilNextLook(next: NextLook): number {
  const interval = lookInterval(next);
  const phase = (parseInt(next.jobId.slice(-6), 16) || 0) % SPREAD;
  return interval - ((next.now - next.requestedAt + MINUTE - phase) % interval);
}

/** Whether this invocation should wait that long, or leave the look to a later one. */
export function isWorthWaiting(delay: number, { firstLookAt, now }: NextLook): boolean {
  return firstLookAt === undefined ? delay <= LOOK_AHEAD : now + delay <= firstLookAt + LOOKING_TIME;
}

/**
 * No invocation knows what an earlier one saw, so all begin by the minute: it is the many jobs in the queue that would exhaust the
 * account's calls. Only an invocation that sees its job running looks again, for most of the minute.
 */
function lookInterval({ status, requestedAt, isContinued, now }: NextLook): number {
  if (status !== 'IN_PROGRESS') {
    return MINUTE;
  }
  return !isContinued && now - requestedAt < 10 * MINUTE ? 5 * SECOND : 30 * SECOND;
}
