import type { Invariant } from './invariant';
import { ALREADY_IMPORTED, EXPORT_EVENTS, IMPORT_EVENTS, UNKNOWN } from '../../../src/contract';
import { hitsMonitor, type Tolerance, type Variant } from '../plan/plan';
import type { InjectedFault } from '../run/fault-injector';
import {
  hasSucceeded, isSuccess, type JobState, type Observed, type ObservedEvent, type ObservedOperation, type ObservedMonitoring, title,
} from '../run/observed';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The longest allowed time from the acceptance of a job to the end of a detached deployment. */
const RESPONSE_TIME = 2 * MINUTE;

/** The longest allowed time from the end of a job to the end of its monitor execution. In this time the monitor pauses, polls again and judges the job. */
const LAST_POLL = 6 * MINUTE;

/** How long AWS may refuse requests because a role is new. */
const SETTLING_TIME = 5 * MINUTE;

/** The properties of a variant that determine the role, data store and state machine of its monitor executions. */
const SURROUNDINGS = ['kind', 'completion', 'datastore', 'id', 'provider'] as const satisfies readonly (keyof Variant)[];

/** The cause that Step Functions gives when it ends the execution of a deleted state machine. */
const DELETED = 'the state machine was deleted';

/** Matches the error of a monitor execution whose job failed. */
const JOB_FAILED = /^Fhir(Import|Export)Failed$/;

const EVENTS = { import: IMPORT_EVENTS, export: EXPORT_EVENTS };

/** Rules about detached jobs. */
export const MONITOR_INVARIANTS: readonly Invariant[] = [
  {
    // If the deployment waited, a job that takes hours would make CloudFormation time out.
    name: 'a detached deployment does not wait for its job',
    dependsOnTime: true,
    violations: (observed) => observed.operations.flatMap((operation, index) => isDetachedSuccess(operation) && operation.injected.length === 0
      ? observed.jobs.filter((job) => job.operation === index && outlasted(operation, job)).map(({ jobId }) => `${title(operation)} it ended after job ${jobId}`)
      : []),
  },
  {
    name: 'the job of a detached deployment is monitored',
    violations: ({ operations, monitorings }) => operations.filter((operation) => isDetachedSuccess(operation)
      && !monitorings.some(({ jobId, startedAt }) => jobId === operation.outputs.jobId && startedAt <= operation.settledAt!))
      .map((operation) => `${title(operation)} job ${operation.outputs.jobId} is not monitored`),
  },
  {
    // Step Functions refuses a second execution with the same name, but only in the same state machine.
    name: 'a state machine starts one execution for each job of a construct, and names it after the job',
    violations: ({ monitorings }) => monitorings.flatMap((monitoring, index) => [
      ...(monitoring.name.startsWith(`${monitoring.jobId}-`) ? [] : [`the execution that monitors job ${monitoring.jobId} is named ${monitoring.name}`]),
      ...(monitorings.slice(0, index).some((other) => isSameMonitoring(other, monitoring)) ? [`job ${monitoring.jobId} is monitored twice`] : []),
    ]),
  },
  {
    name: 'a monitor execution ends soon after its job, and not before',
    dependsOnTime: true,
    violations: (observed) => atEnd(observed).flatMap((monitoring) => wrongEnd(observed, monitoring)),
  },
  {
    // Every failed execution raises an alarm.
    name: 'a monitor execution fails only if the job failed or the execution lost its role',
    violations: (observed) => atEnd(observed).filter((monitoring) => isWrongFailure(observed, monitoring))
      .map(({ jobId, status, error, cause }) => `the monitor execution of job ${jobId} ended as ${status} with ${error}: ${cause}`),
  },
  {
    name: 'a monitor execution that judged its job emitted an event',
    violations: (observed) => atEnd(observed).filter((monitoring) => hasJudged(monitoring) && eventsOf(observed, monitoring).length === 0)
      .map(({ jobId, status }) => `the monitor execution of job ${jobId} is ${status}, and there is no event`),
  },
  {
    name: 'an event has the facts of its job',
    violations: (observed) => (observed.events ?? []).flatMap((event) => falseClaims(observed, event)
      .map((claim) => `"${event.detailType}" of job ${event.detail.jobId}: ${claim}`)),
  },
  {
    name: 'all events of a monitor execution are equal',
    violations: (observed) => atEnd(observed).filter((monitoring) => isAlone(observed, monitoring)
      && new Set(eventsOf(observed, monitoring).map(({ detailType, detail }) => JSON.stringify([detailType, detail]))).size > 1)
      .map((monitoring) => `the events of job ${monitoring.jobId} are ${JSON.stringify(eventsOf(observed, monitoring))}`),
  },
  {
    name: 'an event is repeated only after a fault',
    dependsOnTime: true, // the SDK repeats a slow PutEvents request
    violations: (observed) => jobsOf(observed).filter((jobId) => repeats(observed, jobId) > mishaps(observed))
      .map((jobId) => `job ${jobId} has ${repeats(observed, jobId)} repeated events after ${mishaps(observed)} faults`),
  },
];

function isSameMonitoring(one: ObservedMonitoring, other: ObservedMonitoring): boolean {
  return one.jobId === other.jobId && one.constructId === other.constructId && one.stateMachineArn === other.stateMachineArn;
}

function isDetachedSuccess(operation: ObservedOperation): boolean {
  return isSuccess(operation) && operation.wanted?.variant.completion === 'detached' && operation.outputs.jobId !== ALREADY_IMPORTED;
}

function outlasted({ settledAt, jobsAfter }: ObservedOperation, job: Observed['jobs'][number]): boolean {
  const end = jobsAfter.find(({ JobId: id }) => id === job.jobId)?.EndTime?.getTime() ?? Infinity;
  return end <= settledAt! && settledAt! - job.submittedAt > RESPONSE_TIME;
}

/** Returns all monitor executions if the plan has ended, because they had time to end. Returns none before the end of the plan. */
function atEnd({ monitorings, events }: Observed): readonly ObservedMonitoring[] {
  return events ? monitorings : [];
}

function jobsOf({ events = [] }: Observed): string[] {
  return [...new Set(events.map(({ detail }) => detail.jobId))].filter((id) => id !== ALREADY_IMPORTED);
}

/** Returns whether the monitor execution judged its job. */
function hasJudged({ status, error }: ObservedMonitoring): boolean {
  return status === 'SUCCEEDED' || (status === 'FAILED' && JOB_FAILED.test(error ?? ''));
}

function wrongEnd(observed: Observed, monitoring: ObservedMonitoring): string[] {
  const { jobId, status, stoppedAt } = monitoring;
  if (status === 'ABORTED' || mayHaveLostAccess(observed, monitoring)) {
    return [];
  }
  const end = jobAtEnd(observed, jobId)?.EndTime?.getTime();
  if (stoppedAt === undefined || end === undefined) {
    return [`job ${jobId} ended at ${end}, and its monitor execution is ${status}`];
  }
  const isUnknown = eventsOf(observed, monitoring).some(({ detail }) => detail.jobStatus === UNKNOWN);
  if (stoppedAt < end && !isUnknown) {
    return [`the monitor execution of job ${jobId} ended ${Math.round((end - stoppedAt) / SECOND)} s before the job`];
  }
  const due = Math.max(end, monitoring.startedAt) + LAST_POLL;
  return stoppedAt > due && observed.injectedIntoMonitors.length === 0 && observed.operations.every(({ injected }) => injected.length === 0)
    ? [`the monitor execution of job ${jobId} ended ${Math.round((stoppedAt - end) / SECOND)} s after the job`] : [];
}

function isWrongFailure(observed: Observed, monitoring: ObservedMonitoring): boolean {
  switch (monitoring.status) {
    case 'RUNNING':
    case 'SUCCEEDED':
      return false;
    case 'ABORTED':
      return monitoring.cause !== DELETED;
    default:
      return !hasJudged(monitoring) && !mayHaveLostAccess(observed, monitoring);
  }
}

/**
 * Returns whether a monitor execution may have lost its role since it started. It loses its role if a deployment or a roll-back removes the role or gives the
 * role permissions on another data store.
 */
function mayHaveLostAccess({ operations }: Observed, monitoring: ObservedMonitoring): boolean {
  const versions = operations.flatMap(({ wanted }) => wanted?.variant ?? []);
  const before = operations.slice(0, monitoring.operation).filter(({ wanted }) => wanted !== undefined).length;
  const own = operations[monitoring.operation].wanted?.variant ?? versions[before - 1];
  const isSame = (variant: Variant): boolean => SURROUNDINGS.every((name) => variant[name] === own[name]);
  const isRemoved = operations.slice(monitoring.operation).some(({ kind, after }) => kind === 'delete' || /^(ROLLBACK|DELETE)_/.test(after));
  const formerSuccess = operations.slice(0, monitoring.operation).filter(isSuccess).at(-1)?.wanted?.variant;
  return isRemoved || !versions.slice(before).every(isSame) || (formerSuccess !== undefined && !isSame(formerSuccess));
}

function jobAtEnd({ jobsAtEnd = [] }: Observed, jobId: string): JobState | undefined {
  return jobsAtEnd.find(({ JobId: id }) => id === jobId);
}

/**
 * Returns the EventBridge events about a job that its monitor execution may have sent. If the job had several executions, returns only the events that were
 * sent while this execution ran.
 */
function eventsOf(observed: Observed, monitoring: ObservedMonitoring): readonly ObservedEvent[] {
  const { jobId, startedAt, stoppedAt = Infinity } = monitoring;
  return (observed.events ?? []).filter(({ detail, time }) => detail.jobId === jobId
    && (isAlone(observed, monitoring) || (time + SECOND > startedAt && time <= stoppedAt)));
}

/** Returns whether the job had only one monitor execution. */
function isAlone({ monitorings }: Observed, { jobId }: ObservedMonitoring): boolean {
  return monitorings.filter((monitoring) => monitoring.jobId === jobId).length === 1;
}

function falseClaims(observed: Observed, { time, detailType, detail }: ObservedEvent): string[] {
  if (detail.jobId === ALREADY_IMPORTED) {
    const isTrue = detailType === IMPORT_EVENTS.succeeded && detail.jobStatus === ALREADY_IMPORTED && detail.resourcesScanned === undefined
      && observed.operations.some(({ wanted }) => wanted?.variant.declares && wanted.datastoreId === detail.datastoreId);
    return isTrue ? [] : ['alreadyImported was not set'];
  }
  const job = jobAtEnd(observed, detail.jobId);
  const monitorings = observed.monitorings.filter(({ jobId }) => jobId === detail.jobId);
  if (!job || monitorings.length === 0) {
    return ['it is not monitored'];
  }
  if (detail.jobStatus === UNKNOWN) {
    const isSettled = monitorings.some(({ operation }) => time + SECOND >= observed.operations[operation].startedAt + SETTLING_TIME);
    const isRefused = isJudgeRefused(observed) || monitorings.some((monitoring) => mayHaveLostAccess(observed, monitoring));
    return detailType === EVENTS[job.kind].failed && isSettled && isRefused ? [] : [`HealthLake could be polled, and says ${job.JobStatus}`];
  }
  const verdicts = monitorings.flatMap((monitoring) => tolerancesOf(observed, monitoring)).map((tolerance) => hasSucceeded(job, tolerance));
  const { kind, exported, JobProgressReport: report } = job;
  const isUncounted = kind === 'export' && detail.filesExported === undefined;
  const isAccepted = verdicts.includes(detailType === EVENTS[kind].succeeded) || (isUncounted && job.JobStatus === 'COMPLETED');
  const facts: [unknown, unknown][] = [
    [detail.jobStatus, job.JobStatus],
    [detail.datastoreId, job.DatastoreId],
    [detail.resourcesScanned, report?.TotalNumberOfResourcesScanned],
    [detail.resourcesImported, report?.TotalNumberOfResourcesImported],
    [detail.resourcesFailed, report?.TotalNumberOfResourcesWithCustomerError],
    [detail.filesExported, isUncounted ? undefined : exported?.files],
    [detail.bytesExported, isUncounted ? undefined : exported?.bytes],
    [detail.resourcesExported, isUncounted ? undefined : exported?.resources],
  ];
  return [
    ...(Object.values(EVENTS[kind]).includes(detailType as never) ? [] : [`it is no event of an ${kind}`]),
    ...(isAccepted ? [] : [`the job is ${job.JobStatus} with ${JSON.stringify(report ?? exported)}`]),
    ...facts.filter(([claimed, actual]) => claimed !== actual).map(([claimed, actual]) => `it says ${claimed}, and the job has ${actual}`),
  ];
}

/**
 * Returns all error tolerances with which the monitor execution may have judged its job. A roll-back can start an execution with the tolerance of an earlier
 * deployment.
 */
function tolerancesOf({ operations, jobs }: Observed, monitoring: ObservedMonitoring): Tolerance[] {
  const dataSet = jobs.find(({ jobId }) => jobId === monitoring.jobId)?.dataSet;
  return operations.slice(0, monitoring.operation + 1).flatMap(({ wanted }) => wanted?.dataSet === dataSet ? wanted?.variant.tolerance ?? [] : []);
}

/**
 * Returns whether a fault made STS or HealthLake refuse a request that is needed to judge the job. After `SETTLING_TIME`, the monitor no longer retries such a
 * request.
 */
function isJudgeRefused(observed: Observed): boolean {
  return allInjected(observed).some(({ fault }) => fault.on === 'request' && fault.what.kind === 'error'
    && (fault.operation === 'sts.AssumeRole' || fault.operation.endsWith('.DescribeJob')));
}

function repeats({ events = [], monitorings }: Observed, id: string): number {
  return events.filter(({ detail }) => detail.jobId === id).length - monitorings.filter(({ jobId }) => jobId === id).length;
}

/** Returns the number of faults that can make the monitor judge a job again. */
function mishaps(observed: Observed): number {
  return allInjected(observed).filter(({ fault }) => hitsMonitor(fault) ? fault.on !== 'request' || fault.operation.startsWith('judge.')
    : fault.on === 'request' && fault.what.kind === 'killed').length;
}

function allInjected({ operations, injectedIntoMonitors }: Observed): readonly InjectedFault[] {
  return [...injectedIntoMonitors, ...operations.flatMap(({ injected }) => injected).filter(({ fault }) => !hitsMonitor(fault))];
}
