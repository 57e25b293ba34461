import { randomUUID } from 'node:crypto';
import { answerFromId, type JobChange, type JobDecision } from './decision';
import { carryOut, decide, type FinalDecision } from './find-or-start';
import { type LedgerReader, readLedger } from './ledger';
import {
  ALREADY_IMPORTED, type ImportJobAttributes, type InputChanged, JOB_TIMEOUT_MINUTES, type JobStartAttributes, type JobStartProperties, UNKNOWN,
} from '../../../src/contract';
import { ask, describeError, isHopeless } from '../../aws/errors';
import { operatorFor } from '../../aws/operator';
import { describeDirection, directionOfUpdate } from '../../aws/stack';
import { type IsCompleteRequest, type IsCompleteResponse, NOT_YET, type OnEventRequest, type OnEventResponse } from '../../framework/framework';
import { Failure } from '../../framework/reason';
import { eventTimesOf, settledBy, timesOf } from '../../framework/times';
import { ownNamesOf } from '../../service-text/own-names';
import { log } from '../../telemetry/log';
import { type CheckedInput, checkInput } from '../changed-input/check';
import type { JobKind } from '../kind';
import { announceDeclared, outcomeOf, startMonitor } from '../monitor/start';
import { unreadable } from '../obstacles';
import { formatJobId, parseJobId } from '../physical-ids';
import { memoryOf } from '../waiter-memory';

/** Sets the deadline of the resource. This function makes no AWS calls, because the framework repeats only `isComplete`. */
export function onJobEvent(kind: JobKind, request: OnEventRequest): OnEventResponse {
  const properties = request.ResourceProperties as JobStartProperties;
  return {
    PhysicalResourceId: request.PhysicalResourceId
      ?? formatJobId({ datastoreId: properties.DatastoreId, fingerprint: kind.idFingerprintOf(properties) }),
    WaiterId: randomUUID(),
    ...eventTimesOf(request, JOB_TIMEOUT_MINUTES * 60_000),
  };
}

/** Finds the job of the data set, or starts it. */
export async function isJobComplete(kind: JobKind, request: IsCompleteRequest): Promise<IsCompleteResponse> {
  const properties = request.ResourceProperties as JobStartProperties;
  const change = changeOf(kind, request);
  const memory = memoryOf(request);
  const reader = {
    kind,
    construct: request.LogicalResourceId,
    operator: operatorFor(properties.OperatorRoleArn),
    properties,
    fingerprint: kind.fingerprintOf(properties),
  };
  const decided = answerFromId(change) ?? await decide(reader, change, {
    readLedger: async () => readLedger(reader, memory),
    readDirection: async () => describeDirection(reader.operator.cloudformation, request.StackId, change.requestedAt),
  });
  const decision = await carryOut(reader, change, memory, decided);
  const { inputChanged, problem } = await checkAdopted(reader, request, decision);
  return respond(kind, request, { ...change, inputChanged }, problem === undefined ? decision : { kind: 'fail', why: problem });
}

/** Checks whether the input changed after the adopted job was submitted. If the job was started for this change, the input counts as unchanged. */
async function checkAdopted(reader: LedgerReader, request: IsCompleteRequest, decision: FinalDecision): Promise<CheckedInput> {
  const input = reader.kind.inputOf(reader.properties);
  if (decision.kind === 'adopt' && decision.isNew) {
    return { inputChanged: 'false' };
  }
  const isAdopted = (decision.kind === 'adopt' || decision.kind === 'answer from the id') && decision.jobId !== ALREADY_IMPORTED;
  return input && isAdopted ? checkInput(reader, request, decision.jobId, input) : { inputChanged: UNKNOWN };
}

function changeOf(kind: JobKind, request: IsCompleteRequest): JobChange {
  const { ResourceProperties, OldResourceProperties, PhysicalResourceId, StackId } = request;
  const properties = ResourceProperties as JobStartProperties;
  const allOld = OldResourceProperties as JobStartProperties | undefined;
  // If the old properties can't be read, the data set counts as changed. The ledger then shows which job belongs to the data set.
  const old = allOld && unreadable(kind, allOld) === undefined ? allOld : undefined;
  const id = parseJobId(PhysicalResourceId);
  const times = timesOf(request);
  return {
    ...kind.claimsOf({ properties, old, id }),
    noun: kind.noun,
    fingerprint: kind.idFingerprintOf(properties),
    oldFingerprint: old && kind.idFingerprintOf(old),
    id,
    requestedAt: times.requestedAt,
    settledBy: settledBy(times),
    deadline: times.deadline,
    unreadable: unreadable(kind, properties),
    own: ownNamesOf(properties, StackId),
  };
}

/** The values of the response, except the job id. */
interface Answered {
  readonly fingerprint: string;
  readonly inputChanged: InputChanged;
}

async function respond(kind: JobKind, request: IsCompleteRequest, { fingerprint, inputChanged }: Answered, decision: FinalDecision):
Promise<IsCompleteResponse> {
  const properties = request.ResourceProperties as JobStartProperties;
  const answer = (PhysicalResourceId: string, JobId: string): IsCompleteResponse =>
    ({ IsComplete: true, PhysicalResourceId, Data: { ...attributesOf(kind, properties, JobId, inputChanged) } });
  const answerWith = (jobId: string) => answer(formatJobId({ datastoreId: properties.DatastoreId, jobId, fingerprint }), jobId);
  switch (decision.kind) {
    case 'answer from the id':
    case 'adopt':
      return await ensureMonitored(kind, request, decision.jobId) ? answerWith(decision.jobId) : NOT_YET;
    case 'already imported':
      if (properties.Watch) {
        await announceDeclared(kind, operatorFor(properties.OperatorRoleArn), request.LogicalResourceId, properties);
      }
      return answerWith(ALREADY_IMPORTED);
    case 'answer unknown':
      return answerWith(UNKNOWN);
    case 'keep the id':
      return answer(request.PhysicalResourceId, UNKNOWN); // the job is `UNKNOWN`, because the physical id may name a job of another data set
    case 'fail':
      throw new Failure([`no ${kind.noun} job was started: ${decision.why}`]);
    case 'retry':
      return retryOrFail(kind, request, decision);
    case 'wait':
      return waitOrFail(kind, request, decision.why);
  }
}

/**
 * Starts the monitor if the job is detached. Returns whether the change is complete. In a roll-back, the change is complete even if the monitor could not be
 * started.
 */
async function ensureMonitored(kind: JobKind, request: IsCompleteRequest, jobId: string): Promise<boolean> {
  const properties = request.ResourceProperties as JobStartProperties;
  const { Watch } = properties;
  if (!Watch || jobId === ALREADY_IMPORTED) {
    return true;
  }
  const operator = operatorFor(properties.OperatorRoleArn);
  const started = await ask(() => startMonitor(kind, operator, outcomeOf(kind, properties, jobId, Watch), request.RequestedAt, Watch));
  if (!('error' in started)) {
    return true;
  }
  const direction = await directionOfUpdate(request, operator.cloudformation);
  if ('value' in direction && direction.value === 'roll-back') {
    return true;
  }
  const why = `could not start the monitor of the ${kind.noun} job ${jobId}: ${describeError(started.error, ownNamesOf({ ...properties, JobId: jobId }))}`;
  if (('value' in direction && isHopeless(started.error, settledBy(timesOf(request)), Date.now())) || Date.now() >= request.Deadline) {
    throw new Failure([why, 'the job goes on at HealthLake', 'correct the problem and deploy again, which finds the job and starts no second one']);
  }
  log('waiting', { construct: request.LogicalResourceId, why });
  return false;
}

function retryOrFail(kind: JobKind, request: IsCompleteRequest, { error, doing, causes = '' }: Extract<JobDecision, { kind: 'retry' }>): IsCompleteResponse {
  const why = `could not ${doing}: ${describeError(error, ownNamesOf(request.ResourceProperties, request.StackId))}`;
  if (isHopeless(error, settledBy(timesOf(request)), Date.now())) {
    throw new Failure([why, causes, `no ${kind.noun} job is known to be started`, 'correct the problem and deploy again']);
  }
  return waitOrFail(kind, request, why);
}

function waitOrFail({ noun }: JobKind, request: IsCompleteRequest, why: string): IsCompleteResponse {
  if (Date.now() >= request.Deadline) {
    throw new Failure([`no ${noun} job was accepted within ${JOB_TIMEOUT_MINUTES} minutes: ${why}`, 'deploy again, which finds the job if it was accepted after all']);
  }
  log('waiting', { construct: request.LogicalResourceId, why });
  return NOT_YET;
}

/** Returns all attributes of this kind of job. A deployment fails if its template reads an attribute that the last response doesn't have. */
function attributesOf(kind: JobKind, properties: JobStartProperties, JobId: string, InputChanged: InputChanged):
JobStartAttributes | ImportJobAttributes {
  return { JobId, ...(kind.inputOf(properties) && { InputChanged }) };
}
