import { decideWait, type WaitChange, type WaitDecision } from './decision';
import { formatWaitId } from './physical-id';
import type { ImportWaitProperties } from '../../../src/contract';
import { ask } from '../../aws/fact';
import { operatorFor } from '../../aws/operator';
import { directionOfUpdate } from '../../aws/stack';
import { type IsCompleteRequest, type IsCompleteResponse, isFirstInvocation, type OnEventRequest, type OnEventResponse } from '../../framework/framework';
import { deadlinesOf } from '../../framework/times';
import { ownNamesOf } from '../../service-text/own-names';
import { putMetrics } from '../../telemetry/metrics';
import { logLook, progressMetrics } from '../../telemetry/progress';
import { countsOf } from '../outcome/counts';
import { isDeclaredJob, obstacleOf } from '../outcome/decision';
import { describeJob, invocationBudget, type Look, watchJob } from '../watch';

/** Sets the deadline. */
export function onWaitEvent(request: OnEventRequest): OnEventResponse {
  const properties = request.ResourceProperties as ImportWaitProperties;
  return {
    PhysicalResourceId: request.PhysicalResourceId ?? formatWaitId(properties),
    ...deadlinesOf(request, Number(properties.TimeoutSeconds) * 1000),
  };
}

/** Looks at the job, for some time of its life, until there is nothing left for this leg to wait for. */
export async function isWaitComplete(request: IsCompleteRequest): Promise<IsCompleteResponse> {
  const properties = request.ResourceProperties as ImportWaitProperties;
  const operator = operatorFor(properties.OperatorRoleArn);
  const change = changeOf(request, properties);
  const direction = () => directionOfUpdate(request, operator.cloudformation);
  const isAsked = change.obstacle === undefined && isFirstInvocation(request);
  const atOnce = decideWait(change, { direction: isAsked ? await direction() : undefined, now: Date.now() });
  if (atOnce.kind === 'hand on') {
    return act(request, properties, atOnce).response!;
  }
  const { looks } = invocationBudget();
  return watchJob({ ...change, jobId: properties.JobId }, async () => {
    const look = await ask(() => describeJob(operator, properties, looks));
    const alone = decideWait(change, { look, now: Date.now() });
    return act(request, properties, alone.kind === 'wait' ? decideWait(change, { look, direction: await direction(), now: Date.now() }) : alone);
  });
}

function changeOf({ RequestedAt, DeliveredAt, Deadline }: IsCompleteRequest, properties: ImportWaitProperties): WaitChange {
  return {
    RequestedAt,
    DeliveredAt,
    Deadline,
    isContinued: properties.LegsBefore !== undefined,
    obstacle: obstacleOf(properties) ?? whyNoJob(properties),
    own: ownNamesOf(properties),
  };
}

function whyNoJob(properties: ImportWaitProperties): string | undefined {
  return isDeclaredJob(properties) ? 'the data set is already in the data store' : undefined;
}

function act(request: IsCompleteRequest, properties: ImportWaitProperties, decision: WaitDecision): Look {
  const { kind, job } = decision;
  const counts = countsOf(job?.JobProgressReport);
  logLook({ ...properties, LogicalResourceId: request.LogicalResourceId }, job, counts, {
    secondsLeftOfLeg: Math.round((request.Deadline - Date.now()) / 1000),
    decision: kind,
    why: kind === 'hand on' ? decision.why : undefined,
  });
  if (kind === 'wait') {
    putMetrics(properties, progressMetrics(counts));
    return { status: job?.JobStatus };
  }
  return { response: { IsComplete: true, PhysicalResourceId: formatWaitId(properties), Data: {} } };
}
