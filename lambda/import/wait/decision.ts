import { describeError, type Fact, isNotFound, kindOf } from '../../aws/errors';
import type { Direction } from '../../aws/stack';
import { settledBy, type Times } from '../../framework/times';
import { hasEnded, type JobDescription } from '../healthlake-job';

/** The request that a leg decides on. */
export interface WaitChange extends Times {
  /** Whether an earlier leg has waited for the job already. */
  readonly isContinued: boolean;
  /** Why there is no job to wait for. Undefined if there is one. */
  readonly obstacle?: string;
  /** Names of the import's own resources, which quoted texts of AWS may show. */
  readonly own?: readonly string[];
}

/** The facts that a leg decides by. */
export interface WaitFacts {
  /** Undefined before the first poll. */
  readonly poll?: Fact<JobDescription>;
  /** Undefined if CloudFormation was not called. */
  readonly direction?: Fact<Direction>;
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/** The decision of a leg. A leg never fails and never judges the job: it hands on to the next leg, or to `Outcome`. */
export type WaitDecision = { readonly kind: 'wait' } | { readonly kind: 'hand on'; readonly why: string };

/** Decides; docs/lifecycle.md has the table. */
export function decideWait(change: WaitChange, { poll, direction, now }: WaitFacts): WaitDecision {
  const isRolledBack = direction && 'value' in direction && direction.value === 'roll-back';
  const why = change.obstacle ?? (isRolledBack ? 'the stack is rolled back' : poll && whyByPoll(poll, change, now));
  return why === undefined ? { kind: 'wait' } : { kind: 'hand on', why };
}

function whyByPoll(poll: Fact<JobDescription>, change: WaitChange, now: number): string | undefined {
  if ('error' in poll) {
    return now >= retriedUntil(poll.error, change) ? `could not describe the job: ${describeError(poll.error, change.own)}` : undefined;
  }
  if (hasEnded(poll.value.JobStatus)) {
    return 'the job has ended';
  }
  return now >= change.deadline ? 'the time of this leg is up' : undefined;
}

/** A job that was just accepted may not be found yet. A job that an earlier leg has waited for is gone. */
function retriedUntil(error: unknown, change: WaitChange): number {
  if (isNotFound(error) && change.isContinued) {
    return change.requestedAt;
  }
  return kindOf(error) === 'transient' ? change.deadline : Math.min(change.deadline, settledBy(change));
}
