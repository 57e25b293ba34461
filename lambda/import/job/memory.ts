import type { IsCompleteRequest } from '../../framework/framework';
import type { JobDescription } from '../healthlake-job';

/** The progress of listing the jobs of a data store. The listing can take more than one invocation. */
export interface Listing {
  /** The jobs of the data set that were found so far. Other jobs are only counted. */
  readonly jobs: JobDescription[];
  jobsListed: number;
  nextToken?: string;
  isComplete: boolean;
}

/** The last call of StartFHIRImportJob that a waiter made and HealthLake did not refuse. */
export interface EarlierStart {
  readonly clientToken: string;
  /** The id of the started job. Undefined if the answer was lost. */
  readonly jobId?: string;
  /** The error that replaced the answer. Undefined if HealthLake answered. */
  readonly lost?: string;
  /** The time of the call, in milliseconds since the epoch. */
  readonly at: number;
}

/** The state that an execution environment keeps between the invocations of one waiter. A new execution environment starts without it. */
export interface WaiterMemory {
  listing?: Listing;
  start?: EarlierStart;
}

/** The maximum number of waiters in memory. An account has fewer waiters at the same time. */
const MAX_WAITERS = 100;

const memories = new Map<string, WaiterMemory>();

/** Returns the memory of a waiter. A waiter that an earlier version of this handler started has no id and no memory. */
export function memoryOf({ WaiterId }: Pick<IsCompleteRequest, 'WaiterId'>): WaiterMemory {
  if (WaiterId === undefined) {
    return {};
  }
  const memory = memories.get(WaiterId) ?? {};
  memories.delete(WaiterId); // moves the waiter to the end, because the first waiter of the map is deleted when there are too many
  memories.set(WaiterId, memory);
  const [oldest] = memories.keys();
  if (memories.size > MAX_WAITERS) {
    memories.delete(oldest);
  }
  return memory;
}

/** The time after an unanswered start in which the job is looked up in the list. The start is repeated only after this time. */
const LOST_START_MS = 60_000;

/**
 * Returns the decision that replaces a repeated start, or undefined if the start may be repeated. A repeated start returns the same job only if HealthLake
 * honours the client token.
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
