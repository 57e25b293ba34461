import { HANDLER_TIMEOUT_MINUTES, REPORT_TIMEOUT_MINUTES } from '../src/contract';

/**
 * The time budgets of the two functions: function time-out > invocation > call. The budget of a call includes its retries. The budgets of an invocation add
 * up to less than the function's time-out, so that the handler can still answer after a service that doesn't.
 */
export const BUDGETS = {
  /** One attempt of any call. */
  attempt: { connectMs: 3_000, answerMs: 10_000 },
  handler: {
    timeoutMs: HANDLER_TIMEOUT_MINUTES * 60_000,
    /** Calls that several kinds of invocations make. */
    call: { assumeRoleMs: 30_000, describeStacksMs: 30_000, startExecutionMs: 15_000, putEventsMs: 15_000 },
    /** An invocation that may start a job. */
    start: {
      /** The steps, in their order. */
      steps: {
        describeDatastoreMs: 15_000,
        listJobsMs: 45_000,
        /** All earlier jobs of the data set together, with their reports. */
        judgeEarlierJobsMs: 90_000,
        inspectBucketsMs: 30_000,
        /** The longest random pause before a start, which separates two starts at the same moment. */
        pauseMs: 5_000,
        listNewJobsMs: 10_000,
        startJobMs: 15_000,
        listAfterStartMs: 10_000,
      },
      /** The listing alone, if it takes longer than its step. The next invocation does the other steps. */
      listingOnlyMs: 220_000,
      listPageMs: 30_000,
    },
    /** An invocation that polls a job. */
    poll: {
      /** The longest pause before the first poll. A poll that is due later is left to a later invocation. */
      firstPollWithinMs: 15_000,
      /** How long the invocation repeats its polls. It ends before the next minute's poll, which is left to a later invocation. */
      repeatForMs: 45_000,
      /** All polls and the pauses between them. */
      pollsMs: 2 * 60_000,
      /** The polls and the report. */
      resultsMs: 4 * 60_000,
      report: {
        totalMs: 195_000,
        /** One invocation of the report function: its time-out and a cold start. */
        attemptMs: (REPORT_TIMEOUT_MINUTES * 60 + 10) * 1000,
      },
    },
  },
  report: {
    /** The time that is left for counting the unread files and writing the report. */
    afterReadingMs: 25_000,
    /** The time that is left for writing the report. */
    afterListingMs: 15_000,
  },
} as const;
