import type { Claims } from './claims';
import type { LedgerEntry } from './ledger';
import { ALREADY_IMPORTED, QUERY_INTERVAL_SECONDS, UNKNOWN } from '../../../src/contract';
import { describeError, type Fact, kindOf } from '../../aws/errors';
import type { Direction } from '../../aws/stack';
import { CLOCK_SKEW_MS, type Times } from '../../framework/times';
import type { JobNoun } from '../healthlake-job';
import type { JobPhysicalId } from '../physical-ids';

/** A change of the `Job` resource that CloudFormation requests. */
export interface JobChange extends Claims, Pick<Times, 'requestedAt' | 'deadline'> {
  readonly noun: JobNoun;
  /** The fingerprint of the physical id after the change. */
  readonly fingerprint: string;
  /** The fingerprint of the physical id before the change. Undefined in a creation, or if the handler can't read the old properties. */
  readonly oldFingerprint?: string;
  /** The parsed physical id of the resource. Undefined if this handler did not create the id. */
  readonly id?: JobPhysicalId;
  /** The time until which calls that AWS refuses are retried, in milliseconds since the epoch. A new role or policy may need this long to take effect. */
  readonly settledBy: number;
  /** The reason why the handler can't read the properties. Undefined if it can. */
  readonly unreadable?: string;
  /** The names of the job's own resources. They are not masked in quoted AWS messages. */
  readonly own?: readonly string[];
}

/** The facts on which the decision of `Job` is based. */
export interface JobFacts {
  readonly direction: Fact<Direction>;
  readonly datastore: Fact<DatastoreFacts>;
  readonly ledger: Fact<readonly LedgerEntry[]>;
  /** The reason why the buckets would make the job fail. Undefined if no reason is known. The buckets are inspected only if a job would be started. */
  readonly bucketProblem?: string;
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
}

export interface DatastoreFacts {
  readonly status: string;
  readonly fhirVersion?: string;
}

/** The decision on a change of the `Job` resource. */
export type JobDecision =
  /** Succeed with the job id in the physical id. */
  | { readonly kind: 'answer from the id'; readonly jobId: string }
  /** Succeed with a job of the data set. HealthLake lists the job or has just accepted it. `isNew` is set if the job was started for this change. */
  | { readonly kind: 'adopt'; readonly jobId: string; readonly isNew?: true }
  /** Succeed without a job, because `alreadyImported` declares that the data set is in the data store. */
  | { readonly kind: 'already imported' }
  /** Succeed with the unchanged physical id, because no job may be started and no job of the data set is known. */
  | { readonly kind: 'keep the id' }
  /**
   * Succeed with the job id `UNKNOWN` in the roll-back of an update. The new physical id names the data set to which the stack returns. If the id
   * named another data set, a later update would start a job.
   */
  | { readonly kind: 'answer unknown' }
  /** Start a job. `warning` is a reason why HealthLake may refuse it. */
  | { readonly kind: 'start'; readonly failedJobIds: readonly string[]; readonly warning?: string }
  | { readonly kind: 'wait'; readonly why: string }
  /** Retry the call that failed. The kind of the error determines how long the call is retried. */
  | { readonly kind: 'retry'; readonly error: unknown; readonly doing: string; readonly causes?: string }
  | { readonly kind: 'fail'; readonly why: string };

/**
 * Decides on an update that doesn't change the data set, if the physical id names the job of the data set. Returns undefined if the decision needs AWS calls.
 */
export function answerFromId(change: JobChange): Extract<JobDecision, { kind: 'answer from the id' }> | undefined {
  const jobId = isDataSetUnchanged(change) ? jobOfId(change) : undefined;
  const mayBeOverruled = change.declaration === 'counts' && jobId !== ALREADY_IMPORTED;
  return jobId === undefined || mayBeOverruled ? undefined : { kind: 'answer from the id', jobId };
}

/**
 * Decides on a change of the `Job` resource. The decision table is in docs/lifecycle.md. A job is started only if the stack is known not to be rolled back,
 * the data store is ready, and the ledger has no job that succeeded, is running, or was started for this change. Otherwise an import could overwrite newer
 * data. If the change keeps the data set, any job of the data set is adopted, even a failed one.
 */
export function decideJob(change: JobChange, facts: JobFacts): JobDecision {
  const { direction, datastore, ledger } = facts;
  if ('error' in direction) {
    return { kind: 'wait', why: `CloudFormation does not say whether the stack is rolled back: ${describeError(direction.error, change.own)}` };
  }
  if (direction.value === 'roll-back') {
    return mayFindJob(change, facts) ? { kind: 'wait', why: 'HealthLake does not list its jobs' } : answerInRollBack(change, ledger);
  }
  if (change.unreadable !== undefined) {
    return { kind: 'fail', why: change.unreadable };
  }
  const known = answerWithoutStarting(change, ledger);
  if (isDataSetUnchanged(change) && change.declaration !== 'counts' && known.kind !== 'keep the id') {
    return known;
  }
  const decision = decideByDatastore(datastore, change) ?? decideByLedger(ledger, change, facts.now);
  if (decision.kind !== 'start') {
    return decision;
  }
  const why = change.refusal ?? facts.bucketProblem;
  return why === undefined ? { ...decision, ...warningOn(datastore, change) } : { kind: 'fail', why };
}

/**
 * Returns whether a roll-back waits until HealthLake lists the jobs of the data set. Without the listing, the roll-back can succeed, but the job id is unknown.
 */
function mayFindJob(change: JobChange, { ledger, now }: JobFacts): boolean {
  return 'error' in ledger && jobOfId(change) === undefined && kindOf(ledger.error) !== 'definite' && now < change.settledBy;
}

/** Returns whether a job would be started if the stack is not rolled back and the bucket check finds no problem. */
export function wouldStart(change: JobChange, facts: Pick<JobFacts, 'datastore' | 'ledger' | 'now'>): boolean {
  return decideJob(change, { ...facts, direction: { value: 'forward' } }).kind === 'start';
}

function decideByDatastore(datastore: Fact<DatastoreFacts>, { noun }: JobChange): JobDecision | undefined {
  if ('error' in datastore) {
    return { kind: 'retry', error: datastore.error, doing: 'describe the data store' };
  }
  const { status, fhirVersion } = datastore.value;
  switch (status) {
    case 'ACTIVE':
    case UPDATE_FAILED:
      return fhirVersion === undefined || fhirVersion === 'R4' ? undefined
        : { kind: 'fail', why: `the data store has FHIR version ${fhirVersion}, and only R4 can be ${noun}ed; use a data store of R4` };
    case 'CREATING':
    case 'UPDATING':
      return { kind: 'wait', why: `the data store is ${status}, and only an ACTIVE data store accepts ${noun}s; wait until it is ACTIVE` };
    default:
      return { kind: 'fail', why: `the data store is ${status}, and only an ACTIVE data store accepts ${noun}s; use one that is ACTIVE` };
  }
}

/** The status of a data store after a failed update. The data store still has its data. AWS doesn't document whether it accepts jobs. */
const UPDATE_FAILED = 'UPDATE_FAILED';

function warningOn(datastore: Fact<DatastoreFacts>, { noun }: JobChange): { readonly warning?: string } {
  return 'value' in datastore && datastore.value.status === UPDATE_FAILED
    ? { warning: `the data store is ${UPDATE_FAILED}, and HealthLake may refuse ${noun}s until an update of the data store succeeds` }
    : {};
}

/**
 * The handler may still start a job within this time after the deadline. Its last attempt can begin one query interval after the deadline, and the deployment
 * shows the error of that attempt.
 */
const LAST_ATTEMPT_MS = QUERY_INTERVAL_SECONDS * 1000 + 50_000;

function decideByLedger(ledger: Fact<readonly LedgerEntry[]>, { noun, requestedAt, deadline, declaration }: JobChange, now: number): JobDecision {
  if ('error' in ledger) {
    return { kind: 'retry', error: ledger.error, doing: `list the ${noun} jobs` };
  }
  const job = oldest(ledger.value, 'succeeded') ?? oldest(ledger.value, 'running');
  if (!job && declaration === 'counts') {
    return { kind: 'already imported' };
  }
  // A failed job that was submitted since CloudFormation sent the event was started for this change, but the response was lost. Adopt it: Outcome reports its
  // failure.
  const isNew = ({ submittedAt }: LedgerEntry) => submittedAt >= requestedAt - CLOCK_SKEW_MS;
  const answer = job ?? ledger.value.find(isNew);
  if (answer) {
    return { kind: 'adopt', jobId: answer.jobId, ...(isNew(answer) && { isNew: true }) };
  }
  return now < deadline + LAST_ATTEMPT_MS
    ? { kind: 'start', failedJobIds: ledger.value.map(({ jobId }) => jobId) }
    : { kind: 'wait', why: 'the data set has no job, and it is too late to start one' };
}

/**
 * Decides on a roll-back. The data set to which the stack returns had a job before, or `alreadyImported` was set for it. The physical id may still name the
 * data set whose job failed.
 */
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

/** Returns the oldest job with this verdict, so that every invocation returns the same job. */
function oldest(ledger: readonly LedgerEntry[], verdict: LedgerEntry['verdict']): LedgerEntry | undefined {
  return ledger.find((entry) => entry.verdict === verdict);
}
