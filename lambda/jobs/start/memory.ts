import type { JobDescription } from '../healthlake-job';

/** The progress of listing the jobs of a data store. The listing can take more than one invocation. */
export interface Listing {
  /** The jobs of the data set that were found so far. Other jobs are only counted. */
  readonly jobs: JobDescription[];
  jobsListed: number;
  nextToken?: string;
  isComplete: boolean;
}

/** The last call that a waiter made to start a job and that HealthLake did not refuse. */
export interface EarlierStart {
  readonly clientToken: string;
  /** The id of the started job. Undefined if HealthLake's response was lost. */
  readonly jobId?: string;
  /** The error of a call whose response was lost. Undefined if HealthLake responded. */
  readonly lost?: string;
  /** The time of the call, in milliseconds since the epoch. */
  readonly at: number;
}

/** If the start of a job gets no response, the handler waits this long for HealthLake to list the job before it repeats the call. */
const LOST_START_MS = 60_000;

/**
 * Returns the decision to make instead of repeating a start, or undefined if the start may be repeated. A repeated start can create a second job if HealthLake
 * doesn't honour the client token.
 */
export function decideRepeat(earlier: EarlierStart | undefined, clientToken: string, now: number):
| { readonly kind: 'adopt'; readonly jobId: string; readonly isNew: true } | { readonly kind: 'wait'; readonly why: string } | undefined {
  if (earlier?.clientToken !== clientToken) {
    return undefined;
  }
  if (earlier.jobId !== undefined) {
    return { kind: 'adopt', jobId: earlier.jobId, isNew: true };
  }
  return now < earlier.at + LOST_START_MS ? { kind: 'wait', why: `HealthLake did not answer the start of the job, and does not list a job of it yet: ${earlier.lost}` } : undefined;
}
