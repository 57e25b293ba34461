import type { ImportJobProperties } from '@aws-sdk/client-healthlake';
import { isForgotten, wasDeclared, wrongOutputsOfDeclared } from './declared';
import { isFatal } from './fatal';
import { isHarmless } from './harmless';
import { isRefused } from './refusals';
import { RESPONSE_HOST } from '../../../packages/local-aws/src/lambda/lambda';
import { ALREADY_IMPORTED, WAIT_RESOURCE_TYPE } from '../../../src/contract';
import { type Plan, type Tolerance, waitingMinutes } from '../plan/plan';
import { CANARY } from '../run/data';
import {
  hasSucceeded, isEnded, isSuccess, type Observed, type ObservedJob, type ObservedOperation, type ResourceFailed, title,
} from '../run/observed';
import { TIME_SCALE } from '../run/world';

/** Something that has to hold for every plan. */
export interface Invariant {
  readonly name: string;
  /** Whether a machine that is too busy can break it: then it counts only if the plan breaks it again when it is played alone. */
  readonly dependsOnTime?: true | ((plan: Plan) => boolean);
  /** What breaks it, in words; nothing if it holds. */
  readonly violations: (observed: Observed) => string[];
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** For how long after its look at the stack an invocation of `Job` may start a job: its budget for all calls, and two seconds of a busy machine. */
const START_AFTER_LOOK = 60 * SECOND + 2 * SECOND * TIME_SCALE;

/** What the last listing, the look at the stack and the start take, with a second of a busy machine. */
const SAME_MOMENT = 5 * SECOND + SECOND * TIME_SCALE;

/** Without client tokens nothing but time keeps a start whose answer is late from being repeated. */
const ifTokensAreIgnored = ({ environment }: Plan): boolean => environment.ignoresClientTokens;

export const INVARIANTS: readonly Invariant[] = [
  {
    name: 'no job is submitted while another one of its data set runs or has done the work',
    dependsOnTime: ifTokensAreIgnored,
    violations: (observed) => observed.jobs.flatMap((job) => job.others
      .filter((other) => wasKnown(observed, other.SubmitTime, job))
      .filter((other) => !isEnded(other) || hasSucceeded(other, toleranceOf(observed, job)))
      .filter((other) => !isOfSameMoment(observed, job, other.SubmitTime?.getTime() ?? 0))
      .map((other) => `${place(observed, job)} job ${job.jobId} was submitted though job ${other.JobId} was ${other.JobStatus}`)),
  },
  {
    name: 'a step submits at most one job for a data set',
    dependsOnTime: ifTokensAreIgnored,
    violations: (observed) => observed.jobs.flatMap((job, index) => observed.jobs.slice(0, index)
      .filter((other) => other.dataSet === job.dataSet && stepOf(observed, other) === stepOf(observed, job))
      .filter((other) => !isOfSameMoment(observed, job, other.submittedAt))
      .map((other) => `${place(observed, job)} jobs ${other.jobId} and ${job.jobId} were submitted`)),
  },
  {
    name: 'a job is submitted for what the deployment under way wants',
    violations: (observed) => observed.jobs.filter((job) => {
      const operation = observed.operations[job.operation];
      return operation.wanted?.dataSet !== job.dataSet && arrivalOf(observed, job) >= operation.startedAt;
    }).map((job) => `${place(observed, job)} job ${job.jobId} of another data set was submitted`),
  },
  {
    name: 'a roll-back starts nothing',
    dependsOnTime: true,
    violations: (observed) => observed.jobs.filter((job) => !wasForwardBefore(observed, job))
      .map((job) => `${place(observed, job)} job ${job.jobId} was submitted, and no look at the stack before it had found it going forward; `
        + `the stack was ${statusAt(observed, arrivalOf(observed, job))}`),
  },
  {
    name: 'a roll-back and a deletion succeed',
    dependsOnTime: true,
    violations: ({ operations }) => operations.filter((operation) => /^(UPDATE_)?ROLLBACK_FAILED$|^DELETE_FAILED$/.test(operation.after)
      && operation.settledAt !== undefined && !isFatal(operation.served))
      .map((operation) => `${title(operation)} ended as ${operation.after}: ${operation.failures.map(({ logicalId, reason }) => `${logicalId}: ${reason}`).join(' | ')}`),
  },
  {
    name: 'a deployment that succeeded names a job that did the work',
    violations: (observed) => observed.operations.flatMap((operation, index) => {
      if (!isSuccess(operation)) {
        return [];
      }
      return operation.outputs.jobId === ALREADY_IMPORTED && wasDeclared(observed, index)
        ? wrongOutputsOfDeclared(operation) : wrongOutputs(observed, operation);
    }),
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
    name: 'a failure tells the truth about the job',
    dependsOnTime: true,
    violations: ({ operations }) => operations.flatMap((operation) => operation.failures.flatMap((failure) => untruths(operation, failure))),
  },
  {
    name: 'a leg never fails',
    dependsOnTime: true,
    violations: ({ operations }) => operations.flatMap((operation) => operation.failures
      .filter((failure) => failure.type === WAIT_RESOURCE_TYPE && !isCancelled(failure) && !isFatal(operation.served))
      .map(({ logicalId, reason }) => `${title(operation)} ${logicalId} failed with ${JSON.stringify(reason)}`)),
  },
  {
    name: 'every reason is our own',
    dependsOnTime: true,
    violations: ({ operations }) => operations.flatMap((operation) => operation.failures
      .filter((failure) => isOfImport(failure) && !isCancelled(failure) && !isOurs(failure, isFatal(operation.served)))
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
    violations: ({ endlessExecutions = 0 }) => endlessExecutions === 0 ? [] : [`${endlessExecutions} executions of the waiter have not ended`],
  },
  {
    name: 'with good data, and without faults that last, a deployment succeeds',
    dependsOnTime: true,
    violations: (observed) => observed.operations.filter((operation) => hasToSucceed(observed, operation) && !isSuccess(operation))
      .map((operation) => `${title(operation)} ended as ${operation.after}: ${operation.failures.map(({ logicalId, reason }) => `${logicalId}: ${reason}`).join(' | ')}`),
  },
  {
    name: 'no patient data is said anywhere',
    violations: ({ said }) => {
      const at = said?.everywhere.indexOf(CANARY) ?? -1;
      return at < 0 ? [] : [`somebody said ${JSON.stringify(said?.everywhere.slice(Math.max(0, at - 300), at + 100))}`];
    },
  },
  {
    name: 'no log tells where CloudFormation takes its answer',
    violations: ({ said }) => said?.inLogs.includes(RESPONSE_HOST) ? ['a log has a ResponseURL'] : [],
  },
];

function place(observed: Observed, job: ObservedJob): string {
  return title(observed.operations[job.operation]);
}

function stepOf(observed: Observed, job: ObservedJob): number {
  return observed.operations[job.operation].step;
}

/** Under which tolerance a job was started: that of the newest deployment that wants its data set. */
function toleranceOf(observed: Observed, job: ObservedJob): Tolerance {
  const deployments = observed.operations.slice(0, job.operation + 1).filter(({ wanted }) => wanted?.dataSet === job.dataSet);
  return deployments.at(-1)?.wanted?.variant.tolerance ?? 'none';
}

/**
 * Whether the one that started a job could know of another one: it was listed when the jobs were last listed before. Nobody can know of a
 * job that is not listed yet, but for its own: a client token makes that one job.
 */
function wasKnown({ plan, requests }: Observed, otherSubmitted: Date | undefined, { submittedAt }: ObservedJob): boolean {
  const lastLists = requests.filter(({ operation, time, status }) => operation === 'ListFHIRImportJobs' && time <= submittedAt && status === 200);
  const lastList = lastLists.at(-1)?.time ?? 0;
  return (otherSubmitted?.getTime() ?? 0) + plan.environment.listDelaySeconds * SECOND <= lastList;
}

/** When the request for a job came: long before the job, if the answer to it was delayed. */
function arrivalOf({ operations }: Observed, { submittedAt }: ObservedJob): number {
  const delayed = operations.flatMap(({ served }) => served).filter(({ fault, time }) => fault.on === 'request'
    && fault.operation === 'healthlake.StartFHIRImportJob' && fault.what.kind === 'delay'
    && Math.abs(time + fault.what.seconds * SECOND - submittedAt) < 20 * SECOND);
  return Math.min(submittedAt, ...delayed.map(({ time }) => time));
}

function statusAt({ statuses }: Observed, time: number): string {
  return statuses.filter((status) => status.time <= time).at(-1)?.status ?? 'not there';
}

/**
 * Whether the one that started a job had seen the stack going forward: the last one that looked at it or, where several were at it at the same
 * time, any that looked a short time before.
 */
function wasForwardBefore(observed: Observed, job: ObservedJob): boolean {
  const arrival = arrivalOf(observed, job);
  const looks = observed.requests.filter(({ operation, status, time }) => operation === 'DescribeStacks' && status === 200
    && time <= arrival && time >= arrival - START_AFTER_LOOK).sort((one, other) => one.time - other.time);
  const candidates = isAlone(observed, job) ? looks.slice(-1) : looks;
  return candidates.some(({ time }) => /^(CREATE|UPDATE)_IN_PROGRESS$/.test(statusAt(observed, time)));
}

/** Whether one invocation only can have looked and started: one waiter, whose calls were not made twice. */
function isAlone(observed: Observed, job: ObservedJob): boolean {
  return job.waiters <= 1 && !isDoubled(observed, job);
}

/** Whether an event, a waiter or an invocation may have been made twice. */
function isDoubled({ operations }: Observed, { operation }: ObservedJob): boolean {
  const served = operations.slice(Math.max(0, operation - 1), operation + 1).flatMap((each) => each.served);
  return served.some(({ fault }) => (fault.on === 'invocation' && fault.what.kind === 'twice')
    || (fault.on === 'request' && ['lambda.Invoke', 'states.StartExecution'].includes(fault.operation)));
}

/** Whether a job and another one are what nothing but a client token prevents: two starts of a doubled event, neither of which could see the other. */
function isOfSameMoment(observed: Observed, job: ObservedJob, otherSubmittedAt: number): boolean {
  return observed.plan.environment.ignoresClientTokens && isDoubled(observed, job)
    && Math.abs(job.submittedAt - otherSubmittedAt) < SAME_MOMENT;
}

function wrongOutputs({ operations }: Observed, operation: ObservedOperation): string[] {
  const { wanted, outputs, jobsAfter } = operation;
  const job = jobsAfter.find(({ JobId: id }) => id === outputs.jobId);
  if (!job || !wanted) {
    return [`${title(operation)} the output jobId is "${outputs.jobId}", which is no job`];
  }
  const accepted = operations.slice(0, operations.indexOf(operation) + 1)
    .flatMap((other) => other.wanted?.dataSet === wanted.dataSet ? other.wanted.variant.tolerance : []);
  const report = job.JobProgressReport;
  // A detached deployment knows no more of its job than that it was accepted.
  const isDetached = wanted.variant.completion === 'detached';
  const expected: Record<string, string> = isDetached ? {} : {
    jobStatus: String(job.JobStatus),
    scanned: String(report?.TotalNumberOfResourcesScanned),
    imported: String(report?.TotalNumberOfResourcesImported),
    failed: String(report?.TotalNumberOfResourcesWithCustomerError),
    outputLocation: String(job.JobOutputDataConfig?.S3Configuration?.S3Uri),
  };
  const isAccepted = isDetached || accepted.some((tolerance) => hasSucceeded(job, tolerance));
  return [
    ...(job.DatastoreId === wanted.datastoreId ? [] : [`job ${job.JobId} is one of data store ${job.DatastoreId}, wanted was ${wanted.datastoreId}`]),
    ...(job.JobName?.endsWith(`-${wanted.dataSet}`) ? [] : [`job ${job.JobId} is named ${job.JobName}, wanted was data set ${wanted.dataSet}`]),
    ...(isAccepted ? [] : [`job ${job.JobId} is ${job.JobStatus}, which no tolerance so far accepts: ${accepted.join(', ')}`]),
    ...Object.entries(expected).filter(([name, value]) => outputs[name] !== value).map(([name, value]) => `output ${name} is "${outputs[name]}", of job ${job.JobId} it is "${value}"`),
  ].map((problem) => `${title(operation)} ${problem}`);
}

function isRolledBack({ after, wasDeleted, settledAt }: ObservedOperation): boolean {
  return after === 'UPDATE_ROLLBACK_COMPLETE' && !wasDeleted && settledAt !== undefined;
}

/** Whether CloudFormation asks for the old properties again, and takes the answers: else it shows what it likes. */
function isReversedByUpdates({ environment: { rollbackAfterUpdate: { succeeded, failed } } }: Plan): boolean {
  return [succeeded, failed].every(({ sendsUpdate, references }) => sendsUpdate && references === 'new');
}

/** Whether HealthLake lists the job of an earlier deployment: one that waited for its job may not be rolled back to so soon. */
function isListed({ environment }: Plan, { outputs }: ObservedOperation, { startedAt, jobsAfter }: ObservedOperation): boolean {
  const job = jobsAfter.find(({ JobId: id }) => id === outputs.jobId);
  return job === undefined || (job.SubmitTime?.getTime() ?? 0) + environment.listDelaySeconds * SECOND < startedAt;
}

/** Then a roll-back may have to answer without knowing the job. */
function isHealthLakeDisturbed({ served }: ObservedOperation): boolean {
  return served.some(({ fault }) => fault.on === 'request' && /^(sts|healthlake)\./.test(fault.operation));
}

function changedOutputs(former: ObservedOperation, { step, kind, outputs }: ObservedOperation): string[] {
  return Object.entries(former.outputs).filter(([name, value]) => outputs[name] !== value)
    .map(([name, value]) => `${title({ step, kind })} output ${name} was "${value}" and is "${outputs[name]}" after the roll-back`);
}

function untruths(operation: ObservedOperation, { reason, time }: ResourceFailed): string[] {
  const [, jobId, why] = /FHIR import job (\S+): ([^;]*);/.exec(reason) ?? [];
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
  if (/no errors are tolerated|more than the tolerated|HealthLake found no resources/.test(why)) {
    return claim(job !== undefined && operation.wanted !== undefined && isEnded(job) && !hasSucceeded(job, operation.wanted.variant.tolerance));
  }
  if (/time is up/.test(why)) {
    // The last look, and the way of the answer.
    const late = operation.served.length > 0 ? 6 * MINUTE : 90 * SECOND;
    return claim(job !== undefined && (job.EndTime?.getTime() ?? Infinity) > time - late);
  }
  return [];
}

function isOfImport({ type }: ResourceFailed): boolean {
  return type.startsWith('Custom::FhirImport');
}

function isCancelled({ reason }: ResourceFailed): boolean {
  return /^Resource (creation|update) cancelled$/.test(reason);
}

const OUR_REASON = /^Received response status \[FAILED\] from custom resource\. Message returned: ([\x20-\x7e]{1,999}); log group: [\w/-]+\n\nLogs: \S+\n+ ?\(RequestId: [\w-]+\)$/;

/** @param mayBeOthers whether the platform may have failed the resource without us */
function isOurs({ reason }: ResourceFailed, mayBeOthers: boolean): boolean {
  return mayBeOthers ? reason !== 'Response object is too long.' : OUR_REASON.test(reason);
}

/** Whether nothing stands in the way of a deployment: neither in the plan nor left over from earlier steps. */
function hasToSucceed({ plan, operations }: Observed, operation: ObservedOperation): boolean {
  const step = plan.steps[operation.step];
  const { wanted, startedAt } = operation;
  if (!wanted || step.kind !== 'deploy' || step.trouble || step.data !== 'good' || step.job.outcome) {
    return false;
  }
  if (!step.faults.every(isHarmless) || isFatal(operation.served) || isRefused(operation)) {
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
 * By design: without a roll-back a job that failed stays the one of its data set, until there is a new revision. The reason has to say so.
 */
function mayFailAgain(operations: readonly ObservedOperation[], operation: ObservedOperation): boolean {
  const { wanted, before, failures } = operation;
  const last = operations.slice(0, operations.indexOf(operation)).filter((other) => other.wanted !== undefined).at(-1);
  const isSame = /^(CREATE|UPDATE)_FAILED$/.test(before ?? '') && last?.wanted?.dataSet === wanted?.dataSet;
  return isSame && failures.some(({ reason }) => isAboutJob(reason, jobsBefore(operations, operation)) && /revision/.test(reason));
}

function isAboutJob(reason: string, jobs: readonly ImportJobProperties[]): boolean {
  return jobs.some(({ JobId: id }) => reason.includes(`FHIR import job ${id}:`));
}

function jobsBefore(operations: readonly ObservedOperation[], operation: ObservedOperation): readonly ImportJobProperties[] {
  return operations[operations.indexOf(operation) - 1]?.jobsAfter ?? [];
}
