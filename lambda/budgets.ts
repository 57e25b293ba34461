import { HANDLER_TIMEOUT_MINUTES, REPORT_TIMEOUT_MINUTES } from '../src/contract';

/**
 * The time budgets of the two functions. The time-out of a function is longer than the budget of an invocation, which is longer than the budget of a call. The
 * budget of a call includes its retries. The budgets of an invocation add up to less than the function's time-out, so that the handler can still answer if a
 * service doesn't.
 */
export const BUDGETS = {
  /** The limits of one attempt of any AWS call. */
  attempt: { connectMs: 3_000, answerMs: 10_000 },
  handler: {
    timeoutMs: HANDLER_TIMEOUT_MINUTES * 60_000,
    /** The limits of the calls that several kinds of invocations make. */
    call: { assumeRoleMs: 30_000, describeStacksMs: 30_000, startExecutionMs: 15_000, putEventsMs: 15_000 },
    /** The budgets of an invocation that may start a job. */
    start: {
      /** The steps of the invocation, in the order in which they run. */
      steps: {
        describeDatastoreMs: 15_000,
        listJobsMs: 45_000,
        /** The time for judging all earlier jobs of the data set, including their reports. */
        judgeEarlierJobsMs: 90_000,
        inspectBucketsMs: 30_000,
        /** The maximum of the random pause before a start. The pause separates two invocations that would start a job at the same moment. */
        pauseMs: 5_000,
        listNewJobsMs: 10_000,
        startJobMs: 15_000,
        listAfterStartMs: 10_000,
      },
      /** The time for listing the jobs if the listing takes longer than its step. The next invocation then does the other steps. */
      listingOnlyMs: 220_000,
      listPageMs: 30_000,
    },
    /** The budgets of an invocation that polls a job. */
    poll: {
      /** The longest pause before the first poll. If the first poll is due later, a later invocation makes it. */
      firstPollWithinMs: 15_000,
      /** The time for which the invocation repeats its polls. It is less than a minute, so a later invocation makes the poll of the next minute. */
      repeatForMs: 45_000,
      /** The time for all polls and the pauses between them. */
      pollsMs: 2 * 60_000,
      /** The time for the polls and the report. */
      resultsMs: 4 * 60_000,
      report: {
        totalMs: 195_000,
        /** The time for one invocation of the report function: its time-out plus a cold start. */
        attemptMs: (REPORT_TIMEOUT_MINUTES * 60 + 10) * 1000,
      },
    },
  },
  report: {
    /** The time that is reserved for counting the unread files and writing the report. */
    afterReadingMs: 25_000,
    /** The time that is reserved for writing the report. */
    afterListingMs: 15_000,
  },
} as const;
