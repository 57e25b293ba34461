import type { IsCompleteRequest } from '../../framework/framework';
import type { JobDescription } from '../healthlake-job';

/** A listing of the jobs of a data store that takes more than one invocation. */
export interface Listing {
  /** The jobs of the data set. Other jobs are only counted. */
  readonly jobs: JobDescription[];
  jobsListed: number;
  nextToken?: string;
  isComplete: boolean;
}

/** The last start of a waiter that HealthLake did not refuse. */
export interface EarlierStart {
  readonly clientToken: string;
  /** Undefined if the answer was lost. */
  readonly jobId?: string;
  /** Why the answer was lost. */
  readonly lost?: string;
  /** In milliseconds since the epoch. */
  readonly at: number;
}

/** The state that an execution environment keeps between the invocations of one waiter. Another environment begins without it. */
export interface WaiterMemory {
  listing?: Listing;
  start?: EarlierStart;
}

/** An account has fewer waiters at the same time. */
const MAX_WAITERS = 100;

const memories = new Map<string, WaiterMemory>();

/** Returns the memory of a waiter. A waiter without an id, from an earlier version of this handler, has none. */
export function memoryOf({ WaiterId }: Pick<IsCompleteRequest, 'WaiterId'>): WaiterMemory {
  if (WaiterId === undefined) {
    return {};
  }
  const memory = memories.get(WaiterId) ?? {};
  memories.delete(WaiterId); // moves the waiter to the end: the least recently used one is deleted first
  memories.set(WaiterId, memory);
  const [oldest] = memories.keys();
  if (memories.size > MAX_WAITERS) {
    memories.delete(oldest);
  }
  return memory;
}

/** After a start whose answer was lost, the job is looked up in the list for this long before the start is repeated. */
const LOST_START_MS = 60_000;

/**
 * Returns what to do instead of repeating a start: a repeated one returns the same job only if HealthLake honours the client token. Undefined if the start
 * may be repeated.
 */
export function decideRepeat(earlier: EarlierStart | undefined, clientToken: string, now: number):
| { readonly kind: 'adopt'; readonly jobId: string } | { readonly kind: 'wait'; readonly why: string } | undefined {
  if (earlier?.clientToken !== clientToken) {
    return undefined;
  }
  if (earlier.jobId !== undefined) {
    return { kind: 'adopt', jobId: earlier.jobId };
  }
  return now < earlier.at + LOST_START_MS ? { kind: 'wait', why: `HealthLake did not answer StartFHIRImportJob, and does not list a job of it yet: ${earlier.lost}` } : undefined;
}
