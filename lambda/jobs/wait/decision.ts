import { describeError, type Fact, isNotFound, kindOf } from '../../aws/errors';
import type { Direction } from '../../aws/stack';
import { settledBy, type Times } from '../../framework/times';
import { hasEnded, type JobDescription } from '../healthlake-job';

/** A change of a `Wait` resource that CloudFormation requests. */
export interface WaitChange extends Times {
  /** Whether an earlier `Wait` resource has already waited for the job. */
  readonly isContinued: boolean;
  /** The reason why there is no job to wait for. Undefined if there is a job. */
  readonly obstacle?: string;
  /** The names of the construct's own resources. They are not masked in quoted AWS messages. */
  readonly own?: readonly string[];
}

/** The facts on which the decision of a `Wait` resource is based. */
export interface WaitFacts {
  /** The result of the poll. Undefined before the first poll. */
  readonly poll?: Fact<JobDescription>;
  /** Whether the stack is rolled back. Undefined if DescribeStacks was not called. */
  readonly direction?: Fact<Direction>;
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
}

/** The decision of a `Wait` resource. The resource never fails and never judges the job. When it completes, the next `Wait` resource or `Outcome` continues. */
export type WaitDecision = { readonly kind: 'wait' } | { readonly kind: 'hand on'; readonly why: string };

/** The decision of a `Wait` resource at its deadline. It needs no poll, because the next resource polls the job at once. */
export const TIME_IS_UP: WaitDecision = { kind: 'hand on', why: 'the time of this leg is up' };

/** Decides whether a `Wait` resource continues to wait. The decision table is in docs/lifecycle.md. */
export function decideWait(change: WaitChange, { poll, direction, now }: WaitFacts): WaitDecision {
  const isRolledBack = direction && 'value' in direction && direction.value === 'roll-back';
  const why = change.obstacle ?? (isRolledBack ? 'the stack is rolled back' : poll && whyByPoll(poll, change, now));
  return why === undefined ? { kind: 'wait' } : { kind: 'hand on', why };
}

function whyByPoll(poll: Fact<JobDescription>, change: WaitChange, now: number): string | undefined {
  if ('error' in poll) {
    return now >= retriedUntil(poll.error, change) ? `could not describe the job: ${describeError(poll.error, change.own)}` : undefined;
  }
  return hasEnded(poll.value.JobStatus) ? 'the job has ended' : undefined;
}

/**
 * Returns the time until which a failed poll is retried. HealthLake may not find a job that it has just accepted, so "not found" is retried. If an earlier
 * `Wait` resource has waited for the job, "not found" means that the job no longer exists.
 */
function retriedUntil(error: unknown, change: WaitChange): number {
  if (isNotFound(error) && change.isContinued) {
    return change.requestedAt;
  }
  return kindOf(error) === 'transient' ? change.deadline : Math.min(change.deadline, settledBy(change));
}
