import type { Invariant } from './invariant';
import type { Plan, Tolerance } from '../plan/plan';
import { hasSucceeded, isEnded, type Observed, type ObservedJob, title } from '../run/observed';
import { TIME_SCALE } from '../run/world';

const SECOND = 1000;

/**
 * The longest time between DescribeStacks and the start of a job in one invocation. It covers the time budget of the calls, and two real seconds for a busy
 * machine.
 */
const START_AFTER_DESCRIBE = 60 * SECOND + 2 * SECOND * TIME_SCALE;

/**
 * Two jobs count as started at the same moment if they were submitted within this time. It covers the calls
 * from the listing to the start, and one real second for a busy machine.
 */
const SAME_MOMENT = 5 * SECOND + SECOND * TIME_SCALE;

/** Returns whether HealthLake ignores client tokens. Only the pauses between starts then prevent a second job, and on a busy machine they may be too short. */
const ifTokensAreIgnored = ({ environment }: Plan): boolean => environment.ignoresClientTokens;

/** Rules about which jobs are started. */
export const JOB_INVARIANTS: readonly Invariant[] = [
  {
    name: 'no job is submitted while another one of its data set runs or has succeeded',
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
    name: 'a job is submitted only for the data set of the deployment under way',
    violations: (observed) => observed.jobs.filter((job) => {
      const operation = observed.operations[job.operation];
      return operation.wanted?.dataSet !== job.dataSet && arrivalOf(observed, job) >= operation.startedAt;
    }).map((job) => `${place(observed, job)} job ${job.jobId} of another data set was submitted`),
  },
  {
    name: 'a roll-back starts no job',
    dependsOnTime: true,
    violations: (observed) => observed.jobs.filter((job) => !wasForwardBefore(observed, job))
      .map((job) => `${place(observed, job)} job ${job.jobId} was submitted, and no DescribeStacks before it found the stack going forward; `
        + `the stack was ${statusAt(observed, arrivalOf(observed, job))}`),
  },
];

function place(observed: Observed, job: ObservedJob): string {
  return title(observed.operations[job.operation]);
}

function stepOf(observed: Observed, job: ObservedJob): number {
  return observed.operations[job.operation].step;
}

/** Returns the error tolerance of the newest deployment of the job's data set. */
function toleranceOf(observed: Observed, job: ObservedJob): Tolerance {
  const deployments = observed.operations.slice(0, job.operation + 1).filter(({ wanted }) => wanted?.dataSet === job.dataSet);
  return deployments.at(-1)?.wanted?.variant.tolerance ?? 'none';
}

/**
 * Returns whether the last listing before the start of a job contained the other job. If HealthLake does not list the other job yet, only the client token can
 * prevent a second job.
 */
function wasKnown({ plan, requests }: Observed, otherSubmitted: Date | undefined, { kind, submittedAt }: ObservedJob): boolean {
  const list = kind === 'import' ? 'ListFHIRImportJobs' : 'ListFHIRExportJobs';
  const lastLists = requests.filter(({ operation, time, status }) => operation === list && time <= submittedAt && status === 200);
  const lastList = lastLists.at(-1)?.time ?? 0;
  return (otherSubmitted?.getTime() ?? 0) + plan.environment.listDelaySeconds * SECOND <= lastList;
}

/** Returns when the request to start a job arrived. If a fault delayed the request, HealthLake accepted the job later. */
function arrivalOf({ operations }: Observed, { submittedAt }: ObservedJob): number {
  const delayed = operations.flatMap(({ injected }) => injected).filter(({ fault, time }) => fault.on === 'request'
    && fault.operation === 'healthlake.StartJob' && fault.what.kind === 'delay'
    && Math.abs(time + fault.what.seconds * SECOND - submittedAt) < 20 * SECOND);
  return Math.min(submittedAt, ...delayed.map(({ time }) => time));
}

function statusAt({ statuses }: Observed, time: number): string {
  return statuses.filter((status) => status.time <= time).at(-1)?.status ?? 'absent';
}

/**
 * Returns whether DescribeStacks showed that the stack was being created or updated before a job was started. If only one invocation ran, its last
 * DescribeStacks call counts. If several invocations ran at the same time, any recent DescribeStacks call counts.
 */
function wasForwardBefore(observed: Observed, job: ObservedJob): boolean {
  const arrival = arrivalOf(observed, job);
  const describes = observed.requests.filter(({ operation, status, time }) => operation === 'DescribeStacks' && status === 200
    && time <= arrival && time >= arrival - START_AFTER_DESCRIBE).sort((one, other) => one.time - other.time);
  const candidates = isAlone(observed, job) ? describes.slice(-1) : describes;
  return candidates.some(({ time }) => /^(CREATE|UPDATE)_IN_PROGRESS$/.test(statusAt(observed, time)));
}

/**
 * Returns whether the invocation that started the job ran alone: at most one waiter ran when the job was submitted, and no fault can have duplicated a
 * CloudFormation event, a waiter or an invocation.
 */
function isAlone(observed: Observed, job: ObservedJob): boolean {
  return job.waiters <= 1 && !isDoubled(observed, job);
}

/** Returns whether faults may have duplicated a CloudFormation event, a waiter or an invocation. */
function isDoubled({ operations }: Observed, { operation }: ObservedJob): boolean {
  const injected = operations.slice(Math.max(0, operation - 1), operation + 1).flatMap((each) => each.injected);
  return injected.some(({ fault }) => (fault.on === 'invocation' && fault.what.kind === 'twice')
    || (fault.on === 'request' && ['lambda.Invoke', 'states.StartExecution'].includes(fault.operation)));
}

/**
 * Returns whether two invocations for a duplicated CloudFormation event started their jobs at the same moment. Only a client token could have prevented the
 * second job, but HealthLake ignores client tokens.
 */
function isOfSameMoment(observed: Observed, job: ObservedJob, otherSubmittedAt: number): boolean {
  return observed.plan.environment.ignoresClientTokens && isDoubled(observed, job)
    && Math.abs(job.submittedAt - otherSubmittedAt) < SAME_MOMENT;
}
