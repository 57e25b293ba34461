import { setTimeout as sleep } from 'timers/promises';
import { DescribeFHIRImportJobCommand, ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { ImportOutcomeProperties, UNKNOWN } from '../../src/import-contract';
import { ask, Fact } from '../fact';
import { IsCompleteRequest, IsCompleteResponse, NOT_YET, OnEventRequest, OnEventResponse } from '../framework';
import { log } from '../log';
import { putMetrics } from '../metrics';
import { Operator, operatorFor } from '../operator';
import { isWorthWaiting, NextLook, untilNextLook } from '../polling';
import { Failure } from '../reason';
import { requestedAtOf } from '../requested-at';
import { evidenceOf } from '../results';
import { askDirection, Direction } from '../stack';
import { attributesOf, sentencesOf } from './answer';
import { countsOf } from './counts';
import { decideOutcome, obstacleOf, OutcomeChange, OutcomeDecision } from './decision';
import { metricsOf } from './metrics';
import { formatOutcomeId, Judged, parseOutcomeId } from './physical-id';
import { dependsOnResults, Evidence, hasEnded, notByResults } from './verdict';

/** All calls of one invocation together with the time that it waits between looks, so that it ends long before the function's time-out. */
const CALL_BUDGET = 2 * 60_000;

/** The report of a job that has ended, in milliseconds: with what an invocation does before, it stays below the function's time-out. */
const REPORT_BUDGET = 195_000;

/** How long after the event a roll-back is asked for before the first look, which would make it wait. */
const FIRST_INVOCATION = 10_000;

/** Sets the deadline. */
export function onOutcomeEvent(request: OnEventRequest): OnEventResponse {
  const properties = request.ResourceProperties as ImportOutcomeProperties;
  const requestedAt = requestedAtOf(request, Date.now());
  return {
    PhysicalResourceId: request.PhysicalResourceId ?? formatOutcomeId({ datastoreId: properties.DatastoreId, jobId: properties.JobId }),
    RequestedAt: requestedAt,
    Deadline: requestedAt + Number(properties.TimeoutSeconds) * 1000,
  };
}

/** What one invocation works with. */
interface Watch {
  readonly request: IsCompleteRequest;
  readonly properties: ImportOutcomeProperties;
  readonly change: OutcomeChange;
  readonly operator: Operator;
  readonly abortSignal: AbortSignal;
}

/** Looks at the job, for some time of its life, and judges it when it has ended. */
export async function isOutcomeComplete(request: IsCompleteRequest): Promise<IsCompleteResponse> {
  const properties = request.ResourceProperties as ImportOutcomeProperties;
  const operator = operatorFor(properties.OperatorRoleArn);
  const watch: Watch = { request, properties, change: changeOf(request), operator, abortSignal: AbortSignal.timeout(CALL_BUDGET) };
  if (await isAnsweredAtOnce(watch)) {
    return act(watch, await lookAndDecide(watch)) ?? NOT_YET;
  }
  let seen: Pick<NextLook, 'status' | 'firstLookAt'> = {};
  while (await waitForNextLook(request, properties.JobId, seen)) {
    const firstLookAt = seen.firstLookAt ?? Date.now();
    const decision = await lookAndDecide(watch);
    const response = act(watch, decision);
    if (response) {
      return response;
    }
    if (Date.now() >= request.Deadline) {
      break; // all that is waited for now is CloudFormation's word, and the framework asks again in 10 s
    }
    seen = { status: decision.seen?.job.JobStatus, firstLookAt };
  }
  return NOT_YET;
}

function changeOf({ ResourceProperties, PhysicalResourceId, RequestedAt, Deadline }: IsCompleteRequest): OutcomeChange {
  const properties = ResourceProperties as ImportOutcomeProperties;
  const id = parseOutcomeId(PhysicalResourceId);
  const isOfThisJob = id?.datastoreId === properties.DatastoreId && id.jobId === properties.JobId;
  return {
    tolerance: properties.ErrorTolerance,
    judged: isOfThisJob ? id.judged : undefined,
    obstacle: obstacleOf(properties),
    RequestedAt,
    Deadline,
  };
}

/** Whether nothing that the job does can change the answer. */
async function isAnsweredAtOnce({ request, change, operator }: Watch): Promise<boolean> {
  if (change.judged || change.obstacle !== undefined) {
    return true;
  }
  const direction = Date.now() < request.RequestedAt + FIRST_INVOCATION ? await directionOfUpdate(request, operator) : undefined;
  return direction !== undefined && 'value' in direction && direction.value === 'roll-back';
}

async function lookAndDecide(watch: Watch): Promise<OutcomeDecision> {
  const { request, change, operator } = watch;
  const look = change.obstacle === undefined ? await lookAt(watch) : undefined;
  const alone = decideOutcome(change, { look, now: Date.now() });
  const decision = alone.kind === 'wait' || alone.kind === 'fail'
    ? decideOutcome(change, { look, direction: await directionOfUpdate(request, operator), now: Date.now() })
    : alone;
  logProgress(watch, decision);
  return decision;
}

/** Undefined: look again. */
function act({ request, properties }: Watch, decision: OutcomeDecision): IsCompleteResponse | undefined {
  switch (decision.kind) {
    case 'answer from the id':
      return answer(request.PhysicalResourceId, properties, decision.judged, decision.seen);
    case 'succeed unjudged':
      return answer(request.PhysicalResourceId, properties, undefined, decision.seen);
    case 'succeed': {
      const { job, report } = decision.seen;
      const judged: Judged = { status: job.JobStatus!, counts: countsOf(job.JobProgressReport, report) };
      return answer(formatOutcomeId({ datastoreId: properties.DatastoreId, jobId: properties.JobId, judged }), properties, judged, decision.seen);
    }
    case 'wait':
      return undefined;
    case 'fail':
      throw new Failure(sentencesOf(properties, request.RequestType, decision));
  }
}

/** Only an update can be part of a roll-back; a creation that is cancelled is no longer listened to. */
async function directionOfUpdate({ RequestType, StackId, RequestedAt }: IsCompleteRequest, operator: Operator): Promise<Fact<Direction>> {
  return ask(async () => (RequestType === 'Update' ? askDirection(operator.cloudformation, StackId, RequestedAt) : 'forward'));
}

async function waitForNextLook(request: IsCompleteRequest, jobId: string, seen: Pick<NextLook, 'status' | 'firstLookAt'>): Promise<boolean> {
  const now = Date.now();
  const next: NextLook = { ...seen, jobId, requestedAt: request.RequestedAt, now };
  const delay = Math.min(untilNextLook(next), Math.max(0, request.Deadline - now));
  if (!isWorthWaiting(delay, next)) {
    return false;
  }
  await sleep(delay);
  return true;
}

/** Looks at the job, and if it has ended at its results. */
function lookAt({ properties, operator, abortSignal }: Watch): Promise<Fact<Evidence>> {
  const { DatastoreId, JobId } = properties;
  return ask(async () => {
    const { ImportJobProperties: job } = await operator.healthlake.send(new DescribeFHIRImportJobCommand({ DatastoreId, JobId }), { abortSignal });
    if (!job) {
      throw new Error('DescribeFHIRImportJob gave no job');
    }
    return hasEnded(job.JobStatus)
      ? evidenceOf(job, properties, operator, AbortSignal.timeout(REPORT_BUDGET))
      : { job, isOwn: true };
  });
}

function logProgress({ request, properties }: Watch, decision: OutcomeDecision): void {
  const { kind, seen } = decision;
  const job = seen?.job;
  const progress = job?.JobProgressReport;
  const counts = countsOf(progress, seen?.report);
  const secondsQueued = secondsQueuedOf(job);
  log(secondsQueued === undefined ? 'import progress' : 'waiting in the queue of HealthLake', {
    construct: request.LogicalResourceId,
    datastoreId: properties.DatastoreId,
    jobId: properties.JobId,
    status: job?.JobStatus ?? UNKNOWN,
    secondsQueued,
    filesScanned: progress?.TotalNumberOfScannedFiles,
    filesImported: progress?.TotalNumberOfImportedFiles,
    resourcesScanned: counts.scanned,
    resourcesImported: counts.imported,
    resourcesFailed: counts.failed,
    secondsLeft: Math.round((request.Deadline - Date.now()) / 1000),
    judgedByJobBecause: seen && dependsOnResults(job?.JobStatus, properties.ErrorTolerance) ? notByResults(seen) : undefined,
    decision: kind,
  });
  putMetrics(properties, metricsOf(decision, counts));
}

/** HealthLake runs one import of a data store at a time. Undefined for a job that has begun. */
function secondsQueuedOf(job?: ImportJob): number | undefined {
  const isQueued = job?.JobStatus === 'SUBMITTED' || job?.JobStatus === 'QUEUED';
  return isQueued && job.SubmitTime ? Math.round((Date.now() - job.SubmitTime.getTime()) / 1000) : undefined;
}

function answer(physicalId: string, properties: ImportOutcomeProperties, judged: Judged | undefined, seen?: Evidence): IsCompleteResponse {
  return { IsComplete: true, PhysicalResourceId: physicalId, Data: { ...attributesOf(properties, judged, seen) } };
}
