import { describeError } from '../errors';
import { Fact } from '../fact';
import { Direction } from '../stack';
import { LedgerEntry } from './ledger';
import { JobPhysicalId } from './physical-id';

/** All that the decision rests on. */
export interface JobFacts {
  /** False for a change that leaves the data set as it is: tolerance, output prefix, roles. */
  readonly dataSetChanged: boolean;
  readonly fingerprint: string;
  /** What the physical id says, if it is one of ours. */
  readonly id?: JobPhysicalId;
  readonly direction: Fact<Direction>;
  /** The status of the data store. */
  readonly datastore: Fact<string>;
  readonly ledger: Fact<readonly LedgerEntry[]>;
}

/** What `Job` does now. */
export type JobDecision =
  /** Answer with this job: there is one for the data set. */
  | { readonly kind: 'answer'; readonly jobId: string }
  /** Answer with the id that CloudFormation gave: nothing may be started, and nothing better is known. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'start'; readonly failedJobIds: readonly string[] }
  | { readonly kind: 'wait'; readonly why: string }
  /** Try again, for as long as the kind of the error is worth it. */
  | { readonly kind: 'retry'; readonly error: unknown; readonly doing: string }
  | { readonly kind: 'fail'; readonly why: string };

/** An update that leaves the data set as it is, and whose id names its job, needs nobody to be asked. */
export function answerFromId(facts: Pick<JobFacts, 'dataSetChanged' | 'fingerprint' | 'id'>): Extract<JobDecision, { kind: 'answer' }> | undefined {
  const jobId = facts.dataSetChanged ? undefined : jobOfId(facts);
  return jobId === undefined ? undefined : { kind: 'answer', jobId };
}

/**
 * Decides. A start overwrites data, so it takes everything at once: a stack that is known to go forward, an active data store, and a ledger
 * without a job that did the work or is at it. For a data set that did not change any job will do, whatever became of it.
 */
export function decideJob(facts: JobFacts): JobDecision {
  if ('error' in facts.direction) {
    return { kind: 'wait', why: `CloudFormation does not say whether the stack is rolled back: ${describeError(facts.direction.error)}` };
  }
  const known = answerWithoutStarting(facts);
  if (facts.direction.value === 'roll-back' || (!facts.dataSetChanged && known.kind === 'answer')) {
    return known;
  }
  return decideDatastore(facts.datastore) ?? decideLedger(facts.ledger);
}

function decideDatastore(datastore: Fact<string>): JobDecision | undefined {
  if ('error' in datastore) {
    return { kind: 'retry', error: datastore.error, doing: 'describe the data store' };
  }
  switch (datastore.value) {
    case 'ACTIVE':
      return undefined;
    case 'CREATING':
    case 'UPDATING':
      return { kind: 'wait', why: `the data store is ${datastore.value}` };
    default:
      return { kind: 'fail', why: `the data store is ${datastore.value}, and only an ACTIVE one takes imports; name one that is ACTIVE` };
  }
}

function decideLedger(ledger: Fact<readonly LedgerEntry[]>): JobDecision {
  if ('error' in ledger) {
    return { kind: 'retry', error: ledger.error, doing: 'list the import jobs' };
  }
  const job = oldest(ledger.value, 'succeeded') ?? oldest(ledger.value, 'running');
  return job
    ? { kind: 'answer', jobId: job.jobId }
    : { kind: 'start', failedJobIds: ledger.value.map(({ jobId }) => jobId) };
}

function answerWithoutStarting(facts: JobFacts): JobDecision {
  const ledger = 'value' in facts.ledger ? facts.ledger.value : [];
  const jobId = oldest(ledger, 'succeeded')?.jobId ?? jobOfId(facts) ?? oldest(ledger, 'running')?.jobId ?? ledger.at(-1)?.jobId;
  return jobId === undefined ? { kind: 'keep' } : { kind: 'answer', jobId };
}

function jobOfId({ id, fingerprint }: Pick<JobFacts, 'id' | 'fingerprint'>): string | undefined {
  return id?.fingerprint === fingerprint ? id.jobId : undefined;
}

/** Of several, the older: everybody who looks then finds the same. */
function oldest(ledger: readonly LedgerEntry[], verdict: LedgerEntry['verdict']): LedgerEntry | undefined {
  return ledger.find((entry) => entry.verdict === verdict);
}
