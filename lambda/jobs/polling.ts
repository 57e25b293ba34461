import { setTimeout as sleep } from 'node:timers/promises';
import { isInProgress, type JobDescription } from './healthlake-job';
import type { JobKind } from './kind';
import type { LastPoll, WaiterMemory } from './waiter-memory';
import { ANSWER_MARGIN_MINUTES, QUERY_INTERVAL_SECONDS } from '../../src/contract';
import type { Operator } from '../aws/operator';
import { BUDGETS } from '../budgets';
import { type IsCompleteResponse, NOT_YET } from '../framework/framework';
import { isFirstInvocation, type Times } from '../framework/times';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The framework's query interval, in milliseconds. */
const QUERY_INTERVAL = QUERY_INTERVAL_SECONDS * SECOND;

/** The period after a deadline over which the last polls of jobs with the same deadline are spread. */
const DEADLINE_SPREAD = 2 * QUERY_INTERVAL;

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

/**
 * Starts the time budget of an invocation that polls. After the deadline of a resource, the budget ends early enough for the response to reach CloudFormation
 * in time.
 */
export function pollingBudget(deadline = Infinity): PollingBudget {
  const { call: { describeStacksMs, putEventsMs }, poll: { pollsMs, resultsMs } } = BUDGETS.handler;
  const left = deadline + ANSWER_MARGIN_MINUTES * MINUTE - describeStacksMs - putEventsMs - Date.now();
  const within = (ms: number) => AbortSignal.timeout(Math.max(0, Math.min(ms, left)));
  return { polls: within(pollsMs), results: within(resultsMs) };
}

/** Describes a job. */
export async function describeJob({ api }: JobKind, { healthlake }: Operator,
  { DatastoreId, JobId }: { readonly DatastoreId: string; readonly JobId: string }, abortSignal: AbortSignal): Promise<JobDescription> {
  const job = await api.describe(healthlake, { DatastoreId, JobId }, { abortSignal });
  if (!job) {
    throw new Error('HealthLake described no job');
  }
  return job;
}

/** Polls the job if a poll is due. Returns the response to CloudFormation, or `NOT_YET` if a later invocation has to make the next poll. */
export async function pollWhenDue(job: PolledJob, memory: WaiterMemory, poll: () => Promise<Poll>): Promise<IsCompleteResponse> {
  const beganAt = Date.now();
  const offset = isFirstInvocation(job) ? firstOffset(job, beganAt) : 0;
  await sleep(offset);
  if (!isDue(job, memory.lastPoll, beganAt + offset)) {
    return NOT_YET;
  }
  for (;;) {
    const at = Date.now();
    const { response, status } = await poll();
    if (response) {
      return response;
    }
    memory.lastPoll = { status: status ?? memory.lastPoll?.status, at };
    const next = nextPollAt(job, memory.lastPoll, beganAt);
    if (next === undefined) {
      return NOT_YET;
    }
    await sleep(next - Date.now());
  }
}

/**
 * Returns how long the first invocation for a resource sleeps, which is less than a query interval. The sleep depends on the job id, so the invocations of
 * jobs that start at the same moment are spread, and one of the invocations begins when the first poll is due. After an earlier `Wait` resource, the
 * invocations are spread already.
 */
export function firstOffset({ jobId, isContinued }: PolledJob, now: number): number {
  return isContinued ? 0 : (MINUTE - ((now - hashOf(jobId)) % MINUTE)) % QUERY_INTERVAL;
}

/**
 * Returns whether an invocation polls the job. HealthLake accepts 10 DescribeFHIRImportJob calls and 10 DescribeFHIRExportJob calls a second from an account.
 * So a job that is not known to be in progress is polled seldom, and the polls of many jobs are spread.
 */
export function isDue(job: PolledJob, last: LastPoll | undefined, now: number): boolean {
  const { jobId, isContinued, requestedAt, deadline } = job;
  // The job may have ended during an earlier `Wait` resource. An immediate poll then lets this resource complete in seconds instead of minutes.
  const isFirstOfResource = isContinued && isFirstInvocation(job, now) && !last;
  if (isFirstOfResource || now >= deadline + hashOf(jobId) % DEADLINE_SPREAD) {
    return true;
  }
  if (last && isInProgress(last.status)) {
    // False only for a waiter that an earlier version started, because it calls every 10 seconds.
    return now >= last.at + QUERY_INTERVAL - SECOND;
  }
  // Another execution environment may have polled the job, which is not known here. So the time of the poll in each interval depends only on the job id.
  const interval = !isContinued && now < requestedAt + 2 * MINUTE ? MINUTE : 2 * MINUTE;
  const indexOf = (time: number) => Math.floor((time - hashOf(jobId)) / interval);
  return indexOf(now) > indexOf(Math.max(last?.at ?? requestedAt, now - QUERY_INTERVAL));
}

/** Returns the time of the next poll by the same invocation. Returns undefined if a later invocation makes the next poll. */
export function nextPollAt({ isContinued, requestedAt, deadline }: PolledJob, { status, at }: LastPoll, beganAt: number): number | undefined {
  const next = at + 5 * SECOND;
  const isEarly = !isContinued && at < requestedAt + 10 * MINUTE;
  return isEarly && isInProgress(status) && at < deadline && next <= beganAt + BUDGETS.handler.poll.repeatForMs ? next : undefined;
}

function hashOf(jobId: string): number {
  return parseInt(jobId.slice(-6), 16) || 0;
}
