import { randomUUID } from 'node:crypto';
import { decideWait, TIME_IS_UP, type WaitChange, type WaitDecision } from './decision';
import type { JobWaitProperties } from '../../../src/contract';
import { ask, type Fact } from '../../aws/errors';
import { operatorFor } from '../../aws/operator';
import { directionOfUpdate } from '../../aws/stack';
import type { IsCompleteRequest, IsCompleteResponse, OnEventRequest, OnEventResponse } from '../../framework/framework';
import { eventTimesOf, isFirstInvocation, timesOf } from '../../framework/times';
import { ownNamesOf } from '../../service-text/own-names';
import { logPoll } from '../../telemetry/log';
import { progressMetrics, putMetrics } from '../../telemetry/metrics';
import { evidenceOf } from '../evidence';
import type { JobDescription } from '../healthlake-job';
import type { JobKind } from '../kind';
import { isDeclaredJob, obstacleOf } from '../obstacles';
import { formatWaitId } from '../physical-ids';
import { describeJob, type Poll, pollingBudget, pollWhenDue } from '../polling';
import { memoryOf } from '../waiter-memory';

/** Sets the deadline of the resource. */
export function onWaitEvent(_kind: JobKind, request: OnEventRequest): OnEventResponse {
  const properties = request.ResourceProperties as JobWaitProperties;
  return {
    PhysicalResourceId: request.PhysicalResourceId ?? formatWaitId(properties),
    WaiterId: randomUUID(),
    ...eventTimesOf(request, Number(properties.TimeoutSeconds) * 1000),
  };
}

/** Polls the job until this `Wait` resource is complete. */
export async function isWaitComplete(kind: JobKind, request: IsCompleteRequest): Promise<IsCompleteResponse> {
  const properties = request.ResourceProperties as JobWaitProperties;
  const operator = operatorFor(properties.OperatorRoleArn);
  const change = changeOf(kind, request, properties);
  const direction = () => directionOfUpdate(request, operator.cloudformation);
  const needsDirection = change.obstacle === undefined && isFirstInvocation(change);
  const atOnce = decideWait(change, { direction: needsDirection ? await direction() : undefined, now: Date.now() });
  if (atOnce.kind === 'hand on') {
    return respond(kind, request, atOnce).response!;
  }
  const { polls } = pollingBudget(change.deadline);
  return pollWhenDue({ ...change, jobId: properties.JobId }, memoryOf(request), async () => {
    if (Date.now() >= change.deadline) {
      return respond(kind, request, TIME_IS_UP);
    }
    const poll = await ask(() => describeJob(kind, operator, properties, polls));
    const byPoll = decideWait(change, { poll, now: Date.now() });
    const decision = byPoll.kind === 'wait' ? decideWait(change, { poll, direction: await direction(), now: Date.now() }) : byPoll;
    return respond(kind, request, decision, poll);
  });
}

function changeOf(kind: JobKind, request: IsCompleteRequest, properties: JobWaitProperties): WaitChange {
  return {
    ...timesOf(request),
    isContinued: properties.LegsBefore !== undefined,
    obstacle: obstacleOf(kind, properties) ?? (isDeclaredJob(properties) ? 'the data set is already in the data store' : undefined),
    own: ownNamesOf(properties),
  };
}

function respond(kind: JobKind, request: IsCompleteRequest, decision: WaitDecision, poll?: Fact<JobDescription>): Poll {
  const properties = request.ResourceProperties as JobWaitProperties;
  const evidence = poll && 'value' in poll ? evidenceOf(kind, poll.value) : undefined;
  logPoll(kind, { ...properties, construct: request.LogicalResourceId }, evidence, {
    secondsLeftOfLeg: Math.round((request.Deadline - Date.now()) / 1000),
    decision: decision.kind,
    why: decision.kind === 'hand on' ? decision.why : undefined,
  });
  if (decision.kind === 'wait') {
    putMetrics(properties, progressMetrics(kind, evidence?.counts));
    return { status: evidence?.job.JobStatus };
  }
  return { response: { IsComplete: true, PhysicalResourceId: formatWaitId(properties), Data: {} } };
}
