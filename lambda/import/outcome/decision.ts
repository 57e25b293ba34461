import type { ContractErrorTolerance } from '../../../src/contract';
import { describeError, type Fact, isNotFound, kindOf } from '../../aws/errors';
import type { Direction } from '../../aws/stack';
import type { JudgedJob } from '../physical-ids';
import { type Evidence, judge, type Verdict } from '../verdict';

/** The terms of an import that a poll is judged by. */
export interface Terms {
  readonly tolerance: ContractErrorTolerance;
  /** Names of the import's own resources, which quoted texts of AWS may show. */
  readonly own?: readonly string[];
  /** Until when a refusal is retried because a new role or policy may not be effective yet, in milliseconds since the epoch. */
  readonly settledBy: number;
  /** When the wait for the job ends, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** The decision of `Outcome` after a poll. */
export type OutcomeDecision =
  | Verdict
  /** The job was judged successful by an earlier invocation: answer with what the physical id records. */
  | { readonly kind: 'answer from the id'; readonly evidence?: Evidence; readonly judged: JudgedJob }
  /** Succeed without a job, because of `alreadyImported`. */
  | { readonly kind: 'already imported'; readonly evidence?: undefined }
  /** Succeed in a roll-back, which must not fail because of the job. */
  | { readonly kind: 'succeed unjudged'; readonly evidence?: Evidence };

/** How long after the deadline a failure waits for the stack's direction, because a roll-back must not fail. */
const DIRECTION_GRACE_MS = 2 * 60_000;

/** Judges a poll. A failed call is retried until the deadline, or if AWS refuses it, until new permissions are effective. */
export function judgePoll(poll: Fact<Evidence>, terms: Terms, now: number): Verdict {
  if ('error' in poll) {
    return judgeError(poll.error, terms, now);
  }
  const verdict = judge(poll.value, terms.tolerance);
  return verdict.kind === 'running' && now >= terms.deadline
    ? { kind: 'failed', why: 'the time is up and the job has not ended', evidence: poll.value, advice: 'timeout' }
    : verdict;
}

/** A job that was just accepted may not be found yet, so "not found" is retried like a refusal. */
function judgeError(error: unknown, { settledBy, deadline, own }: Terms, now: number): Verdict {
  const isRefused = kindOf(error) !== 'transient';
  return now >= (isRefused ? Math.min(deadline, settledBy) : deadline)
    ? { kind: 'failed', why: `could not describe the job: ${describeError(error, own)}`, advice: isRefused ? 'access' : 'timeout' }
    : { kind: 'running' };
}

/** Decides by the verdict and the stack's direction; docs/lifecycle.md has the table. The direction is undefined if the verdict doesn't depend on it. */
export function decideOutcome(verdict: Verdict, direction: Fact<Direction> | undefined, deadline: number, now: number): OutcomeDecision {
  if (direction && 'value' in direction && direction.value === 'roll-back') {
    return { kind: 'succeed unjudged', evidence: verdict.evidence };
  }
  const mayBeRolledBack = direction !== undefined && 'error' in direction && now < deadline + DIRECTION_GRACE_MS;
  return verdict.kind === 'failed' && mayBeRolledBack ? { kind: 'running', evidence: verdict.evidence } : verdict;
}

/** Decides for a job that was judged before. While describing it fails, the answer waits for the location of the results, but not for a job that is gone. */
export function decideJudged(judged: JudgedJob, poll: Fact<Evidence> | undefined, { settledBy }: Terms, now: number): OutcomeDecision {
  if (poll && 'error' in poll && !isNotFound(poll.error) && now < settledBy) {
    return { kind: 'running' };
  }
  return { kind: 'answer from the id', judged, evidence: poll && 'value' in poll ? poll.value : undefined };
}
