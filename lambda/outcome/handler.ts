import { ImportOutcomeProperties } from '../../src/import-contract';
import { ask, Fact } from '../fact';
import { IsCompleteRequest, IsCompleteResponse, isFirstInvocation, NOT_YET, OnEventRequest, OnEventResponse } from '../framework';
import { putMetrics } from '../metrics';
import { Operator, operatorFor } from '../operator';
import { logLook } from '../progress';
import { Failure } from '../reason';
import { requestedAtOf } from '../requested-at';
import { evidenceOf } from '../results';
import { directionOfUpdate } from '../stack';
import { describeJob, invocationBudget, watchJob } from '../watch';
import { attributesOf, sentencesOf } from './answer';
import { countsOf } from './counts';
import { decideOutcome, obstacleOf, OutcomeChange, OutcomeDecision } from './decision';
import { metricsOf } from './metrics';
import { formatOutcomeId, Judged, parseOutcomeId } from './physical-id';
import { dependsOnResults, Evidence, hasEnded, notByResults } from './verdict';

/** The report of a job that has ended, in milliseconds: with what an invocation does before, it stays below the function's time-out. */
const REPORT_BUDGET = 195_000;

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
  const watch: Watch = { request, properties, change: changeOf(request), operator, abortSignal: invocationBudget() };
  if (await isAnsweredAtOnce(watch)) {
    return act(watch, await lookAndDecide(watch)) ?? NOT_YET;
  }
  const { RequestedAt, Deadline } = request;
  return watchJob({ RequestedAt, Deadline, jobId: properties.JobId, isContinued: properties.LegsBefore !== undefined }, async () => {
    const decision = await lookAndDecide(watch);
    return { response: act(watch, decision), status: decision.seen?.job.JobStatus };
  });
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
  const direction = isFirstInvocation(request) ? await directionOfUpdate(request, operator.cloudformation) : undefined;
  return direction !== undefined && 'value' in direction && direction.value === 'roll-back';
}

async function lookAndDecide(watch: Watch): Promise<OutcomeDecision> {
  const { request, change, operator } = watch;
  const look = change.obstacle === undefined ? await lookAt(watch) : undefined;
  const alone = decideOutcome(change, { look, now: Date.now() });
  const decision = alone.kind === 'wait' || alone.kind === 'fail'
    ? decideOutcome(change, { look, direction: await directionOfUpdate(request, operator.cloudformation), now: Date.now() })
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

/** Looks at the job, and if it has ended at its results. */
function lookAt({ properties, operator, abortSignal }: Watch): Promise<Fact<Evidence>> {
  return ask(async () => {
    const job = await describeJob(operator, properties, abortSignal);
    return hasEnded(job.JobStatus)
      ? evidenceOf(job, properties, operator, AbortSignal.timeout(REPORT_BUDGET))
      : { job, isOwn: true };
  });
}

function logProgress({ request, properties }: Watch, decision: OutcomeDecision): void {
  const { kind, seen } = decision;
  const job = seen?.job;
  const counts = countsOf(job?.JobProgressReport, seen?.report);
  logLook({ ...properties, LogicalResourceId: request.LogicalResourceId }, job, counts, {
    secondsLeft: Math.round((request.Deadline - Date.now()) / 1000),
    judgedByJobBecause: seen && dependsOnResults(job?.JobStatus, properties.ErrorTolerance) ? notByResults(seen) : undefined,
    decision: kind,
  });
  putMetrics(properties, metricsOf(decision, counts));
}

function answer(physicalId: string, properties: ImportOutcomeProperties, judged: Judged | undefined, seen?: Evidence): IsCompleteResponse {
  return { IsComplete: true, PhysicalResourceId: physicalId, Data: { ...attributesOf(properties, judged, seen) } };
}
