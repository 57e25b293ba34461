import type { ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import type { IsCompleteRequest } from '../../framework/framework';

/** A listing of the jobs of a data store that takes more than one invocation. */
export interface Listing {
  /** The jobs of the data set. The others are only counted. */
  readonly jobs: ImportJob[];
  jobsListed: number;
  nextToken?: string;
  isComplete: boolean;
}

/** The last start that a waiter requested, unless it was refused. */
export interface EarlierStart {
  readonly clientToken: string;
  /** Why the answer was lost. */
  readonly lost?: string;
  readonly at: number;
  readonly jobId?: string;
}

/** The state that an execution environment keeps between the invocations of one waiter. In another environment the waiter begins anew. */
export interface WaiterMemory {
  listing?: Listing;
  start?: EarlierStart;
}

/** More than the waiters that an account has at the same time. */
const MAX_WAITERS = 100;

const memories = new Map<string, WaiterMemory>();

/** The memory of a waiter. A waiter has one event, so one data store and one operator role. Without an id it has no memory. */
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

/** If the answer to a start is lost, how long to search the list for its job before the start is repeated, in milliseconds. */
const LOST_START_MS = 60_000;

/** Decides what to do instead of repeating a start, which returns the same job only if HealthLake honours the client token. */
export function decideRepeat(earlier: EarlierStart | undefined, clientToken: string, now: number):
| { readonly kind: 'adopt'; readonly jobId: string } | { readonly kind: 'wait'; readonly why: string } | undefined {
  if (earlier?.clientToken !== clientToken) {
    return undefined;
  }
  if (earlier.jobId !== undefined) {
    return { kind: 'adopt', jobId: earlier.jobId };
  }
  return now < earlier.at + LOST_START_MS ? { kind: 'wait', why: `HealthLake may yet list the job of a start without an answer: ${earlier.lost}` } : undefined;
}
