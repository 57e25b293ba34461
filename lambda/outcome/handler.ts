import { setTimeout as sleep } from 'timers/promises';
import { DescribeFHIRImportJobCommand, ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { ImportOutcomeProperties, UNKNOWN } from '../../src/import-contract';
import { isNotFound, SETTLING_TIME } from '../errors';
import { ask, Fact } from '../fact';
import { IsCompleteRequest, IsCompleteResponse, NOT_YET, OnEventRequest, OnEventResponse } from '../framework';
import { log } from '../log';
import { Operator, operatorFor } from '../operator';
import { isWorthWaiting, NextLook, untilNextLook } from '../polling';
import { Failure } from '../reason';
import { askDirection, Direction } from '../stack';
import { attributesOf, sentencesOf } from './answer';
import { decideOutcome, OutcomeDecision } from './decision';
import { formatOutcomeId, Judged, parseOutcomeId } from './physical-id';
import { countsOf } from './verdict';

/** All calls of one invocation together with the time that it waits between looks, so that it ends long before the function's time-out. */
const CALL_BUDGET = 2 * 60_000;

/** How long after the event a roll-back is asked for before the first look, which would make it wait. */
const FIRST_INVOCATION = 10_000;

/** How long after the deadline a failure waits to learn whether the stack is rolled back, in which case it must not fail. */
const DIRECTION_GRACE = 2 * 60_000;

/** Sets the deadline. */
export function onOutcomeEvent(request: OnEventRequest): OnEventResponse {
  const properties = request.ResourceProperties as ImportOutcomeProperties;
  const now = Date.now();
  return {
    PhysicalResourceId: request.PhysicalResourceId ?? formatOutcomeId({ datastoreId: properties.DatastoreId, jobId: properties.JobId }),
    RequestedAt: now,
    Deadline: now + Number(properties.TimeoutSeconds) * 1000,
  };
}

/** Looks at the job, for some time of its life, and judges it when it has ended. */
export async function isOutcomeComplete(request: IsCompleteRequest): Promise<IsCompleteResponse> {
  const invokedAt = Date.now();
  const properties = request.ResourceProperties as ImportOutcomeProperties;
  const operator = operatorFor(properties.OperatorRoleArn);
  const abortSignal = AbortSignal.timeout(CALL_BUDGET);
  const askForDirection = () => ask(() => directionOfUpdate(request, operator));

  const judged = judgedBefore(request, properties);
  if (judged || (invokedAt < request.RequestedAt + FIRST_INVOCATION && isRollBack(await askForDirection()))) {
    const look = await lookAt(operator, properties, abortSignal);
    return judged && mayClearUp(look, request)
      ? NOT_YET
      : answer(request.PhysicalResourceId, properties, judged, 'value' in look ? look.value : undefined);
  }

  let seen: Pick<NextLook, 'status' | 'firstLookAt'> = {};
  while (await waitForNextLook(request, properties.JobId, seen)) {
    const firstLookAt = seen.firstLookAt ?? Date.now();
    const look = await lookAt(operator, properties, abortSignal);
    const decision = decideOutcome(look, properties.ErrorTolerance, request, Date.now());
    logProgress(request, properties, decision);
    const response = await act(request, properties, decision, askForDirection);
    if (response) {
      return response;
    }
    seen = { status: decision.job?.JobStatus, firstLookAt };
  }
  return NOT_YET;
}

/** Whether a look may yet say where the results are: an error may pass, a job that is gone is gone. */
function mayClearUp(look: Fact<ImportJob>, { RequestedAt }: IsCompleteRequest): boolean {
  return 'error' in look && !isNotFound(look.error) && Date.now() < RequestedAt + SETTLING_TIME;
}

/** Undefined: look again. */
async function act(request: IsCompleteRequest, properties: ImportOutcomeProperties, decision: OutcomeDecision,
  askForDirection: () => Promise<Fact<Direction>>): Promise<IsCompleteResponse | undefined> {
  if (decision.kind === 'succeed') {
    const judged: Judged = { status: decision.job.JobStatus!, counts: countsOf(decision.job.JobProgressReport) };
    const id = formatOutcomeId({ datastoreId: properties.DatastoreId, jobId: properties.JobId, judged });
    return answer(id, properties, judged, decision.job);
  }
  const direction = await askForDirection();
  if (isRollBack(direction)) {
    return answer(request.PhysicalResourceId, properties, undefined, decision.job);
  }
  if (decision.kind === 'wait') {
    return undefined;
  }
  if ('error' in direction && Date.now() < request.Deadline + DIRECTION_GRACE) {
    return NOT_YET;
  }
  throw new Failure(sentencesOf(properties, decision.why, decision.advice, decision.job));
}

/** Only an update can be part of a roll-back; a creation that is cancelled is no longer listened to. */
async function directionOfUpdate(request: IsCompleteRequest, operator: Operator): Promise<Direction> {
  return request.RequestType === 'Update' ? askDirection(operator.cloudformation, request.StackId) : 'forward';
}

function isRollBack(direction: Fact<Direction>): boolean {
  return 'value' in direction && direction.value === 'roll-back';
}

/** What this resource's own id says of this very job. */
function judgedBefore(request: IsCompleteRequest, properties: ImportOutcomeProperties): Judged | undefined {
  const id = parseOutcomeId(request.PhysicalResourceId);
  return id?.datastoreId === properties.DatastoreId && id.jobId === properties.JobId ? id.judged : undefined;
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

function lookAt({ healthlake }: Operator, { DatastoreId, JobId }: ImportOutcomeProperties, abortSignal: AbortSignal): Promise<Fact<ImportJob>> {
  return ask(async () => {
    const { ImportJobProperties: job } = await healthlake.send(new DescribeFHIRImportJobCommand({ DatastoreId, JobId }), { abortSignal });
    if (!job) {
      throw new Error('DescribeFHIRImportJob gave no job');
    }
    return job;
  });
}

function logProgress(request: IsCompleteRequest, properties: ImportOutcomeProperties, { kind, job }: OutcomeDecision): void {
  const report = job?.JobProgressReport;
  log('import progress', {
    construct: request.LogicalResourceId,
    datastoreId: properties.DatastoreId,
    jobId: properties.JobId,
    status: job?.JobStatus ?? UNKNOWN,
    filesScanned: report?.TotalNumberOfScannedFiles,
    filesImported: report?.TotalNumberOfImportedFiles,
    resourcesScanned: report?.TotalNumberOfResourcesScanned,
    resourcesImported: report?.TotalNumberOfResourcesImported,
    resourcesWithCustomerError: report?.TotalNumberOfResourcesWithCustomerError,
    secondsLeft: Math.round((request.Deadline - Date.now()) / 1000),
    decision: kind,
  });
}

function answer(physicalId: string, properties: ImportOutcomeProperties, judged: Judged | undefined, job?: ImportJob): IsCompleteResponse {
  return { IsComplete: true, PhysicalResourceId: physicalId, Data: { ...attributesOf(properties, judged, job) } };
}
