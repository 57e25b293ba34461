import { ALREADY_IMPORTED, type ImportOutcomeProperties, UNKNOWN, type ContractErrorTolerance } from '../../../src/contract';
import { describeError, isNotFound, kindOf } from '../../aws/errors';
import type { Fact } from '../../aws/fact';
import type { Direction } from '../../aws/stack';
import type { Deadlines } from '../../framework/framework';
import { settledBy } from '../../framework/times';
import { unreadable } from '../contract';
import type { Judged } from '../physical-ids';
import { type Evidence, judge } from '../verdict';

/** What CloudFormation asks `Outcome` for. */
export interface OutcomeChange extends Deadlines {
  readonly tolerance: ContractErrorTolerance;
  /** How this very job was judged before, if the physical id says so. */
  readonly judged?: Judged;
  /** Why nothing can be judged, if so. */
  readonly obstacle?: string;
  /** Names of the import's own resources, which quoted texts of AWS may show. */
  readonly own?: readonly string[];
  /** Whether no job was started because of `alreadyImported`. */
  readonly isDeclared?: boolean;
}

/** What AWS says. */
export interface OutcomeFacts {
  /** Undefined if there is nothing to look at. */
  readonly look?: Fact<Evidence>;
  /** Undefined as long as it wasn't asked for: a job that succeeded needs no direction. */
  readonly direction?: Fact<Direction>;
  /** When it was asked, in milliseconds since the epoch. */
  readonly now: number;
}

/** What `Outcome` does after a look at the job. */
export type OutcomeDecision =
  /** The job was judged before: answer with what the id says of it. */
  | { readonly kind: 'answer from the id'; readonly seen?: Evidence; readonly judged: Judged }
  | { readonly kind: 'succeed'; readonly seen: Evidence }
  /** Succeed without a job, because of `alreadyImported`. */
  | { readonly kind: 'already imported'; readonly seen?: undefined }
  /** A roll-back never fails, whatever became of the job. */
  | { readonly kind: 'succeed unjudged'; readonly seen?: Evidence }
  | { readonly kind: 'fail'; readonly why: string; readonly seen?: Evidence; readonly advice?: Advice }
  | { readonly kind: 'wait'; readonly seen?: Evidence };

/** Which way out a failure names. */
export type Advice = 'job' | 'errors' | 'timeout' | 'access';

/** How long after the deadline a failure waits to learn whether the stack is rolled back, in which case it must not fail, in milliseconds. */
const DIRECTION_GRACE = 2 * 60_000;

/** Why nothing can be judged; undefined if something can. A roll-back can hand on a job that it could not find out. */
export function obstacleOf(properties: Pick<ImportOutcomeProperties, 'ContractVersion' | 'JobId'>): string | undefined {
  return unreadable(properties) ?? (properties.JobId !== UNKNOWN ? undefined
    : 'the job of this data set is not known, because HealthLake could not be asked for it in a roll-back; '
      + 'change errorTolerance or outputPrefix, which makes the deployment look it up and starts no job');
}

/** Whether the import started no job, so there is no job to describe. */
export function isDeclaredJob({ JobId }: Pick<ImportOutcomeProperties, 'JobId'>): boolean {
  return JobId === ALREADY_IMPORTED;
}

/** Decides; docs/lifecycle.md is its table. */
export function decideOutcome(change: OutcomeChange, { look, direction, now }: OutcomeFacts): OutcomeDecision {
  const seen = look && 'value' in look ? look.value : undefined;
  if (change.judged) {
    return mayClearUp(look, change, now) ? { kind: 'wait' } : { kind: 'answer from the id', judged: change.judged, seen };
  }
  if (change.isDeclared && change.obstacle === undefined) {
    return { kind: 'already imported' };
  }
  const decision = look ? decideLook(look, change, now) : { kind: 'fail', why: change.obstacle ?? '' } as const;
  if (decision.kind === 'succeed') {
    return decision;
  }
  if (direction && 'value' in direction && direction.value === 'roll-back') {
    return { kind: 'succeed unjudged', seen };
  }
  const mayBeRolledBack = direction !== undefined && 'error' in direction && now < change.Deadline + DIRECTION_GRACE;
  return decision.kind === 'fail' && mayBeRolledBack ? { kind: 'wait', seen } : decision;
}

/** Whether a look may yet say where the results are: an error may pass, a job that is gone is gone. */
function mayClearUp(look: Fact<Evidence> | undefined, times: Deadlines, now: number): boolean {
  return look !== undefined && 'error' in look && !isNotFound(look.error) && now < settledBy(times);
}

function decideLook(look: Fact<Evidence>, change: OutcomeChange, now: number): Extract<OutcomeDecision, { kind: 'succeed' | 'fail' | 'wait' }> {
  return 'error' in look ? decideError(look.error, change, now) : decideSight(look.value, change, now);
}

function decideSight(seen: Evidence, { tolerance, Deadline }: OutcomeChange, now: number): Extract<OutcomeDecision, { kind: 'succeed' | 'fail' | 'wait' }> {
  const verdict = judge(seen, tolerance);
  switch (verdict.kind) {
    case 'succeeded':
      return { kind: 'succeed', seen };
    case 'failed':
      return { kind: 'fail', why: verdict.why, seen, advice: seen.job.JobStatus === 'COMPLETED_WITH_ERRORS' ? 'errors' : 'job' };
    case 'running':
      return now >= Deadline ? { kind: 'fail', why: 'the time is up and the job has not ended', seen, advice: 'timeout' } : { kind: 'wait', seen };
  }
}

/** A job that was accepted a moment ago may not be found yet, so not even that is definite at first. */
function decideError(error: unknown, change: OutcomeChange, now: number): Extract<OutcomeDecision, { kind: 'fail' | 'wait' }> {
  const lasting = kindOf(error) !== 'transient';
  const until = lasting ? Math.min(change.Deadline, settledBy(change)) : change.Deadline;
  return now >= until
    ? { kind: 'fail', why: `could not describe the job: ${describeError(error, change.own)}`, advice: lasting ? 'access' : 'timeout' }
    : { kind: 'wait' };
}
