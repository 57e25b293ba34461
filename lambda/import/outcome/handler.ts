import { directionOfUpdate } from '../../aws/stack';
import { type InvocationBudget, invocationBudget, watchJob } from '../watch';
import { attributesOf, sentencesOf } from './answer';
import { countsOf } from './counts';
import { decideOutcome, isDeclaredJob, obstacleOf, type OutcomeChange, type OutcomeDecision } from './decision';
import { lookAt, tell } from './look';
import { ALREADY_IMPORTED, type ImportOutcomeProperties } from '../../../src/contract';
import { type Operator, operatorFor } from '../../aws/operator';
import {
  type IsCompleteRequest, type IsCompleteResponse, isFirstInvocation, NOT_YET, type OnEventRequest, type OnEventResponse,
} from '../../framework/framework';
import { Failure } from '../../framework/reason';
import { deadlinesOf } from '../../framework/times';
import { ownNamesOf } from '../../service-text/own-names';
import { announceOrWarn } from '../../telemetry/announcement';
import { formatOutcomeId, type Judged, parseOutcomeId } from '../physical-ids';
import type { Evidence } from '../verdict';

/** Sets the deadline. */
export function onOutcomeEvent(request: OnEventRequest): OnEventResponse {
  const properties = request.ResourceProperties as ImportOutcomeProperties;
  return {
    PhysicalResourceId: request.PhysicalResourceId ?? formatOutcomeId({ datastoreId: properties.DatastoreId, jobId: properties.JobId }),
    ...deadlinesOf(request, Number(properties.TimeoutSeconds) * 1000),
  };
}

/** What one invocation works with. */
interface Watch {
  readonly request: IsCompleteRequest;
  readonly properties: ImportOutcomeProperties;
  readonly change: OutcomeChange;
  readonly operator: Operator;
  readonly budget: InvocationBudget;
}

/** Looks at the job, for some time of its life, and judges it when it has ended. */
export async function isOutcomeComplete(request: IsCompleteRequest): Promise<IsCompleteResponse> {
  const properties = request.ResourceProperties as ImportOutcomeProperties;
  const operator = operatorFor(properties.OperatorRoleArn);
  const watch: Watch = { request, properties, change: changeOf(request), operator, budget: invocationBudget() };
  if (await isAnsweredAtOnce(watch)) {
    return act(watch, await lookAndDecide(watch)) ?? NOT_YET;
  }
  const { RequestedAt, DeliveredAt, Deadline } = request;
  return watchJob({ RequestedAt, DeliveredAt, Deadline, jobId: properties.JobId, isContinued: properties.LegsBefore !== undefined }, async () => {
    const decision = await lookAndDecide(watch);
    return { response: act(watch, decision), status: decision.seen?.job.JobStatus };
  });
}

function changeOf({ ResourceProperties, PhysicalResourceId, RequestedAt, DeliveredAt, Deadline }: IsCompleteRequest): OutcomeChange {
  const properties = ResourceProperties as ImportOutcomeProperties;
  const id = parseOutcomeId(PhysicalResourceId);
  const isOfThisJob = id?.datastoreId === properties.DatastoreId && id.jobId === properties.JobId;
  return {
    tolerance: properties.ErrorTolerance,
    judged: isOfThisJob ? id.judged : undefined,
    obstacle: obstacleOf(properties),
    own: ownNamesOf(properties),
    isDeclared: isDeclaredJob(properties),
    RequestedAt,
    DeliveredAt,
    Deadline,
  };
}

/** Whether nothing that the job does can change the answer. */
async function isAnsweredAtOnce({ request, change, operator }: Watch): Promise<boolean> {
  if (change.judged || change.isDeclared || change.obstacle !== undefined) {
    return true;
  }
  const direction = isFirstInvocation(request) ? await directionOfUpdate(request, operator.cloudformation) : undefined;
  return direction !== undefined && 'value' in direction && direction.value === 'roll-back';
}

async function lookAndDecide(watch: Watch): Promise<OutcomeDecision> {
  const { request, change, operator } = watch;
  const look = change.obstacle === undefined && !change.isDeclared ? await lookAt(watch.properties, operator, watch.budget) : undefined;
  const alone = decideOutcome(change, { look, now: Date.now() });
  const decision = alone.kind === 'wait' || alone.kind === 'fail'
    ? decideOutcome(change, { look, direction: await directionOfUpdate(request, operator.cloudformation), now: Date.now() })
    : alone;
  tell({ construct: request.LogicalResourceId, properties: watch.properties, Deadline: request.Deadline }, decision);
  await announceOrWarn(operator, request.LogicalResourceId, watch.properties, decision);
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
    case 'already imported': {
      const judged: Judged = { status: ALREADY_IMPORTED, counts: {} };
      return answer(formatOutcomeId({ datastoreId: properties.DatastoreId, jobId: properties.JobId, judged }), properties, judged);
    }
    case 'wait':
      return undefined;
    case 'fail':
      throw new Failure(sentencesOf(properties, request.RequestType, decision));
  }
}

function answer(physicalId: string, properties: ImportOutcomeProperties, judged: Judged | undefined, seen?: Evidence): IsCompleteResponse {
  return { IsComplete: true, PhysicalResourceId: physicalId, Data: { ...attributesOf(properties, judged, seen) } };
}
