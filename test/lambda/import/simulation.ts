import { isWorthWaiting, type NextPoll, untilNextPoll } from '../../../lambda/import/polling';

/** A simulated import. All times are in milliseconds since the epoch. */
export interface SimulatedImport {
  readonly jobId: string;
  readonly requestedAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Whether an earlier `Wait` resource has polled the job. */
  readonly isContinued?: boolean;
}

/** The framework's pause between two invocations, in milliseconds. */
export const QUERY_INTERVAL = 10_000;

/** Simulates the polls of the handler. Returns their times until `until`, or until a poll finds that the job has ended. */
export function pollsAt({ jobId, requestedAt, startsAt, endsAt, isContinued }: SimulatedImport, until: number, latency = () => 0): number[] {
  const polls: number[] = [];
  let now = requestedAt;
  while (now < until) {
    let seen: Pick<NextPoll, 'status' | 'firstPollAt'> = {};
    for (;;) {
      const next: NextPoll = { ...seen, jobId, requestedAt, isContinued, now };
      const isAtOnce = isContinued && polls.length === 0 && now < requestedAt + QUERY_INTERVAL;
      const delay = isAtOnce ? 0 : untilNextPoll(next);
      if (!isWorthWaiting(delay, next)) {
        break;
      }
      now += delay;
      polls.push(now);
      if (now >= endsAt) {
        return polls;
      }
      seen = { status: now >= startsAt ? 'IN_PROGRESS' : 'QUEUED', firstPollAt: seen.firstPollAt ?? now };
      now += latency();
    }
    now += QUERY_INTERVAL + latency();
  }
  return polls;
}

/** Returns the delay from the end of a job to the poll that finds the job ended, in milliseconds. */
export function noticeDelayOf(job: SimulatedImport, latency?: () => number): number {
  return pollsAt(job, Infinity, latency).at(-1)! - job.endsAt;
}

/** Returns a generator of pseudo-random numbers between 0 and 1. The same seed gives the same numbers. */
export function pseudoRandom(seed: number): () => number {
  let x = seed;
  return () => {
    x = (x * 48_271) % 2_147_483_647;
    return x / 2_147_483_647;
  };
}

export function hex(random: () => number, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
}
