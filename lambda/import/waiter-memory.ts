import type { EarlierStart, Listing } from './job/memory';
import type { IsCompleteRequest } from '../framework/framework';

/** The last poll that a waiter made. */
export interface LastPoll {
  /** The job status. Undefined if the job could not be described. */
  readonly status?: string;
  readonly at: number;
}

/** The state that a Lambda execution environment keeps between the invocations of one waiter. A new execution environment has no such state. */
export interface WaiterMemory {
  listing?: Listing;
  start?: EarlierStart;
  lastPoll?: LastPoll;
}

/** The maximum number of waiters whose state is kept. An account runs fewer waiters at the same time. */
const MAX_WAITERS = 100;

const memories = new Map<string, WaiterMemory>();

/** Returns the state that is kept for a waiter. A waiter that an earlier version of this handler started has no id, so its state is not kept. */
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
