import { randomUUID } from 'node:crypto';
import { attributesOf, sentencesOf } from './answer';
import { decideJudged, decideOutcome, judgePoll, type OutcomeDecision, type Terms } from './decision';
import { ALREADY_IMPORTED, type JobOutcomeProperties } from '../../../src/contract';
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
import type { JobKind } from '../kind';
import { isDeclaredJob, obstacleOf } from '../obstacles';
import { formatOutcomeId, parseOutcomeId } from '../physical-ids';
import { type PollingBudget, pollingBudget, pollWhenDue } from '../polling';
import type { JudgedJob, Evidence, Verdict } from '../verdict';
import { memoryOf } from '../waiter-memory';

/** Sets the deadline of the resource. */
export function onOutcomeEvent(kind: JobKind, request: OnEventRequest): OnEventResponse {
  const properties = request.ResourceProperties as JobOutcomeProperties;
  return {
    PhysicalResourceId: request.PhysicalResourceId ?? formatOutcomeId(kind, { datastoreId: properties.DatastoreId, jobId: properties.JobId }),
    WaiterId: randomUUID(),
    ...eventTimesOf(request, Number(properties.TimeoutSeconds) * 1000),
  };
}

/** The state of one invocation. */
interface Invocation {
  readonly kind: JobKind;
  readonly request: IsCompleteRequest;
  readonly properties: JobOutcomeProperties;
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
export async function isOutcomeComplete(kind: JobKind, request: IsCompleteRequest): Promise<IsCompleteResponse> {
  const invocation = invocationOf(kind, request);
  if (await isAnsweredAtOnce(invocation)) {
    return respond(invocation, await pollAndDecide(invocation)) ?? NOT_YET;
  }
  const { JobId, LegsBefore } = invocation.properties;
  return pollWhenDue({ ...timesOf(request), jobId: JobId, isContinued: LegsBefore !== undefined }, memoryOf(request), async () => {
    const decision = await pollAndDecide(invocation);
    return { response: respond(invocation, decision), status: decision.evidence?.job.JobStatus };
  });
}

function invocationOf(kind: JobKind, request: IsCompleteRequest): Invocation {
  const properties = request.ResourceProperties as JobOutcomeProperties;
  const times = timesOf(request);
  const id = parseOutcomeId(kind, request.PhysicalResourceId);
  const isOfThisJob = id?.datastoreId === properties.DatastoreId && id.jobId === properties.JobId;
  return {
    kind,
    request,
    properties,
    operator: operatorFor(properties.OperatorRoleArn),
    budget: pollingBudget(times.deadline),
    terms: { own: ownNamesOf(properties), settledBy: settledBy(times), deadline: times.deadline },
    judged: isOfThisJob ? id.judged : undefined,
    obstacle: obstacleOf(kind, properties),
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
  const { kind, request, properties, operator, budget, terms, obstacle, isDeclared } = invocation;
  const poll = obstacle === undefined && !isDeclared ? await pollJob(kind, properties, operator, budget) : undefined;
  const decision = await decide(invocation, poll);
  recordDecision(kind, request.LogicalResourceId, properties, terms.deadline, decision);
  await announceOrWarn(kind, operator, request.LogicalResourceId, properties, decision);
  return decision;
}

async function decide(invocation: Invocation, poll: Fact<Evidence> | undefined): Promise<OutcomeDecision> {
  const { kind, request, properties, operator, terms, judged, obstacle, isDeclared } = invocation;
  const now = Date.now();
  if (judged) {
    return decideJudged(judged, poll, terms, now);
  }
  if (isDeclared && obstacle === undefined) {
    return { kind: 'already imported' };
  }
  const verdict: Verdict = poll ? judgePoll(poll, (evidence) => kind.judge(evidence, properties), terms, now) : { kind: 'failed', why: obstacle! };
  const direction = verdict.kind === 'succeeded' ? undefined : await directionOfUpdate(request, operator.cloudformation);
  return decideOutcome(verdict, direction, terms.deadline, now);
}

/** Returns the response to CloudFormation, or undefined if the job has to be polled again. */
function respond(invocation: Invocation, decision: OutcomeDecision): IsCompleteResponse | undefined {
  const { kind, request, properties } = invocation;
  switch (decision.kind) {
    case 'answer from the id':
      return answer(invocation, request.PhysicalResourceId, decision.judged, decision.evidence);
    case 'succeed unjudged':
      return answer(invocation, request.PhysicalResourceId, undefined, decision.evidence);
    case 'succeeded': {
      const { job, counts } = decision.evidence;
      return answerJudged(invocation, { status: job.JobStatus!, counts }, decision.evidence);
    }
    case 'already imported':
      return answerJudged(invocation, { status: ALREADY_IMPORTED, counts: {} });
    case 'running':
      return undefined;
    case 'failed':
      throw new Failure(sentencesOf(kind, properties, request.RequestType, decision));
  }
}

function answerJudged(invocation: Invocation, judged: JudgedJob, evidence?: Evidence): IsCompleteResponse {
  const { kind, properties: { DatastoreId: datastoreId, JobId: jobId } } = invocation;
  return answer(invocation, formatOutcomeId(kind, { datastoreId, jobId, judged }), judged, evidence);
}

function answer({ kind, properties }: Invocation, physicalId: string, judged: JudgedJob | undefined, evidence?: Evidence): IsCompleteResponse {
  return { IsComplete: true, PhysicalResourceId: physicalId, Data: { ...attributesOf(kind, properties, judged, evidence) } };
}
