import type { ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import type { IsCompleteRequest } from '../../framework/framework';

/** A listing of the jobs of a data store that takes more than one invocation. */
export interface Listing {
  /** Of the data set only: the others are counted and forgotten. */
  readonly jobs: ImportJob[];
  jobsListed: number;
  nextToken?: string;
  isComplete: boolean;
}

/** The last start that a waiter asked for, unless it was refused. */
export interface EarlierStart {
  readonly clientToken: string;
  /** Why there was no answer. */
  readonly lost?: string;
  readonly at: number;
  readonly jobId?: string;
}

/** What an execution environment remembers between the invocations of one waiter. In another environment the waiter begins anew. */
export interface WaiterMemory {
  listing?: Listing;
  start?: EarlierStart;
}

/** More waiters than an account has imports under way at once. */
const MAX_WAITERS = 100;

const memories = new Map<string, WaiterMemory>();

/** One waiter has one event, and so one data store and one operator role. A waiter without an id has no memory. */
export function memoryOf({ WaiterId }: Pick<IsCompleteRequest, 'WaiterId'>): WaiterMemory {
  if (WaiterId === undefined) {
    return {};
  }
  const memory = memories.get(WaiterId) ?? {};
  memories.delete(WaiterId); // the waiter that was asked after last is forgotten last
  memories.set(WaiterId, memory);
  const [oldest] = memories.keys();
  if (memories.size > MAX_WAITERS) {
    memories.delete(oldest);
  }
  return memory;
}

/** How long the job of a start whose answer was lost is looked for before the start is repeated, in milliseconds. */
const LOST_START_MS = 60_000;

/** What to do instead of repeating a start: that it gives the same job rests on HealthLake heeding the client token. */
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
