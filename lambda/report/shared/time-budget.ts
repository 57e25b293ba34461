import { setMaxListeners } from 'node:events';
import { BUDGETS } from '../../budgets';

const { afterReadingMs: AFTER_READING_MS, afterListingMs: AFTER_LISTING_MS } = BUDGETS.report;

export interface TimeBudget {
  /** The signal that ends the reading of files when its time is up. */
  readonly reading: AbortSignal;
  /**
   * The signal that ends the listing of files when its time is up. This signal comes after `reading`, so that the function can count the files that it didn't
   * read.
   */
  readonly listing: AbortSignal;
}

/** Returns the signals that end the reading and the listing of results files. At least half of the remaining time is for reading. */
export function budgetOf(remainingMs: number): TimeBudget {
  const readingMs = Math.max(remainingMs / 2, remainingMs - AFTER_READING_MS);
  const listingMs = Math.max(remainingMs * 3 / 4, remainingMs - AFTER_LISTING_MS);
  const budget = { reading: AbortSignal.timeout(Math.floor(readingMs)), listing: AbortSignal.timeout(Math.floor(listingMs)) };
  setMaxListeners(100, budget.reading, budget.listing); // each S3 call in progress adds a listener, and Node.js warns of more than 10 listeners
  return budget;
}
