import type { ContractErrorTolerance } from '../../../src/contract';
import { describeError, type Fact, isNotFound, kindOf } from '../../aws/errors';
import type { Direction } from '../../aws/stack';
import type { JudgedJob } from '../physical-ids';
import { type Evidence, judge, type Verdict } from '../verdict';

/** The terms by which a poll is judged. */
export interface Terms {
  readonly tolerance: ContractErrorTolerance;
  /** The names of the import's own resources. Quoted AWS messages may show them. */
  readonly own?: readonly string[];
  /** The time until which a refusal is retried, in milliseconds since the epoch. A new role or policy may not be effective before that time. */
  readonly settledBy: number;
  /** The time at which the wait for the job ends, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** The decision of `Outcome` after a poll. */
export type OutcomeDecision =
  | Verdict
  /** Answer from the physical id. It records that an earlier invocation judged the job successful. */
  | { readonly kind: 'answer from the id'; readonly evidence?: Evidence; readonly judged: JudgedJob }
  /** Succeed without a job, because of `alreadyImported`. */
  | { readonly kind: 'already imported'; readonly evidence?: undefined }
  /** Succeed without judging the job. A roll-back must not fail because of the job. */
  | { readonly kind: 'succeed unjudged'; readonly evidence?: Evidence };

/** The time after the deadline in which a failure waits for the stack's direction. A roll-back must not fail because of the job. */
const DIRECTION_GRACE_MS = 2 * 60_000;

/** Judges a poll. A failed call is retried until the deadline. A call that AWS refuses is retried only until `settledBy`. */
export function judgePoll(poll: Fact<Evidence>, terms: Terms, now: number): Verdict {
  if ('error' in poll) {
    return judgeError(poll.error, terms, now);
  }
  const verdict = judge(poll.value, terms.tolerance);
  return verdict.kind === 'running' && now >= terms.deadline
    ? { kind: 'failed', why: 'the time is up and the job has not ended', evidence: poll.value, advice: 'timeout' }
    : verdict;
}

/** Judges a failed poll. HealthLake may not find a job that it has just accepted, so "not found" is retried like a refusal. */
function judgeError(error: unknown, { settledBy, deadline, own }: Terms, now: number): Verdict {
  const isRefused = kindOf(error) !== 'transient';
  return now >= (isRefused ? Math.min(deadline, settledBy) : deadline)
    ? { kind: 'failed', why: `could not describe the job: ${describeError(error, own)}`, advice: isRefused ? 'access' : 'timeout' }
    : { kind: 'running' };
}

/**
 * Makes the decision of `Outcome` from the verdict and the stack's direction. The decision table is in docs/lifecycle.md. The direction is undefined if it
 * can't change the decision.
 */
export function decideOutcome(verdict: Verdict, direction: Fact<Direction> | undefined, deadline: number, now: number): OutcomeDecision {
  if (direction && 'value' in direction && direction.value === 'roll-back') {
    return { kind: 'succeed unjudged', evidence: verdict.evidence };
  }
  const mayBeRolledBack = direction !== undefined && 'error' in direction && now < deadline + DIRECTION_GRACE_MS;
  return verdict.kind === 'failed' && mayBeRolledBack ? { kind: 'running', evidence: verdict.evidence } : verdict;
}

/**
 * Decides on a job that was judged before. If describing the job fails, the answer waits for the location of the results. It doesn't wait if the job no longer
 * exists.
 */
export function decideJudged(judged: JudgedJob, poll: Fact<Evidence> | undefined, { settledBy }: Terms, now: number): OutcomeDecision {
  if (poll && 'error' in poll && !isNotFound(poll.error) && now < settledBy) {
    return { kind: 'running' };
  }
  return { kind: 'answer from the id', judged, evidence: poll && 'value' in poll ? poll.value : undefined };
}
