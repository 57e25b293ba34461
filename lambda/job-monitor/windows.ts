import type { JobMonitorInput } from '../../src/contract';

export const DAY_MS = 24 * 60 * 60_000;

/** A span of time in milliseconds since the epoch, with its start and without its end. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/** The windows of a tick. The windows of one monitor follow each other without a gap, and each one starts at a multiple of its length. */
export interface TickWindows {
  /** The window of the tick's scheduled time. It has not ended. */
  readonly current: Window;
  /**
   * The windows whose ended jobs the tick counts: the two before the current one. So each window is counted by two ticks. A tick that is missing, late or
   * delivered twice changes no count.
   */
  readonly complete: readonly Window[];
}

/**
 * Returns the windows of a tick.
 *
 * @throws if the scheduled time is not a time, because no job would be in such a window
 */
export function windowsOf({ scheduledTime, periodMinutes }: Pick<JobMonitorInput, 'scheduledTime' | 'periodMinutes'>): TickWindows {
  const length = periodMinutes * 60_000;
  const start = Math.floor(Date.parse(scheduledTime) / length) * length;
  if (!Number.isFinite(start)) {
    throw new Error(`the input of the job monitor has no times: scheduledTime ${scheduledTime}, periodMinutes ${periodMinutes}`);
  }
  const windowAt = (at: number): Window => ({ start: at, end: at + length });
  return { current: windowAt(start), complete: [windowAt(start - length), windowAt(start - 2 * length)] };
}

/** Returns whether a time is in a window. */
export function isIn({ start, end }: Window, time: Date | undefined): boolean {
  return time !== undefined && start <= time.getTime() && time.getTime() < end;
}
