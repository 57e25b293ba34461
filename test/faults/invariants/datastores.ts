import { attemptsUpTo, isDeclared, isRecreated, versionsBefore } from './declared';
import type { Invariant } from './invariant';
import { REFUSALS } from './refusals';
import { isOwn } from '../plan/plan';
import { type Observed, type ObservedJob, title } from '../run/observed';

/** Rules about data stores that already contain the data, and about replaced data stores. */
export const DATASTORE_INVARIANTS: readonly Invariant[] = [
  {
    name: 'a data set is never imported into a data store that was restored with it',
    violations: (observed) => observed.jobs.filter((job) => isOverRestored(observed, job))
      .map((job) => `${place(observed, job)} job ${job.jobId} was submitted for data store ${job.datastoreId}, which was restored with its data set`),
  },
  {
    name: 'a data set is not imported with alreadyImported',
    violations: (observed) => observed.jobs.filter((job) => isOfOperation(observed, job) && isDeclared(observed, job.operation))
      .map((job) => `${place(observed, job)} job ${job.jobId} was submitted despite alreadyImported`),
  },
  {
    name: 'a start is refused only if the data store may have the data',
    violations: (observed) => observed.operations.flatMap((operation, index) => operation.failures
      .filter(({ reason }) => isWrongRefusal(observed, index, reason))
      .map(({ reason }) => `${title(operation)} it was refused with ${JSON.stringify(reason)}`)),
  },
];

function place({ operations }: Observed, job: ObservedJob): string {
  return title(operations[job.operation]);
}

function isOfOperation({ operations }: Observed, { operation, dataSet }: ObservedJob): boolean {
  return operations[operation].wanted?.dataSet === dataSet;
}

/**
 * Returns whether a job wrongly imports a data set that the restored data store already contains. By design, a new revision and a new import without
 * `alreadyImported` import the data set again.
 */
function isOverRestored(observed: Observed, job: ObservedJob): boolean {
  const { operations, restored, plan } = observed;
  const { wanted } = operations[job.operation];
  if (!wanted || !restored?.dataSets.includes(job.dataSet) || !isOfOperation(observed, job)) {
    return false;
  }
  const { first, all } = attemptsUpTo(operations, job.operation);
  const { deployed, current } = versionsBefore(operations, first);
  const isNewRevision = [deployed, current].some((before) => before && before.variant.revision !== wanted.variant.revision);
  // If a roll-back sends no Update request, the physical id of the failed update can remain. A later update then imports the earlier data set again, unless
  // `alreadyImported` is set.
  const isForgotten = Object.values(plan.environment.rollbackAfterUpdate).some(({ sendsUpdate, id }) => !sendsUpdate && id === 'new');
  return !isNewRevision && (wanted.variant.declares || !(isRecreated(all, current) || isRecreated(all, deployed) || isForgotten));
}

function isWrongRefusal({ operations }: Observed, index: number, reason: string): boolean {
  const { wanted } = operations[index];
  if (wanted?.variant.kind === 'export') {
    return Object.values(REFUSALS).some((refusal) => refusal.test(reason)); // an export may always be started
  }
  const earlier = operations.slice(0, index);
  const [, former, now] = REFUSALS.repointed.exec(reason) ?? [];
  if (former !== undefined) {
    const hadIt = earlier.some(({ wanted: other }) => other?.datastoreId === former && other.variant.revision === wanted?.variant.revision);
    return !wanted || isOwn(wanted.variant.datastore) || wanted.variant.declares || now !== wanted.datastoreId || former === now || !hadIt;
  }
  const isAfterRollBack = earlier.some(({ kind, after }) => kind === 'roll back' || after.startsWith('UPDATE_ROLLBACK'));
  if (REFUSALS.forgotten.test(reason)) {
    return !isAfterRollBack;
  }
  const isAfterFailure = isAfterRollBack || earlier.some(({ after }) => after === 'UPDATE_FAILED');
  return REFUSALS.doubtful.test(reason) && !(wanted?.variant.declares && isAfterFailure);
}
