import { isWorthWaiting, type NextPoll, untilNextPoll } from '../../../lambda/import/polling';

/** An import as the polling sees it. All times in milliseconds. */
export interface SimulatedImport {
  readonly jobId: string;
  readonly requestedAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Whether a leg before has waited for it. */
  readonly isContinued?: boolean;
}

/** How long after the end of an invocation the framework makes the next one. */
export const QUERY_INTERVAL = 10_000;

/** When the job is looked at, until its end is seen or the time is up: the handler's loop in the framework's, without AWS. */
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

/** How long after its end a job's end is seen. */
export function noticeDelayOf(job: SimulatedImport, latency?: () => number): number {
  return pollsAt(job, Infinity, latency).at(-1)! - job.endsAt;
}

/** Repeatable numbers from 0 to 1, so that a failure can be looked at. */
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
