import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { isWorthWaiting, type NextLook, untilNextLook } from './polling';
import type { Operator } from '../aws/operator';
import { type Deadlines, type IsCompleteResponse, isFirstInvocation, NOT_YET } from '../framework/framework';

/** All looks of one invocation together with the time that it waits between them, so that it ends long before the function's time-out. */
const CALL_BUDGET = 2 * 60_000;

/** The looks and the report together, in milliseconds: what is left of the function's time-out is for the stack's direction and an event. */
const RESULTS_BUDGET = 4 * 60_000;

/** A job that is waited for. */
export interface WatchedJob extends Deadlines {
  readonly jobId: string;
  /** Whether a leg before has waited for it already. */
  readonly isContinued: boolean;
}

/** What a look at a job led to. */
export interface Look {
  /** Undefined if another look is needed. */
  readonly response?: IsCompleteResponse;
  /** Of the job, if it was seen. */
  readonly status?: string;
}

/** What ends whatever an invocation still asks when it has to go. */
export interface InvocationBudget {
  readonly looks: AbortSignal;
  readonly results: AbortSignal;
}

/** To be taken when an invocation begins. */
export function invocationBudget(): InvocationBudget {
  return { looks: AbortSignal.timeout(CALL_BUDGET), results: AbortSignal.timeout(RESULTS_BUDGET) };
}

/** Looks at the job whenever a look is due, for some time of its life. */
export async function watchJob(job: WatchedJob, look: () => Promise<Look>): Promise<IsCompleteResponse> {
  let seen: Pick<NextLook, 'status' | 'firstLookAt'> = {};
  while (await waitForNextLook(job, seen)) {
    const firstLookAt = seen.firstLookAt ?? Date.now();
    const { response, status } = await look();
    if (response) {
      return response;
    }
    if (Date.now() >= job.Deadline) {
      break; // all that is waited for now is CloudFormation's word, and the framework asks again in 10 s
    }
    seen = { status, firstLookAt };
  }
  return NOT_YET;
}

/** The job as HealthLake describes it. */
export async function describeJob({ healthlake }: Operator, { DatastoreId, JobId }: { readonly DatastoreId: string; readonly JobId: string },
  abortSignal: AbortSignal): Promise<ImportJob> {
  const { ImportJobProperties: job } = await healthlake.send(new DescribeFHIRImportJobCommand({ DatastoreId, JobId }), { abortSignal });
  if (!job) {
    throw new Error('DescribeFHIRImportJob gave no job');
  }
  return job;
}

async function waitForNextLook({ jobId, isContinued, RequestedAt, DeliveredAt, Deadline }: WatchedJob, seen: Pick<NextLook, 'status' | 'firstLookAt'>): Promise<boolean> {
  const now = Date.now();
  // The job may have ended in a leg before: the legs that are left shall take seconds then, not a minute each.
  if (isContinued && seen.firstLookAt === undefined && isFirstInvocation({ RequestedAt, DeliveredAt })) {
    return true;
  }
  const next: NextLook = { ...seen, jobId, isContinued, requestedAt: RequestedAt, now };
  const delay = Math.min(untilNextLook(next), Math.max(0, Deadline - now));
  if (!isWorthWaiting(delay, next)) {
    return false;
  }
  await sleep(delay);
  return true;
}
