/** The time-out of the function. All budgets are in milliseconds; each part of an invocation has its own, and they add up to less than this. */
export const FUNCTION_TIMEOUT_MS = 5 * 60_000;

/** An invocation that only lists jobs: what follows is left to the next one. */
export const LISTING_INVOCATION_MS = 220_000;

/** The parts of an invocation that does more, in their order. `stack.ts` and `detached/watch.ts` have budgets of their own. */
export const INVOCATION_MS = {
  describeDatastore: 15_000,
  listing: 45_000,
  /** Describing and reporting on all old jobs of the data set together. */
  judging: 90_000,
  buckets: 30_000,
  /** How far apart a random pause puts two starts at the same moment. */
  spread: 5_000,
  listingAgain: 10_000,
  start: 15_000,
  listingAfterStart: 10_000,
} as const;

/** One page of a listing, with all attempts. */
export const PAGE_CALL_MS = 30_000;
