import { isFatal } from './fatal';
import { isHarmless } from './harmless';
import type { Invariant } from './invariant';
import { isRefused } from './refusals';
import { EXPORT_RESOURCE_TYPES, IMPORT_RESOURCE_TYPES } from '../../../src/contract';
import { waitingMinutes } from '../plan/plan';
import { isEnded, isSuccess, type JobState, type Observed, type ObservedOperation, type ResourceFailed, title } from '../run/observed';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const WAIT_TYPES = [IMPORT_RESOURCE_TYPES.wait, EXPORT_RESOURCE_TYPES.wait];

/** Rules about how operations on the stack end. */
export const OPERATION_INVARIANTS: readonly Invariant[] = [
  {
    name: 'a roll-back and a deletion succeed',
    dependsOnTime: true,
    violations: ({ operations }) => operations.filter((operation) => /^(UPDATE_)?ROLLBACK_FAILED$|^DELETE_FAILED$/.test(operation.after)
      && operation.settledAt !== undefined && !isFatal(operation.injected))
      .map((operation) => `${title(operation)} ended as ${operation.after}: ${operation.failures.map(({ logicalId, reason }) => `${logicalId}: ${reason}`).join(' | ')}`),
  },
  {
    name: 'a Wait resource never fails',
    dependsOnTime: true,
    violations: ({ operations }) => operations.flatMap((operation) => operation.failures
      .filter((failure) => WAIT_TYPES.includes(failure.type) && !isCancelled(failure) && !isFatal(operation.injected))
      .map(({ logicalId, reason }) => `${title(operation)} ${logicalId} failed with ${JSON.stringify(reason)}`)),
  },
  {
    name: 'every operation ends in time',
    dependsOnTime: true,
    violations: ({ operations }) => operations.filter((operation, index) => operation.settledAt === undefined && index < operations.length && operation.stackId !== '')
      .map((operation) => `${title(operation)} has not ended: the stack is ${operation.after}`),
  },
  {
    name: 'every execution ends',
    dependsOnTime: true,
    violations: ({ endlessExecutions = 0 }) => endlessExecutions === 0 ? [] : [`${endlessExecutions} executions have not ended`],
  },
  {
    name: 'a deployment with good data and without lasting faults succeeds',
    dependsOnTime: true,
    violations: (observed) => observed.operations.filter((operation) => hasToSucceed(observed, operation) && !isSuccess(operation))
      .map((operation) => `${title(operation)} ended as ${operation.after}: ${operation.failures.map(({ logicalId, reason }) => `${logicalId}: ${reason}`).join(' | ')}`),
  },
];

export function isCancelled({ reason }: ResourceFailed): boolean {
  return /^Resource (creation|update) cancelled$/.test(reason);
}

/** Returns whether a deployment must succeed, because neither the plan nor an earlier step can make it fail. */
function hasToSucceed({ plan, operations }: Observed, operation: ObservedOperation): boolean {
  const step = plan.steps[operation.step];
  const { wanted, startedAt } = operation;
  if (!wanted || step.kind !== 'deploy' || step.trouble || step.data !== 'good' || step.job.outcome) {
    return false;
  }
  if (!step.faults.every(isHarmless) || isFatal(operation.injected) || isRefused(operation)) {
    return false;
  }
  const before = jobsBefore(operations, operation);
  const listDelay = plan.environment.listDelaySeconds * SECOND;
  const isDetached = wanted.variant.completion === 'detached';
  const isQuiet = before.filter(({ DatastoreId: id }) => id === wanted.datastoreId)
    .every((job) => (isDetached || isEnded(job)) && (job.SubmitTime?.getTime() ?? 0) + listDelay < startedAt);
  const slack = step.faults.length === 0 ? 2 * MINUTE : 6 * MINUTE;
  const jobTime = (step.job.seconds + (step.job.detour?.seconds ?? 0)) * SECOND;
  const isInTime = isDetached || jobTime + slack < waitingMinutes(wanted.variant) * MINUTE;
  return isQuiet && isInTime && !mayFailAgain(operations, operation);
}

/**
 * Returns whether the job of the previous deployment may make this deployment fail too. By design, a data set whose job failed without a roll-back needs a new
 * revision, and the failure reason must say so.
 */
function mayFailAgain(operations: readonly ObservedOperation[], operation: ObservedOperation): boolean {
  const { wanted, before, failures } = operation;
  const last = operations.slice(0, operations.indexOf(operation)).filter((other) => other.wanted !== undefined).at(-1);
  const isSame = /^(CREATE|UPDATE)_FAILED$/.test(before ?? '') && last?.wanted?.dataSet === wanted?.dataSet;
  return isSame && failures.some(({ reason }) => isAboutJob(reason, jobsBefore(operations, operation)) && /revision/.test(reason));
}

function isAboutJob(reason: string, jobs: readonly JobState[]): boolean {
  return jobs.some(({ kind, JobId: id }) => reason.includes(`FHIR ${kind} job ${id}:`));
}

function jobsBefore(operations: readonly ObservedOperation[], operation: ObservedOperation): readonly JobState[] {
  return operations[operations.indexOf(operation) - 1]?.jobsAfter ?? [];
}
