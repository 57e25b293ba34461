/** The time-out of the function, in milliseconds. Each part of an invocation has a budget of its own, and the budgets add up to less than this. */
export const FUNCTION_TIMEOUT_MS = 5 * 60_000;

/** The budget of an invocation that only lists jobs and leaves the other steps to the next invocation. */
export const LISTING_INVOCATION_MS = 220_000;

/** The budgets of an invocation that does all steps, in their order. `stack.ts` and `monitor/start.ts` have budgets of their own. */
export const INVOCATION_MS = {
  describeDatastore: 15_000,
  listing: 45_000,
  /** For describing and reporting on all old jobs of the data set together. */
  judging: 90_000,
  buckets: 30_000,
  /** The longest random pause before a start, which separates two starts at the same moment. */
  spread: 5_000,
  listingAgain: 10_000,
  start: 15_000,
  listingAfterStart: 10_000,
} as const;

/** For one page of a listing, including retries. */
export const PAGE_CALL_MS = 30_000;
