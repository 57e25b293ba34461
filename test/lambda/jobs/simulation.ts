import { firstOffset, isDue, nextPollAt, type PolledJob } from '../../../lambda/jobs/polling';
import type { WaiterMemory } from '../../../lambda/jobs/waiter-memory';
import { QUERY_INTERVAL_SECONDS } from '../../../src/contract';

/** A simulated import. All times are in milliseconds since the epoch. */
export interface SimulatedImport {
  readonly jobId: string;
  readonly requestedAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Whether an earlier `Wait` resource has polled the job. */
  readonly isContinued?: boolean;
  /** The time-outs of the resources that wait for the job one after the other, in milliseconds. The default is one resource without a time-out. */
  readonly timeouts?: readonly number[];
}

/** The circumstances of a simulation. */
export interface Circumstances {
  /** Returns the duration of the next call, in milliseconds. The default is zero. */
  readonly latency?: () => number;
  /** The number of execution environments. A random one of them runs each invocation. The default is one. */
  readonly environments?: number;
  /** Returns a random number between 0 and 1. */
  readonly random?: () => number;
  /** The framework's query interval, in milliseconds. The default is the interval of this version. */
  readonly queryInterval?: number;
}

/** The least time that CloudFormation and the framework need from the end of one resource to the first invocation for the next one. */
const BETWEEN_RESOURCES = 2_000;

/** Simulates the polls of the handler until a poll finds that the job has ended, or until the last time-out. Returns the times of the polls. */
export function pollsAt({ timeouts = [Infinity], ...simulated }: SimulatedImport, circumstances: Circumstances = {}): number[] {
  const all = { latency: () => 0, environments: 1, random: () => 0, queryInterval: QUERY_INTERVAL_SECONDS * 1000, ...circumstances };
  const polls: number[] = [];
  let now = simulated.requestedAt;
  timeouts.forEach((timeout, turn) => {
    now += turn > 0 ? BETWEEN_RESOURCES + all.latency() : 0;
    const isContinued = turn > 0 || simulated.isContinued === true;
    const job = { jobId: simulated.jobId, requestedAt: now, deliveredAt: now, deadline: now + timeout, isContinued };
    now = waitFor(job, simulated, turn < timeouts.length - 1, all, polls);
  });
  return polls;
}

/** Simulates the invocations for one resource. Adds the times of the polls to `polls`. Returns the time at which the resource completes. */
function waitFor(job: PolledJob, { startsAt, endsAt }: SimulatedImport, isLeg: boolean, all: Required<Circumstances>, polls: number[]): number {
  const memories = Array.from({ length: all.environments }, (): WaiterMemory => ({}));
  for (let now = job.requestedAt; ; now += all.latency() + all.queryInterval) {
    const beganAt = now;
    const memory = memories[Math.floor(all.random() * memories.length)];
    now += beganAt === job.requestedAt ? firstOffset(job, now) : 0;
    let next: number | undefined = isDue(job, memory.lastPoll, now) ? now : undefined;
    while (next !== undefined) {
      now = Math.max(now, next);
      if (isLeg && now >= job.deadline) {
        return now;
      }
      polls.push(now);
      if (now >= endsAt) {
        return now;
      }
      memory.lastPoll = { status: now >= startsAt ? 'IN_PROGRESS' : 'QUEUED', at: now };
      next = nextPollAt(job, memory.lastPoll, beganAt);
      if (!isLeg && now >= job.deadline) {
        return now;
      }
      now += all.latency();
    }
  }
}

/** Returns the delay from the end of a job to the poll that finds the job ended, in milliseconds. */
export function noticeDelayOf(job: SimulatedImport, circumstances?: Circumstances): number {
  return pollsAt(job, circumstances).at(-1)! - job.endsAt;
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
