import { describeError, type Fact, isNotFound, kindOf } from '../../aws/errors';
import type { Direction } from '../../aws/stack';
import type { Evidence, Verdict, JudgedJob } from '../verdict';


/** The time limits by which a poll is judged. */
export interface Terms {
  /** The names of the construct's own resources. They are not masked in quoted AWS messages. */
  readonly own?: readonly string[];
  /** The time until which calls that AWS refuses are retried, in milliseconds since the epoch. A new role or policy may need this long to take effect. */
  readonly settledBy: number;
  /** The time at which the wait for the job ends, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** The decision of `Outcome` after a poll. */
export type OutcomeDecision =
  | Verdict
  /** Succeed with the status and counts that an earlier invocation recorded in the physical id. */
  | { readonly kind: 'answer from the id'; readonly evidence?: Evidence; readonly judged: JudgedJob }
  /** Succeed without a job, because of `alreadyImported`. */
  | { readonly kind: 'already imported'; readonly evidence?: undefined }
  /** Succeed without judging the job, because the stack is rolled back. */
  | { readonly kind: 'succeed unjudged'; readonly evidence?: Evidence };

/**
 * If CloudFormation doesn't say whether the stack is rolled back, `Outcome` waits up to this time after the deadline before it fails. A roll-back
 * must not fail because of the job.
 */
const DIRECTION_GRACE_MS = 2 * 60_000;

/** Judges a poll; `judge` judges a described job. A failed poll is repeated until the deadline. If AWS refused the call, the poll is repeated only until `settledBy`. */
export function judgePoll(poll: Fact<Evidence>, judge: (evidence: Evidence) => Verdict, terms: Terms, now: number): Verdict {
  if ('error' in poll) {
    return judgeError(poll.error, terms, now);
  }
  const verdict = judge(poll.value);
  return verdict.kind === 'running' && now >= terms.deadline
    ? { kind: 'failed', why: 'the time is up and the job has not ended', evidence: poll.value, advice: 'timeout' }
    : verdict;
}

/** Judges a failed poll. HealthLake may not find a job that it has just accepted, so "not found" is retried like a call that AWS refuses. */
function judgeError(error: unknown, { settledBy, deadline, own }: Terms, now: number): Verdict {
  const isRefused = kindOf(error) !== 'transient';
  return now >= (isRefused ? Math.min(deadline, settledBy) : deadline)
    ? { kind: 'failed', why: `could not describe the job: ${describeError(error, own)}`, advice: isRefused ? 'access' : 'timeout' }
    : { kind: 'running' };
}

/**
 * Makes the decision of `Outcome`, given the verdict on the job and whether the stack is rolled back. The decision table is in docs/lifecycle.md. `direction`
 * is undefined if it can't change the decision.
 */
export function decideOutcome(verdict: Verdict, direction: Fact<Direction> | undefined, deadline: number, now: number): OutcomeDecision {
  if (direction && 'value' in direction && direction.value === 'roll-back') {
    return { kind: 'succeed unjudged', evidence: verdict.evidence };
  }
  const mayBeRolledBack = direction !== undefined && 'error' in direction && now < deadline + DIRECTION_GRACE_MS;
  return verdict.kind === 'failed' && mayBeRolledBack ? { kind: 'running', evidence: verdict.evidence } : verdict;
}

/**
 * Decides on a job that an earlier invocation judged successful. The response should contain the location of the results. So if
 * the job can't be described, the call is retried until `settledBy`, unless the job no longer exists.
 */
export function decideJudged(judged: JudgedJob, poll: Fact<Evidence> | undefined, { settledBy }: Terms, now: number): OutcomeDecision {
  if (poll && 'error' in poll && !isNotFound(poll.error) && now < settledBy) {
    return { kind: 'running' };
  }
  return { kind: 'answer from the id', judged, evidence: poll && 'value' in poll ? poll.value : undefined };
}
