import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import { isInProgress, type JobDescription } from './healthlake-job';
import type { Operator } from '../aws/operator';
import { BUDGETS } from '../budgets';
import { type IsCompleteResponse, NOT_YET } from '../framework/framework';
import { isFirstInvocation, type Times } from '../framework/times';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The first poll of a job is within this time. */
const SPREAD = 45 * SECOND;

/** A job that is polled. */
export interface PolledJob extends Times {
  readonly jobId: string;
  /** Whether a `Wait` resource has polled the job already. */
  readonly isContinued: boolean;
}

/** The result of a poll. */
export interface Poll {
  /** Undefined if another poll is needed. */
  readonly response?: IsCompleteResponse;
  /** The status of the job. Undefined if it could not be described. */
  readonly status?: string;
}

/** The abort signals of an invocation's polls. */
export interface PollingBudget {
  readonly polls: AbortSignal;
  readonly results: AbortSignal;
}

/** Starts the budget of an invocation. */
export function pollingBudget(): PollingBudget {
  const { pollsMs, resultsMs } = BUDGETS.handler.poll;
  return { polls: AbortSignal.timeout(pollsMs), results: AbortSignal.timeout(resultsMs) };
}

/** Returns the job as HealthLake describes it. */
export async function describeJob({ healthlake }: Operator, { DatastoreId, JobId }: { readonly DatastoreId: string; readonly JobId: string },
  abortSignal: AbortSignal): Promise<JobDescription> {
  const { ImportJobProperties: job } = await healthlake.send(new DescribeFHIRImportJobCommand({ DatastoreId, JobId }), { abortSignal });
  if (!job) {
    throw new Error('DescribeFHIRImportJob gave no job');
  }
  return job;
}

/** Polls the job when polls are due, until there is a response or the next poll is left to a later invocation. */
export async function pollRepeatedly(job: PolledJob, poll: () => Promise<Poll>): Promise<IsCompleteResponse> {
  let last: LastPoll = {};
  while (await pauseForNextPoll(job, last)) {
    const firstPollAt = last.firstPollAt ?? Date.now();
    const { response, status } = await poll();
    if (response) {
      return response;
    }
    if (Date.now() >= job.deadline) {
      break; // only the stack's direction is missing, and the framework calls again in 10 s
    }
    last = { status, firstPollAt };
  }
  return NOT_YET;
}

async function pauseForNextPoll(job: PolledJob, last: LastPoll): Promise<boolean> {
  const now = Date.now();
  // The job may have ended during an earlier `Wait` resource. The remaining ones then take seconds, not a minute each.
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

/** The polls of the current invocation so far. */
interface LastPoll {
  /** The status at the last poll. Undefined before the first one. */
  readonly status?: string;
  readonly firstPollAt?: number;
}

/** The facts that the time of the next poll depends on. All times are in milliseconds since the epoch. */
export interface NextPoll extends LastPoll, Pick<PolledJob, 'jobId' | 'requestedAt'> {
  readonly isContinued?: boolean;
  readonly now: number;
}

/**
 * Returns the milliseconds until the next poll. Polls are at regular intervals, with an offset that is derived from the job id. The offsets spread the polls
 * of many imports, because an account may call DescribeFHIRImportJob 10 times a second.
 */
export function untilNextPoll(next: NextPoll): number {
  const interval = pollInterval(next);
  const offset = (parseInt(next.jobId.slice(-6), 16) || 0) % SPREAD;
  return interval - ((next.now - next.requestedAt + MINUTE - offset) % interval);
}

/** Returns whether this invocation waits for the next poll. Otherwise a later invocation makes it. */
export function isWorthWaiting(delay: number, { firstPollAt, now }: NextPoll): boolean {
  const { firstPollWithinMs, repeatForMs } = BUDGETS.handler.poll;
  return firstPollAt === undefined ? delay <= firstPollWithinMs : now + delay <= firstPollAt + repeatForMs;
}

/**
 * An invocation doesn't know what an earlier one saw, so its first poll is on the minute. Only after it has seen the job running, it polls more often. Queued
 * jobs are polled once a minute, because many of them would exhaust the account's calls.
 */
function pollInterval({ status, requestedAt, isContinued, now }: NextPoll): number {
  if (!isInProgress(status)) {
    return MINUTE;
  }
  return !isContinued && now - requestedAt < 10 * MINUTE ? 5 * SECOND : 30 * SECOND;
}
