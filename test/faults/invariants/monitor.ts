import type { ImportJobProperties } from '@aws-sdk/client-healthlake';
import type { Invariant } from './invariants';
import { ALREADY_IMPORTED, EVENT_FAILED, EVENT_SUCCEEDED, UNKNOWN } from '../../../src/contract';
import { isOfWatch, type Tolerance, type Variant } from '../plan/plan';
import type { Served } from '../run/fault-injector';
import {
  hasSucceeded, isSuccess, type Observed, type ObservedAnnouncement, type ObservedOperation, type ObservedWatch, title,
} from '../run/observed';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** From the acceptance of a job to the end of a deployment that doesn't wait for it. */
const ANSWER = 2 * MINUTE;

/** The pause in which a job ends, after hours in the queue, and the judgement. */
const LAST_LOOK = 6 * MINUTE;

/** How long a refusal may be that of a role that is new. */
const SETTLING_TIME = 5 * MINUTE;

/** What of a variant decides which role, data store and state machine a watch depends on. */
const SURROUNDINGS = ['completion', 'datastore', 'id', 'provider'] as const satisfies readonly (keyof Variant)[];

/** How Step Functions' own end of an execution of a deleted state machine is explained. */
const DELETED = 'the state machine was deleted';

/** How a watch ends whose import failed. */
const IMPORT_FAILED = 'FhirImportFailed';

/** What has to hold for detached imports. */
export const WATCH_INVARIANTS: readonly Invariant[] = [
  {
    // Or hours of import would end as a time-out of CloudFormation.
    name: 'a detached deployment does not wait for its job',
    dependsOnTime: true,
    violations: (observed) => observed.operations.flatMap((operation, index) => isDetachedSuccess(operation) && operation.served.length === 0
      ? observed.jobs.filter((job) => job.operation === index && outlasted(operation, job)).map(({ jobId }) => `${title(operation)} it ended after job ${jobId}`)
      : []),
  },
  {
    // Nobody else would tell how it ended.
    name: 'the job that a detached deployment names is watched',
    violations: ({ operations, watches }) => operations.filter((operation) => isDetachedSuccess(operation)
      && !watches.some(({ jobId, startedAt }) => jobId === operation.outputs.jobId && startedAt <= operation.settledAt!))
      .map((operation) => `${title(operation)} job ${operation.outputs.jobId} is not watched`),
  },
  {
    // Its name makes a second start harmless. A state machine that takes the place of another one knows nothing of that one's.
    name: 'a state machine watches a job once for an import, in an execution of its name',
    violations: ({ watches }) => watches.flatMap((watch, index) => [
      ...(watch.name.startsWith(`${watch.jobId}-`) ? [] : [`the execution that watches job ${watch.jobId} is named ${watch.name}`]),
      ...(watches.slice(0, index).some((other) => isSameWatch(other, watch)) ? [`job ${watch.jobId} is watched twice`] : []),
    ]),
  },
  {
    name: 'a watch ends soon after its job, and not before',
    dependsOnTime: true,
    violations: (observed) => atEnd(observed).flatMap((watch) => wrongEnd(observed, watch)),
  },
  {
    // An alarm at night has to mean something.
    name: 'a watch fails only if the import failed, or it lost its role',
    violations: (observed) => atEnd(observed).filter((watch) => isWrongFailure(observed, watch))
      .map(({ jobId, status, error, cause }) => `the watch of job ${jobId} ended as ${status} with ${error}: ${cause}`),
  },
  {
    name: 'a watch that came to an end has announced it',
    violations: (observed) => atEnd(observed).filter((watch) => hasJudged(watch) && announcementsOf(observed, watch).length === 0)
      .map(({ jobId, status }) => `the watch of job ${jobId} is ${status}, and no event says so`),
  },
  {
    name: 'an event tells the truth',
    violations: (observed) => (observed.announced ?? []).flatMap((announcement) => lies(observed, announcement)
      .map((lie) => `"${announcement.detailType}" of job ${announcement.detail.jobId}: ${lie}`)),
  },
  {
    name: 'all events that a watch puts agree',
    violations: (observed) => atEnd(observed).filter((watch) => isAlone(observed, watch)
      && new Set(announcementsOf(observed, watch).map(({ detailType, detail }) => JSON.stringify([detailType, detail]))).size > 1)
      .map((watch) => `of job ${watch.jobId} they say ${JSON.stringify(announcementsOf(observed, watch))}`),
  },
  {
    // Those who act on an event may act twice then.
    name: 'an event comes twice only if something went wrong',
    dependsOnTime: true, // a request that takes too long is made again
    violations: (observed) => jobsOf(observed).filter((jobId) => repeats(observed, jobId) > mishaps(observed))
      .map((jobId) => `job ${jobId} was announced ${repeats(observed, jobId)} times too often, and ${mishaps(observed)} things went wrong`),
  },
];

function isSameWatch(one: ObservedWatch, other: ObservedWatch): boolean {
  return one.jobId === other.jobId && one.heardBy === other.heardBy && one.stateMachineArn === other.stateMachineArn;
}

function isDetachedSuccess(operation: ObservedOperation): boolean {
  return isSuccess(operation) && operation.wanted?.variant.completion === 'detached' && operation.outputs.jobId !== ALREADY_IMPORTED;
}

function outlasted({ settledAt, jobsAfter }: ObservedOperation, job: Observed['jobs'][number]): boolean {
  const end = jobsAfter.find(({ JobId: id }) => id === job.jobId)?.EndTime?.getTime() ?? Infinity;
  return end <= settledAt! && settledAt! - job.submittedAt > ANSWER;
}

/** The watches, once they have had the time to end. */
function atEnd({ watches, announced }: Observed): readonly ObservedWatch[] {
  return announced ? watches : [];
}

function jobsOf({ announced = [] }: Observed): string[] {
  return [...new Set(announced.map(({ detail }) => detail.jobId))].filter((id) => id !== ALREADY_IMPORTED);
}

/** Whether the judge has spoken. */
function hasJudged({ status, error }: ObservedWatch): boolean {
  return status === 'SUCCEEDED' || (status === 'FAILED' && error === IMPORT_FAILED);
}

function wrongEnd(observed: Observed, watch: ObservedWatch): string[] {
  const { jobId, status, stoppedAt } = watch;
  if (status === 'ABORTED' || mayHaveLostAccess(observed, watch)) {
    return [];
  }
  const end = jobAtEnd(observed, jobId)?.EndTime?.getTime();
  if (stoppedAt === undefined || end === undefined) {
    return [`job ${jobId} ended at ${end}, and its watch is ${status}`];
  }
  const isAnnouncedUnknown = announcementsOf(observed, watch).some(({ detail }) => detail.jobStatus === UNKNOWN);
  if (stoppedAt < end && !isAnnouncedUnknown) {
    return [`the watch of job ${jobId} ended ${Math.round((end - stoppedAt) / SECOND)} s before it`];
  }
  const due = Math.max(end, watch.startedAt) + LAST_LOOK;
  return stoppedAt > due && observed.servedToWatches.length === 0 && observed.operations.every(({ served }) => served.length === 0)
    ? [`the watch of job ${jobId} ended ${Math.round((stoppedAt - end) / SECOND)} s after it`] : [];
}

function isWrongFailure(observed: Observed, watch: ObservedWatch): boolean {
  switch (watch.status) {
    case 'RUNNING':
    case 'SUCCEEDED':
      return false;
    case 'ABORTED':
      return watch.cause !== DELETED;
    default:
      return !hasJudged(watch) && !mayHaveLostAccess(observed, watch);
  }
}

/**
 * Whether the role of a watch may have gone, or turned to another data store, since the watch was started: another version of the stack was
 * wanted then, or came back by a roll-back.
 */
function mayHaveLostAccess({ operations }: Observed, watch: ObservedWatch): boolean {
  const versions = operations.flatMap(({ wanted }) => wanted?.variant ?? []);
  const before = operations.slice(0, watch.operation).filter(({ wanted }) => wanted !== undefined).length;
  const own = operations[watch.operation].wanted?.variant ?? versions[before - 1];
  const isSame = (variant: Variant): boolean => SURROUNDINGS.every((name) => variant[name] === own[name]);
  const isRemoved = operations.slice(watch.operation).some(({ kind, after }) => kind === 'delete' || /^(ROLLBACK|DELETE)_/.test(after));
  const formerSuccess = operations.slice(0, watch.operation).filter(isSuccess).at(-1)?.wanted?.variant;
  return isRemoved || !versions.slice(before).every(isSame) || (formerSuccess !== undefined && !isSame(formerSuccess));
}

function jobAtEnd({ jobsAtEnd = [] }: Observed, jobId: string): ImportJobProperties | undefined {
  return jobsAtEnd.find(({ JobId: id }) => id === jobId);
}

/** The events that a watch may have put: those of its job, and where others have watched the job too, of its time. */
function announcementsOf(observed: Observed, watch: ObservedWatch): readonly ObservedAnnouncement[] {
  const { jobId, startedAt, stoppedAt = Infinity } = watch;
  return (observed.announced ?? []).filter(({ detail, time }) => detail.jobId === jobId
    && (isAlone(observed, watch) || (time + SECOND > startedAt && time <= stoppedAt)));
}

/** Whether nobody else watched the job. */
function isAlone({ watches }: Observed, { jobId }: ObservedWatch): boolean {
  return watches.filter((watch) => watch.jobId === jobId).length === 1;
}

function lies(observed: Observed, { time, detailType, detail }: ObservedAnnouncement): string[] {
  if (detail.jobId === ALREADY_IMPORTED) {
    const isTrue = detailType === EVENT_SUCCEEDED && detail.jobStatus === ALREADY_IMPORTED && detail.resourcesScanned === undefined
      && observed.operations.some(({ wanted }) => wanted?.variant.declares && wanted.datastoreId === detail.datastoreId);
    return isTrue ? [] : ['no data set was declared'];
  }
  const job = jobAtEnd(observed, detail.jobId);
  const watches = observed.watches.filter(({ jobId }) => jobId === detail.jobId);
  if (!job || watches.length === 0) {
    return ['nobody watches it'];
  }
  if (detail.jobStatus === UNKNOWN) {
    const isSettled = watches.some(({ operation }) => time + SECOND >= observed.operations[operation].startedAt + SETTLING_TIME);
    const isRefused = isAskingRefused(observed) || watches.some((watch) => mayHaveLostAccess(observed, watch));
    return detailType === EVENT_FAILED && isSettled && isRefused ? [] : [`HealthLake could have been asked, and says ${job.JobStatus}`];
  }
  const verdicts = watches.flatMap((watch) => tolerancesOf(observed, watch)).map((tolerance) => hasSucceeded(job, tolerance));
  const report = job.JobProgressReport;
  const facts: [unknown, unknown][] = [
    [detail.jobStatus, job.JobStatus],
    [detail.datastoreId, job.DatastoreId],
    [detail.resourcesScanned, report?.TotalNumberOfResourcesScanned],
    [detail.resourcesImported, report?.TotalNumberOfResourcesImported],
    [detail.resourcesFailed, report?.TotalNumberOfResourcesWithCustomerError],
  ];
  return [
    ...(verdicts.includes(detailType === EVENT_SUCCEEDED) ? [] : [`the job is ${job.JobStatus} with ${JSON.stringify(report)}`]),
    ...facts.filter(([said, is]) => said !== is).map(([said, is]) => `it says ${said}, and the job has ${is}`),
  ];
}

/** What the import tolerated when, or before, the watch was started; a roll-back starts one with what it returns to. */
function tolerancesOf({ operations, jobs }: Observed, watch: ObservedWatch): Tolerance[] {
  const dataSet = jobs.find(({ jobId }) => jobId === watch.jobId)?.dataSet;
  return operations.slice(0, watch.operation + 1).flatMap(({ wanted }) => wanted?.dataSet === dataSet ? wanted?.variant.tolerance ?? [] : []);
}

/** Whether what a judge asks was refused: after the settling time that is final. */
function isAskingRefused(observed: Observed): boolean {
  return allServed(observed).some(({ fault }) => fault.on === 'request' && fault.what.kind === 'error'
    && (fault.operation === 'sts.AssumeRole' || fault.operation.endsWith('.DescribeFHIRImportJob')));
}

function repeats({ announced = [], watches }: Observed, id: string): number {
  return announced.filter(({ detail }) => detail.jobId === id).length - watches.filter(({ jobId }) => jobId === id).length;
}

/** How often something went wrong after which a judgement may be made again. */
function mishaps(observed: Observed): number {
  return allServed(observed).filter(({ fault }) => isOfWatch(fault) ? fault.on !== 'request' || fault.operation.startsWith('judge.')
    : fault.on === 'request' && fault.what.kind === 'killed').length;
}

function allServed({ operations, servedToWatches }: Observed): readonly Served[] {
  return [...servedToWatches, ...operations.flatMap(({ served }) => served).filter(({ fault }) => !isOfWatch(fault))];
}
