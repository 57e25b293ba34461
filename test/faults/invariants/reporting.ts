import { isForgotten, wasDeclared, wrongOutputsOfDeclared } from './declared';
import { isFatal } from './fatal';
import type { Invariant } from './invariant';
import { isCancelled } from './operations';
import { ALREADY_IMPORTED, UNKNOWN } from '../../../src/contract';
import type { Plan } from '../plan/plan';
import {
  bucketOf, hasSucceeded, isEnded, isSuccess, type JobState, type Observed, type ObservedOperation, outputOf, type ResourceFailed, title,
} from '../run/observed';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Rules about what a deployment reports: its outputs and its failure reasons. */
export const REPORTING_INVARIANTS: readonly Invariant[] = [
  {
    name: 'a successful deployment outputs a successful job',
    violations: (observed) => observed.operations.flatMap((operation, index) => {
      if (!isSuccess(operation)) {
        return [];
      }
      return operation.outputs.jobId === ALREADY_IMPORTED && wasDeclared(observed, index)
        ? wrongOutputsOfDeclared(operation) : wrongOutputs(observed, operation);
    }),
  },
  {
    name: 'a deployment without faults counts the files of its export',
    dependsOnTime: true,
    violations: (observed) => observed.operations.filter((operation, index) => isSuccess(operation) && isCounted(observed, operation, index)
      && operation.outputs.files === UNKNOWN).map((operation) => `${title(operation)} the files of job ${operation.outputs.jobId} are not counted`),
  },
  {
    name: 'a roll-back leaves the outputs as they were',
    dependsOnTime: true,
    violations: ({ plan, operations }) => operations.flatMap((operation, index) => {
      const former = operations.slice(0, index).filter(isSuccess).at(-1);
      const isToBeTheSame = isRolledBack(operation) && isReversedByUpdates(plan) && !isHealthLakeDisturbed(operation);
      return former && isToBeTheSame && isListed(plan, former, operation) && !isForgotten(former) ? changedOutputs(former, operation) : [];
    }),
  },
  {
    name: 'a failure reason has the facts of its job',
    dependsOnTime: true,
    violations: ({ operations }) => operations.flatMap((operation) => operation.failures.flatMap((failure) => falseClaims(operation, failure))),
  },
  {
    name: 'the handler writes every failure reason of a job',
    dependsOnTime: true,
    violations: ({ operations }) => operations.flatMap((operation) => operation.failures
      .filter((failure) => isOfJob(failure) && !isCancelled(failure) && !isOurs(failure, isFatal(operation.injected)))
      .map(({ logicalId, reason }) => `${title(operation)} ${logicalId} failed with ${JSON.stringify(reason)}`)),
  },
];

function wrongOutputs({ operations }: Observed, operation: ObservedOperation): string[] {
  const { wanted, outputs, jobsAfter } = operation;
  const job = jobsAfter.find(({ JobId: id }) => id === outputs.jobId);
  if (!job || !wanted) {
    return [`${title(operation)} the output jobId "${outputs.jobId}" names no job`];
  }
  const accepted = operations.slice(0, operations.indexOf(operation) + 1)
    .flatMap((other) => other.wanted?.dataSet === wanted.dataSet ? other.wanted.variant.tolerance : []);
  // A detached deployment ends when HealthLake has accepted the job, so it knows no results.
  const isDetached = wanted.variant.completion === 'detached';
  const expected: Record<string, string> = isDetached ? {} : {
    jobStatus: String(job.JobStatus),
    ...countsOf(job, outputs),
    outputLocation: outputOf(job),
  };
  const isUncounted = job.JobStatus === 'COMPLETED' && outputs.files === UNKNOWN;
  const isAccepted = isDetached || isUncounted || accepted.some((tolerance) => hasSucceeded(job, tolerance));
  return [
    ...(job.DatastoreId === wanted.datastoreId ? [] : [`job ${job.JobId} belongs to data store ${job.DatastoreId} instead of ${wanted.datastoreId}`]),
    ...(job.JobName?.endsWith(`-${wanted.dataSet}`) ? [] : [`job ${job.JobId} is named ${job.JobName}, which is not of data set ${wanted.dataSet}`]),
    ...(job.kind === 'import' || bucketOf(job) === outputs.outputBucket ? [] : [`job ${job.JobId} wrote into bucket ${bucketOf(job)}, and not into ${outputs.outputBucket}`]),
    ...(isAccepted ? [] : [`job ${job.JobId} is ${job.JobStatus}, which no tolerance so far accepts: ${accepted.join(', ')}`]),
    ...Object.entries(expected).filter(([name, value]) => outputs[name] !== value).map(([name, value]) => `output ${name} is "${outputs[name]}" instead of "${value}" of job ${job.JobId}`),
  ].map((problem) => `${title(operation)} ${problem}`);
}

/** Returns whether a deployment started its job itself, and could read the results. */
function isCounted({ plan, jobs }: Observed, { wanted, injected, outputs }: ObservedOperation, index: number): boolean {
  return wanted?.variant.kind === 'export' && injected.length === 0 && plan.environment.propagationSeconds === 0
    && jobs.some(({ jobId, operation }) => jobId === outputs.jobId && operation === index);
}

/** Returns the outputs that count the results of a job. HealthLake doesn't count the files of an export, so their number is unknown without a report. */
function countsOf({ exported, JobProgressReport: report }: JobState, outputs: ObservedOperation['outputs']): Record<string, string> {
  if (exported) {
    const counts = outputs.files === UNKNOWN ? { files: UNKNOWN, bytes: UNKNOWN, resources: UNKNOWN } : exported;
    return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)]));
  }
  return {
    scanned: String(report?.TotalNumberOfResourcesScanned),
    imported: String(report?.TotalNumberOfResourcesImported),
    failed: String(report?.TotalNumberOfResourcesWithCustomerError),
  };
}

function isRolledBack({ after, wasDeleted, settledAt }: ObservedOperation): boolean {
  return after === 'UPDATE_ROLLBACK_COMPLETE' && !wasDeleted && settledAt !== undefined;
}

/** Returns whether CloudFormation rolls back with Update requests and uses their responses. Otherwise the handler can't influence the outputs. */
function isReversedByUpdates({ environment: { rollbackAfterUpdate: { succeeded, failed } } }: Plan): boolean {
  return [succeeded, failed].every(({ sendsUpdate, references }) => sendsUpdate && references === 'new');
}

/** Returns whether HealthLake listed the job of an earlier deployment when this operation started. */
function isListed({ environment }: Plan, { outputs }: ObservedOperation, { startedAt, jobsAfter }: ObservedOperation): boolean {
  const job = jobsAfter.find(({ JobId: id }) => id === outputs.jobId);
  return job === undefined || (job.SubmitTime?.getTime() ?? 0) + environment.listDelaySeconds * SECOND < startedAt;
}

/** Returns whether faults in requests to STS or HealthLake may have kept a roll-back from finding its job. */
function isHealthLakeDisturbed({ injected }: ObservedOperation): boolean {
  return injected.some(({ fault }) => fault.on === 'request' && /^(sts|healthlake)\./.test(fault.operation));
}

function changedOutputs(former: ObservedOperation, { step, kind, outputs }: ObservedOperation): string[] {
  return Object.entries(former.outputs).filter(([name, value]) => outputs[name] !== value)
    .map(([name, value]) => `${title({ step, kind })} output ${name} was "${value}" and is "${outputs[name]}" after the roll-back`);
}

function falseClaims(operation: ObservedOperation, { reason, time }: ResourceFailed): string[] {
  const [, jobId, why] = /FHIR (?:import|export) job (\S+): ([^;]*);/.exec(reason) ?? [];
  const job = operation.jobsAfter.find(({ JobId: id }) => id === jobId);
  const claim = (isTrue: boolean): string[] => isTrue ? []
    : [`${title(operation)} the reason says "${why}" of job ${jobId}, which is ${job?.JobStatus} since ${job?.EndTime?.toISOString()}`];
  if (why === undefined || /^could not describe/.test(why)) {
    return [];
  }
  const ended = /^the job ended with (\w+)/.exec(why);
  if (ended) {
    return claim(job?.JobStatus === ended[1]);
  }
  if (/no errors are tolerated|more than the tolerated|HealthLake found no resources|exported no files/.test(why)) {
    return claim(job !== undefined && operation.wanted !== undefined && isEnded(job) && !hasSucceeded(job, operation.wanted.variant.tolerance));
  }
  if (/time is up/.test(why)) {
    // The job may end between the last poll and the stack event of the failure. `late` is the longest time between the two.
    const late = operation.injected.length > 0 ? 6 * MINUTE : 90 * SECOND;
    return claim(job !== undefined && (job.EndTime?.getTime() ?? Infinity) > time - late);
  }
  return [];
}

function isOfJob({ type }: ResourceFailed): boolean {
  return /^Custom::Fhir(Import|Export)/.test(type);
}

const OUR_REASON = /^Received response status \[FAILED\] from custom resource\. Message returned: ([\x20-\x7e]{1,999}); log group: [\w/-]+\n\nLogs: \S+\n+ ?\(RequestId: [\w-]+\)$/;

/** @param mayBeForeign whether the framework or CloudFormation may have written the reason */
function isOurs({ reason }: ResourceFailed, mayBeForeign: boolean): boolean {
  return mayBeForeign ? reason !== 'Response object is too long.' : OUR_REASON.test(reason);
}
