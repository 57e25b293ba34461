import {
  HANDLER_TIMEOUT_MINUTES, JOB_MONITOR_TIMEOUT_MINUTES, REPLACEMENT_GUARD_TIMEOUT_MINUTES, REPORT_TIMEOUT_MINUTES,
} from '../src/contract';

/**
 * The time budgets of the functions. The budgets of an invocation add up to less than the time-out of its function, so that the
 * handler can respond to CloudFormation even if a service hangs. The budget of a call includes its retries.
 */
export const BUDGETS = {
  /** The limits of one attempt of any AWS call. */
  attempt: { connectMs: 3_000, answerMs: 10_000 },
  handler: {
    timeoutMs: HANDLER_TIMEOUT_MINUTES * 60_000,
    /** The budgets of single AWS calls, in any invocation of the handler. */
    call: { assumeRoleMs: 30_000, describeStacksMs: 30_000, startExecutionMs: 15_000, putEventsMs: 15_000 },
    /** The budgets of an invocation that may start a job. */
    start: {
      /** The budget of each step, in the order in which the steps run. */
      steps: {
        describeDatastoreMs: 15_000,
        listJobsMs: 45_000,
        /** The budget for judging all earlier jobs of the data set, including the calls of the report function. */
        judgeEarlierJobsMs: 90_000,
        inspectBucketsMs: 30_000,
        /** The maximum of the random pause before a start. The pause separates two invocations that would start a job at the same moment. */
        pauseMs: 5_000,
        listNewJobsMs: 10_000,
        startJobMs: 15_000,
        listAfterStartMs: 10_000,
      },
      /** The longest time for which one invocation lists jobs. If the listing takes longer than `listJobsMs`, the next invocation does the other steps. */
      listingOnlyMs: 220_000,
      listPageMs: 30_000,
      /** The budget for describing an adopted job and listing its input. An invocation that compares them skips the steps after `judgeEarlierJobsMs`. */
      compareInputMs: 30_000,
    },
    /** The budgets of an invocation that polls a job. */
    poll: {
      /** The time for which an invocation repeats its poll of a running job in the first 10 minutes of a wait. Later, an invocation polls once. */
      repeatForMs: 60_000,
      /** The budget for all polls and the pauses between them. */
      pollsMs: 2 * 60_000,
      /** The budget for the polls, the restore point, and the call of the report function. */
      resultsMs: 4 * 60_000,
      /** The budget for learning the restore point of the data store. It is spent before the budget of the report begins. */
      describeDatastoreMs: 15_000,
      report: {
        totalMs: 195_000,
        /** The time-out of one attempt to invoke the report function. It allows for the function's own time-out and a cold start. */
        attemptMs: (REPORT_TIMEOUT_MINUTES * 60 + 10) * 1000,
      },
    },
  },
  report: {
    /** The time that the report function reserves for counting the files that it did not read and for writing the report. */
    afterReadingMs: 25_000,
    /** The time that the report function reserves for writing the report. */
    afterListingMs: 15_000,
  },
  guard: {
    timeoutMs: REPLACEMENT_GUARD_TIMEOUT_MINUTES * 60_000,
    call: { listResourcesMs: 30_000, describeDatastoreMs: 15_000 },
    /** The pause after an attempt that failed. Attempts are repeated for `SETTLING_MS`. */
    pauseMs: 5_000,
  },
  jobs: {
    timeoutMs: JOB_MONITOR_TIMEOUT_MINUTES * 60_000,
    /** The budget for the jobs of one kind in one data store. */
    listMs: 20_000,
    /** The SDK's longest pause between two attempts. The end of a budget doesn't end a pause. */
    pauseMs: 20_000,
  },
  /** The time that the function of the dashboard's widget reserves for showing the jobs. */
  jobWidget: { renderMs: 2_000 },
  /** The response to CloudFormation of a function without the provider framework. Each pause is twice as long as the one before. */
  response: { attempts: 5, attemptMs: 10_000, firstPauseMs: 1_000 },
} as const;
