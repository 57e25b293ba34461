import type { Declaration } from './declaration';
import type { LedgerEntry } from './ledger';
import type { JobPhysicalId } from './physical-id';
import { ALREADY_IMPORTED, UNKNOWN } from '../../../src/contract';
import { describeError, kindOf } from '../../aws/errors';
import type { Fact } from '../../aws/fact';
import type { Direction } from '../../aws/stack';
import { CLOCK_SKEW } from '../../framework/framework';

/** What CloudFormation asks `Job` for. */
export interface JobChange {
  /** Of the data set as it is wanted. */
  readonly fingerprint: string;
  /** Of the data set as it was; undefined for a creation. */
  readonly oldFingerprint?: string;
  /** What the physical id says, if it is one of ours. */
  readonly id?: JobPhysicalId;
  /** When CloudFormation asked, in milliseconds since the epoch. */
  readonly requestedAt: number;
  /** Until when a refusal is retried because it may be transient, in milliseconds since the epoch. */
  readonly settledBy: number;
  /** When it must have its answer, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Why the properties can't be gone by, if so. */
  readonly unreadable?: string;
  /** Names of the import's own resources, which quoted texts of AWS may show. */
  readonly own?: readonly string[];
  /** Whether `alreadyImported` declares the data set, or declared an earlier one. */
  readonly declaration?: Declaration;
  /** Why no job may be started. Undefined if one may. */
  readonly refusal?: string;
}

/** What AWS says. */
export interface JobFacts {
  readonly direction: Fact<Direction>;
  readonly datastore: Fact<DatastoreFacts>;
  readonly ledger: Fact<readonly LedgerEntry[]>;
  /** Why the buckets would make the job fail, if so; they are looked at only if a job would be started. */
  readonly bucketProblem?: string;
  /** When it was asked, in milliseconds since the epoch. */
  readonly now: number;
}

/** What matters of a data store. */
export interface DatastoreFacts {
  readonly status: string;
  /** Of FHIR. */
  readonly version?: string;
}

/** What `Job` does now. */
export type JobDecision =
  /** Answer with the job that the physical id names. */
  | { readonly kind: 'answer from the id'; readonly jobId: string }
  /** Answer with a job that HealthLake has for the data set. */
  | { readonly kind: 'adopt'; readonly jobId: string }
  /** Answer without a job, because `alreadyImported` declares that the data set is in the data store. */
  | { readonly kind: 'already imported' }
  /** Answer with the id that CloudFormation gave: nothing may be started, and nothing better is known. */
  | { readonly kind: 'keep the id' }
  /** The same in the roll-back of an update, but with an id of this data set. With the id of another one, a later update would start a job. */
  | { readonly kind: 'answer unknown' }
  | { readonly kind: 'start'; readonly failedJobIds: readonly string[] }
  | { readonly kind: 'wait'; readonly why: string }
  /** Try again, for as long as the kind of the error is worth it. */
  | { readonly kind: 'retry'; readonly error: unknown; readonly doing: string; readonly causes?: string }
  | { readonly kind: 'fail'; readonly why: string };

/** An update that leaves the data set as it is, and whose id names its job, needs nobody to be asked. */
export function answerFromId(change: JobChange): Extract<JobDecision, { kind: 'answer from the id' }> | undefined {
  const jobId = isDataSetUnchanged(change) ? jobOfId(change) : undefined;
  const mayBeOverruled = change.declaration === 'counts' && jobId !== ALREADY_IMPORTED;
  return jobId === undefined || mayBeOverruled ? undefined : { kind: 'answer from the id', jobId };
}

/**
 * Decides; docs/lifecycle.md is its table. A start overwrites data, so it takes everything at once: a stack that is known to go forward, an
 * active data store, and a ledger without a job that did the work, or is at it, or was started for this very change. For a data set that did
 * not change any job will do, whatever became of it.
 */
export function decideJob(change: JobChange, facts: JobFacts): JobDecision {
  const { direction, datastore, ledger } = facts;
  if ('error' in direction) {
    return { kind: 'wait', why: `CloudFormation does not say whether the stack is rolled back: ${describeError(direction.error, change.own)}` };
  }
  if (direction.value === 'roll-back') {
    return mayClearUp(change, facts) ? { kind: 'wait', why: 'HealthLake does not list its jobs' } : answerInRollBack(change, ledger);
  }
  if (change.unreadable !== undefined) {
    return { kind: 'fail', why: change.unreadable };
  }
  const known = answerWithoutStarting(change, ledger);
  if (isDataSetUnchanged(change) && change.declaration !== 'counts' && known.kind !== 'keep the id') {
    return known;
  }
  const decision = decideDatastore(datastore) ?? decideLedger(ledger, change, facts.now);
  const why = change.refusal ?? facts.bucketProblem;
  return decision.kind === 'start' && why !== undefined ? { kind: 'fail', why } : decision;
}

/** Whether a roll-back may yet learn which job is the data set's; it ends well without, but the attributes would be lost. */
function mayClearUp(change: JobChange, { ledger, now }: JobFacts): boolean {
  return 'error' in ledger && jobOfId(change) === undefined && kindOf(ledger.error) !== 'definite' && now < change.settledBy;
}

/** Whether a job would be started if the stack goes forward and the buckets are fit. */
export function wouldStart(change: JobChange, facts: Pick<JobFacts, 'datastore' | 'ledger' | 'now'>): boolean {
  return decideJob(change, { ...facts, direction: { value: 'forward' } }).kind === 'start';
}

function decideDatastore(datastore: Fact<DatastoreFacts>): JobDecision | undefined {
  if ('error' in datastore) {
    return { kind: 'retry', error: datastore.error, doing: 'describe the data store' };
  }
  const { status, version } = datastore.value;
  switch (status) {
    case 'ACTIVE':
      return version === undefined || version === 'R4' ? undefined
        : { kind: 'fail', why: `the data store is of FHIR version ${version}, and only R4 is imported; name a data store of R4` };
    case 'CREATING':
    case 'UPDATING':
      return { kind: 'wait', why: `the data store is ${status}` };
    default:
      return { kind: 'fail', why: `the data store is ${status}, and only an ACTIVE one takes imports; name one that is ACTIVE` };
  }
}

/** The attempt at the deadline is the one whose error is shown; a minute later nobody listens any more, in milliseconds. */
const LAST_ATTEMPT = 60_000;

function decideLedger(ledger: Fact<readonly LedgerEntry[]>, { requestedAt, deadline, declaration }: JobChange, now: number): JobDecision {
  if ('error' in ledger) {
    return { kind: 'retry', error: ledger.error, doing: 'list the import jobs' };
  }
  const job = oldest(ledger.value, 'succeeded') ?? oldest(ledger.value, 'running');
  if (!job && declaration === 'counts') {
    return { kind: 'already imported' };
  }
  // A job that failed is one to start after, unless it was started for this change, by an attempt whose answer was lost.
  const answer = job ?? ledger.value.find(({ submittedAt }) => submittedAt >= requestedAt - CLOCK_SKEW);
  if (answer) {
    return { kind: 'adopt', jobId: answer.jobId };
  }
  return now < deadline + LAST_ATTEMPT
    ? { kind: 'start', failedJobIds: ledger.value.map(({ jobId }) => jobId) }
    : { kind: 'wait', why: 'there is none, and the time to start one is up' };
}

/** The physical id may name the data set that failed. The data set that the stack returns to was imported or declared. */
function answerInRollBack(change: JobChange, ledger: Fact<readonly LedgerEntry[]>): JobDecision {
  const answer = answerWithoutStarting(change, ledger);
  if (answer.kind === 'answer from the id' || change.oldFingerprint === undefined || change.unreadable !== undefined) {
    return answer;
  }
  if (change.declaration && 'value' in ledger && ledger.value.every(({ verdict }) => verdict === 'failed')) {
    return { kind: 'already imported' };
  }
  return answer.kind === 'keep the id' ? { kind: 'answer unknown' } : answer;
}

function answerWithoutStarting(change: JobChange, ledger: Fact<readonly LedgerEntry[]>): JobDecision {
  const jobs = 'value' in ledger ? ledger.value : [];
  const succeeded = oldest(jobs, 'succeeded');
  const ofId = jobOfId(change);
  if (!succeeded && ofId !== undefined) {
    return { kind: 'answer from the id', jobId: ofId };
  }
  const job = succeeded ?? oldest(jobs, 'running') ?? jobs.at(-1);
  return job ? { kind: 'adopt', jobId: job.jobId } : { kind: 'keep the id' };
}

function isDataSetUnchanged({ fingerprint, oldFingerprint }: JobChange): boolean {
  return fingerprint === oldFingerprint;
}

function jobOfId({ id, fingerprint }: JobChange): string | undefined {
  return id?.fingerprint === fingerprint && id.jobId !== UNKNOWN ? id.jobId : undefined;
}

/** Of several, the older: everybody who looks then finds the same. */
function oldest(ledger: readonly LedgerEntry[], verdict: LedgerEntry['verdict']): LedgerEntry | undefined {
  return ledger.find((entry) => entry.verdict === verdict);
}
