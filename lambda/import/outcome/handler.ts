import { randomUUID } from 'node:crypto';
import { attributesOf, sentencesOf } from './answer';
import { decideJudged, decideOutcome, judgePoll, type OutcomeDecision, type Terms } from './decision';
import { ALREADY_IMPORTED, type ImportOutcomeProperties } from '../../../src/contract';
import type { Fact } from '../../aws/errors';
import { type Operator, operatorFor } from '../../aws/operator';
import { directionOfUpdate } from '../../aws/stack';
import { type IsCompleteRequest, type IsCompleteResponse, NOT_YET, type OnEventRequest, type OnEventResponse } from '../../framework/framework';
import { Failure } from '../../framework/reason';
import { eventTimesOf, isFirstInvocation, settledBy, timesOf } from '../../framework/times';
import { ownNamesOf } from '../../service-text/own-names';
import { announceOrWarn } from '../../telemetry/announcement';
import { recordDecision } from '../../telemetry/log';
import { pollJob } from '../evidence';
import { isDeclaredJob, obstacleOf } from '../obstacles';
import { formatOutcomeId, type JudgedJob, parseOutcomeId } from '../physical-ids';
import { type PollingBudget, pollingBudget, pollWhenDue } from '../polling';
import type { Evidence, Verdict } from '../verdict';
import { memoryOf } from '../waiter-memory';

/** Sets the deadline of the resource. */
export function onOutcomeEvent(request: OnEventRequest): OnEventResponse {
  const properties = request.ResourceProperties as ImportOutcomeProperties;
  return {
    PhysicalResourceId: request.PhysicalResourceId ?? formatOutcomeId({ datastoreId: properties.DatastoreId, jobId: properties.JobId }),
    WaiterId: randomUUID(),
    ...eventTimesOf(request, Number(properties.TimeoutSeconds) * 1000),
  };
}

/** The state of one invocation. */
interface Invocation {
  readonly request: IsCompleteRequest;
  readonly properties: ImportOutcomeProperties;
  readonly operator: Operator;
  readonly budget: PollingBudget;
  readonly terms: Terms;
  /** The status and counts from the physical id. Undefined if the physical id doesn't record that this job was judged successful. */
  readonly judged?: JudgedJob;
  /** The reason why the job can't be judged. Undefined if it can be judged. */
  readonly obstacle?: string;
  /** Whether the import started no job because of `alreadyImported`. */
  readonly isDeclared: boolean;
}

/** Polls the job, and judges it when it has ended. */
export async function isOutcomeComplete(request: IsCompleteRequest): Promise<IsCompleteResponse> {
  const invocation = invocationOf(request);
  if (await isAnsweredAtOnce(invocation)) {
    return respond(invocation, await pollAndDecide(invocation)) ?? NOT_YET;
  }
  const { JobId, LegsBefore } = invocation.properties;
  return pollWhenDue({ ...timesOf(request), jobId: JobId, isContinued: LegsBefore !== undefined }, memoryOf(request), async () => {
    const decision = await pollAndDecide(invocation);
    return { response: respond(invocation, decision), status: decision.evidence?.job.JobStatus };
  });
}

function invocationOf(request: IsCompleteRequest): Invocation {
  const properties = request.ResourceProperties as ImportOutcomeProperties;
  const times = timesOf(request);
  const id = parseOutcomeId(request.PhysicalResourceId);
  const isOfThisJob = id?.datastoreId === properties.DatastoreId && id.jobId === properties.JobId;
  return {
    request,
    properties,
    operator: operatorFor(properties.OperatorRoleArn),
    budget: pollingBudget(times.deadline),
    terms: { tolerance: properties.ErrorTolerance, own: ownNamesOf(properties), settledBy: settledBy(times), deadline: times.deadline },
    judged: isOfThisJob ? id.judged : undefined,
    obstacle: obstacleOf(properties),
    isDeclared: isDeclaredJob(properties),
  };
}

/** Returns whether the resource can complete without waiting for the end of the job. */
async function isAnsweredAtOnce({ request, operator, judged, obstacle, isDeclared }: Invocation): Promise<boolean> {
  if (judged || isDeclared || obstacle !== undefined) {
    return true;
  }
  const direction = isFirstInvocation(timesOf(request)) ? await directionOfUpdate(request, operator.cloudformation) : undefined;
  return direction !== undefined && 'value' in direction && direction.value === 'roll-back';
}

async function pollAndDecide(invocation: Invocation): Promise<OutcomeDecision> {
  const { request, properties, operator, budget, terms, obstacle, isDeclared } = invocation;
  const poll = obstacle === undefined && !isDeclared ? await pollJob(properties, operator, budget) : undefined;
  const decision = await decide(invocation, poll);
  recordDecision(request.LogicalResourceId, properties, terms.deadline, decision);
  await announceOrWarn(operator, request.LogicalResourceId, properties, decision);
  return decision;
}

async function decide(invocation: Invocation, poll: Fact<Evidence> | undefined): Promise<OutcomeDecision> {
  const { request, operator, terms, judged, obstacle, isDeclared } = invocation;
  const now = Date.now();
  if (judged) {
    return decideJudged(judged, poll, terms, now);
  }
  if (isDeclared && obstacle === undefined) {
    return { kind: 'already imported' };
  }
  const verdict: Verdict = poll ? judgePoll(poll, terms, now) : { kind: 'failed', why: obstacle! };
  const direction = verdict.kind === 'succeeded' ? undefined : await directionOfUpdate(request, operator.cloudformation);
  return decideOutcome(verdict, direction, terms.deadline, now);
}

/** Returns the response to CloudFormation, or undefined if the job has to be polled again. */
function respond({ request, properties }: Invocation, decision: OutcomeDecision): IsCompleteResponse | undefined {
  switch (decision.kind) {
    case 'answer from the id':
      return answer(request.PhysicalResourceId, properties, decision.judged, decision.evidence);
    case 'succeed unjudged':
      return answer(request.PhysicalResourceId, properties, undefined, decision.evidence);
    case 'succeeded': {
      const { job, counts } = decision.evidence;
      return answerJudged(properties, { status: job.JobStatus!, counts }, decision.evidence);
    }
    case 'already imported':
      return answerJudged(properties, { status: ALREADY_IMPORTED, counts: {} });
    case 'running':
      return undefined;
    case 'failed':
      throw new Failure(sentencesOf(properties, request.RequestType, decision));
  }
}

function answerJudged(properties: ImportOutcomeProperties, judged: JudgedJob, evidence?: Evidence): IsCompleteResponse {
  return answer(formatOutcomeId({ datastoreId: properties.DatastoreId, jobId: properties.JobId, judged }), properties, judged, evidence);
}

function answer(physicalId: string, properties: ImportOutcomeProperties, judged: JudgedJob | undefined, evidence?: Evidence): IsCompleteResponse {
  return { IsComplete: true, PhysicalResourceId: physicalId, Data: { ...attributesOf(properties, judged, evidence) } };
}
