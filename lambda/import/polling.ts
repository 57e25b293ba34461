import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { isInProgress, type JobDescription } from './healthlake-job';
import type { Operator } from '../aws/operator';
import { BUDGETS } from '../budgets';
import { type IsCompleteResponse, NOT_YET } from '../framework/framework';
import { isFirstInvocation, type Times } from '../framework/times';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The polls of each job are offset by up to this time, so that the polls of many imports don't coincide. */
const SPREAD = 45 * SECOND;

/** The job to poll, and the times of the CloudFormation event. */
export interface PolledJob extends Times {
  readonly jobId: string;
  /** Whether a `Wait` resource has polled the job already. */
  readonly isContinued: boolean;
}

/** The result of a poll. */
export interface Poll {
  /** The response to CloudFormation. Undefined if another poll is needed. */
  readonly response?: IsCompleteResponse;
  /** The status of the job. Undefined if it could not be described. */
  readonly status?: string;
}

/** The abort signals that limit the polls and the report of an invocation. */
export interface PollingBudget {
  readonly polls: AbortSignal;
  readonly results: AbortSignal;
}

/** Starts the time budget of an invocation that polls. */
export function pollingBudget(): PollingBudget {
  const { pollsMs, resultsMs } = BUDGETS.handler.poll;
  return { polls: AbortSignal.timeout(pollsMs), results: AbortSignal.timeout(resultsMs) };
}

/** Calls DescribeFHIRImportJob and returns the job. */
export async function describeJob({ healthlake }: Operator, { DatastoreId, JobId }: { readonly DatastoreId: string; readonly JobId: string },
  abortSignal: AbortSignal): Promise<JobDescription> {
  const { ImportJobProperties: job } = await healthlake.send(new DescribeFHIRImportJobCommand({ DatastoreId, JobId }), { abortSignal });
  if (!job) {
    throw new Error('DescribeFHIRImportJob gave no job');
  }
  return job;
}

/** Polls the job whenever a poll is due. Stops when there is a response to CloudFormation, or when a later invocation has to make the next poll. */
export async function pollRepeatedly(job: PolledJob, poll: () => Promise<Poll>): Promise<IsCompleteResponse> {
  let last: LastPoll = {};
  while (await pauseForNextPoll(job, last)) {
    const firstPollAt = last.firstPollAt ?? Date.now();
    const { response, status } = await poll();
    if (response) {
      return response;
    }
    if (Date.now() >= job.deadline) {
      break; // the decision needs only the stack status, and the framework calls again after 10 seconds
    }
    last = { status, firstPollAt };
  }
  return NOT_YET;
}

async function pauseForNextPoll(job: PolledJob, last: LastPoll): Promise<boolean> {
  const now = Date.now();
  // The job may have ended during an earlier `Wait` resource. An immediate poll then lets this resource complete in seconds instead of a minute.
  if (job.isContinued && last.firstPollAt === undefined && isFirstInvocation(job)) {
    return true;
  }
  const next: NextPoll = { ...last, jobId: job.jobId, isContinued: job.isContinued, requestedAt: job.requestedAt, now };
  const delay = Math.min(untilNextPoll(next), Math.max(0, job.deadline - now));
  if (!isWorthWaiting(delay, next)) {
    return false;
  }
  await sleep(delay);
  return true;
}

/** The latest poll of this invocation. The members are undefined before the first poll. */
interface LastPoll {
  /** The job status at the latest poll. */
  readonly status?: string;
  readonly firstPollAt?: number;
}

/** The facts that determine the time of the next poll. All times are in milliseconds since the epoch. */
export interface NextPoll extends LastPoll, Pick<PolledJob, 'jobId' | 'requestedAt'> {
  readonly isContinued?: boolean;
  readonly now: number;
}

/**
 * Returns the milliseconds until the next poll. A job is polled at regular intervals, with an offset that is derived from the job id. The offsets spread the
 * polls of many imports, because an account may call DescribeFHIRImportJob only 10 times a second.
 */
export function untilNextPoll(next: NextPoll): number {
  const interval = pollInterval(next);
  const offset = (parseInt(next.jobId.slice(-6), 16) || 0) % SPREAD;
  return interval - ((next.now - next.requestedAt + MINUTE - offset) % interval);
}

/** Returns whether this invocation waits for the next poll. If not, a later invocation makes the next poll. */
export function isWorthWaiting(delay: number, { firstPollAt, now }: NextPoll): boolean {
  const { firstPollWithinMs, repeatForMs } = BUDGETS.handler.poll;
  return firstPollAt === undefined ? delay <= firstPollWithinMs : now + delay <= firstPollAt + repeatForMs;
}

/**
 * Returns the interval between two polls. An invocation doesn't know which status an earlier invocation saw, so it polls once a minute at first. It polls more
 * often only after it has seen the job in progress. Queued jobs are polled once a minute, because many queued jobs would exhaust the account's quota of calls.
 */
function pollInterval({ status, requestedAt, isContinued, now }: NextPoll): number {
  if (!isInProgress(status)) {
    return MINUTE;
  }
  return !isContinued && now - requestedAt < 10 * MINUTE ? 5 * SECOND : 30 * SECOND;
}
