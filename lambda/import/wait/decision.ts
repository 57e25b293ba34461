import type { ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { describeError, isNotFound, kindOf } from '../../aws/errors';
import type { Fact } from '../../aws/fact';
import type { Direction } from '../../aws/stack';
import type { Deadlines } from '../../framework/framework';
import { settledBy } from '../../framework/times';
import { hasEnded } from '../verdict';

/** What CloudFormation asks a leg for. */
export interface WaitChange extends Deadlines {
  /** Whether a leg before has waited for the job already. */
  readonly isContinued: boolean;
  /** Why nothing can be waited for, if so. */
  readonly obstacle?: string;
  /** Names of the import's own resources, which quoted texts of AWS may show. */
  readonly own?: readonly string[];
}

/** What AWS says. */
export interface WaitFacts {
  /** Undefined as long as nobody has looked. */
  readonly look?: Fact<ImportJob>;
  /** Undefined if it wasn't asked for. */
  readonly direction?: Fact<Direction>;
  /** When it was asked, in milliseconds since the epoch. */
  readonly now: number;
}

/** What a leg does now. */
export type WaitDecision =
  | { readonly kind: 'wait'; readonly job?: ImportJob }
  /** Leave everything else to what comes after. A leg never fails and never judges: `Outcome` alone does. */
  | { readonly kind: 'hand on'; readonly why: string; readonly job?: ImportJob };

/** Decides; docs/lifecycle.md is its table. */
export function decideWait(change: WaitChange, { look, direction, now }: WaitFacts): WaitDecision {
  const job = look && 'value' in look ? look.value : undefined;
  const isRolledBack = direction && 'value' in direction && direction.value === 'roll-back';
  const why = change.obstacle ?? (isRolledBack ? 'the stack is rolled back' : look && whyByLook(look, change, now));
  return why === undefined ? { kind: 'wait', job } : { kind: 'hand on', why, job };
}

function whyByLook(look: Fact<ImportJob>, change: WaitChange, now: number): string | undefined {
  if ('error' in look) {
    return now >= patienceWith(look.error, change) ? `could not describe the job: ${describeError(look.error, change.own)}` : undefined;
  }
  if (hasEnded(look.value.JobStatus)) {
    return 'the job has ended';
  }
  return now >= change.Deadline ? 'the time of this leg is up' : undefined;
}

/** Until when an error may pass. A job that was accepted a moment ago may not be found yet; one that a leg before has waited for is gone. */
function patienceWith(error: unknown, change: WaitChange): number {
  const { isContinued, RequestedAt, Deadline } = change;
  if (isNotFound(error) && isContinued) {
    return RequestedAt;
  }
  return kindOf(error) === 'transient' ? Deadline : Math.min(Deadline, settledBy(change));
}
