import type { EarlierStart, Listing } from './start/memory';
import type { IsCompleteRequest } from '../framework/framework';

/** The last poll of a job by one waiter in this execution environment. */
export interface LastPoll {
  /** The last known status of the job. Undefined if no poll could describe the job. */
  readonly status?: string;
  readonly at: number;
}

/** The state that a Lambda execution environment keeps between the invocations of one waiter. A new execution environment has no such state. */
export interface WaiterMemory {
  listing?: Listing;
  start?: EarlierStart;
  lastPoll?: LastPoll;
}

/** The maximum number of waiters whose state is kept. If there are more, the state that was used least recently is deleted. */
const MAX_WAITERS = 500;

const memories = new Map<string, WaiterMemory>();

/** Returns the state that is kept for a waiter. A waiter that an earlier version of this handler started has no id, so its state is not kept. */
export function memoryOf({ WaiterId }: Pick<IsCompleteRequest, 'WaiterId'>): WaiterMemory {
  if (WaiterId === undefined) {
    return {};
  }
  const memory = memories.get(WaiterId) ?? {};
  memories.delete(WaiterId); // moves the waiter to the end of the map, because the first waiter of the map is deleted when there are too many
  memories.set(WaiterId, memory);
  const [oldest] = memories.keys();
  if (memories.size > MAX_WAITERS) {
    memories.delete(oldest);
  }
  return memory;
}
