import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeFHIRDatastoreCommand } from '@aws-sdk/client-healthlake';
import { answerFromId, type DatastoreFacts, decideJob, type JobChange, type JobDecision, type JobFacts, wouldStart } from './decision';
import { type LedgerEntry, type LedgerReader, readLedger, readNewJobs } from './ledger';
import { decideRepeat } from './memory';
import { ALREADY_IMPORTED, JOB_TIMEOUT_MINUTES, type JobStartAttributes, type JobStartProperties, UNKNOWN } from '../../../src/contract';
import { ask, describeError, isRefusal, kindOf } from '../../aws/errors';
import { type Operator, operatorFor } from '../../aws/operator';
import { describeDirection, directionOfUpdate } from '../../aws/stack';
import { BUDGETS } from '../../budgets';
import { type IsCompleteRequest, type IsCompleteResponse, NOT_YET, type OnEventRequest, type OnEventResponse } from '../../framework/framework';
import { Failure } from '../../framework/reason';
import { eventTimesOf, settledBy, timesOf } from '../../framework/times';
import { ownNamesOf } from '../../service-text/own-names';
import { log } from '../../telemetry/log';
import type { JobKind, StartRequest } from '../kind';
import { announceDeclared, outcomeOf, startMonitor } from '../monitor/start';
import { unreadable } from '../obstacles';
import { formatJobId, parseJobId } from '../physical-ids';
import { judgeBuckets } from '../preflight/decision';
import { inspectBuckets } from '../preflight/inspect';
import { memoryOf } from '../waiter-memory';

const STEPS = BUDGETS.handler.start.steps;

/** Any decision except to start a job. */
type FinalDecision = Exclude<JobDecision, { kind: 'start' }>;

/** Sets the deadline of the resource. This function makes no AWS calls, because the framework repeats only `isComplete`. */
export function onJobEvent(kind: JobKind, request: OnEventRequest): OnEventResponse {
  const properties = request.ResourceProperties as JobStartProperties;
  return {
    PhysicalResourceId: request.PhysicalResourceId
      ?? formatJobId({ datastoreId: properties.DatastoreId, fingerprint: kind.fingerprintOf(properties) }),
    WaiterId: randomUUID(),
    ...eventTimesOf(request, JOB_TIMEOUT_MINUTES * 60_000),
  };
}

/** Finds the job of the data set, or starts it. */
export async function isJobComplete(kind: JobKind, request: IsCompleteRequest): Promise<IsCompleteResponse> {
  const properties = request.ResourceProperties as JobStartProperties;
  const change = changeOf(kind, request);
  const decided = answerFromId(change) ?? decideJob(change, await gatherFacts(kind, request, change));
  const wanted = decided.kind === 'start' ? kind.requestOf(properties, decided.failedJobIds) : undefined;
  const decision = (wanted && decideRepeat(memoryOf(request).start, wanted.ClientToken!, Date.now())) ?? decided;
  log(`${kind.noun} job`, {
    construct: request.LogicalResourceId, datastoreId: properties.DatastoreId, fingerprint: change.fingerprint, decision: decision.kind,
  });
  const final = decision.kind === 'start' ? await start(kind, request, change, wanted!, decision.warning) : decision;
  return respond(kind, request, change.fingerprint, final);
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
    fingerprint: kind.fingerprintOf(properties),
    oldFingerprint: old && kind.fingerprintOf(old),
    id,
    requestedAt: times.requestedAt,
    settledBy: settledBy(times),
    deadline: times.deadline,
    unreadable: unreadable(kind, properties),
    own: ownNamesOf(properties, StackId),
  };
}

async function gatherFacts(kind: JobKind, request: IsCompleteRequest, change: JobChange): Promise<JobFacts> {
  const properties = request.ResourceProperties as JobStartProperties;
  const reader = readerOf(kind, request, change);
  const { operator } = reader;
  const datastore = await ask(() => describeDatastore(operator, properties.DatastoreId, AbortSignal.timeout(STEPS.describeDatastoreMs)));
  const ledger = await ask(() => readLedger(reader, memoryOf(request)));
  const facts = { datastore, ledger, now: Date.now() };
  const bucketProblem = wouldStart(change, facts) ? await checkBuckets(kind, request, operator) : undefined;
  const isLikely = 'value' in ledger && wouldStart(change, facts) && bucketProblem === undefined;
  const ledgerAgain = isLikely ? await ask(() => readLedgerAgain(reader, ledger.value, change.requestedAt)) : ledger;
  // CloudFormation can roll back the stack at any time. So DescribeStacks is the last call before a start.
  const direction = await ask(() => describeDirection(operator.cloudformation, request.StackId, change.requestedAt));
  return { ...facts, ledger: ledgerAgain, bucketProblem, direction };
}

function readerOf(kind: JobKind, { LogicalResourceId, ResourceProperties }: IsCompleteRequest, { fingerprint }: JobChange): LedgerReader {
  const properties = ResourceProperties as JobStartProperties;
  return { kind, construct: LogicalResourceId, operator: operatorFor(properties.OperatorRoleArn), properties, fingerprint };
}

/**
 * Pauses for a random time, and then lists the new jobs of the data set. Two invocations can run at the same time, because Lambda can deliver an event twice
 * and the framework can repeat an invocation. The random pauses let the later invocation see the job of the earlier one.
 */
async function readLedgerAgain(reader: LedgerReader, known: readonly LedgerEntry[], requestedAt: number): Promise<readonly LedgerEntry[]> {
  await sleep(Math.random() * STEPS.pauseMs);
  const newJobs = await readNewJobs(reader, requestedAt, AbortSignal.timeout(STEPS.listNewJobsMs));
  return [...known, ...newJobs.filter((job) => !known.some(({ jobId }) => jobId === job.jobId))];
}

/** Inspects the buckets and logs warnings. Returns the problem that prevents the start of a job, or undefined if none is known. */
async function checkBuckets(kind: JobKind, { LogicalResourceId, ResourceProperties }: IsCompleteRequest, { s3 }: Operator):
Promise<string | undefined> {
  const wanted = kind.preflightOf(ResourceProperties as JobStartProperties);
  if (!wanted) {
    return undefined;
  }
  const findings = await inspectBuckets(s3, wanted, AbortSignal.timeout(STEPS.inspectBucketsMs));
  const { problem, warnings } = judgeBuckets(findings, { ...wanted, noun: kind.noun, Region: process.env.AWS_REGION! });
  warnings.forEach(({ warning, ...fields }) => log(`warning: ${warning}`, { construct: LogicalResourceId, ...fields }));
  return problem;
}

async function start(kind: JobKind, request: IsCompleteRequest, change: JobChange, wanted: StartRequest, warning?: string): Promise<FinalDecision> {
  const reader = readerOf(kind, request, change);
  const memory = memoryOf(request);
  if (warning !== undefined) {
    log(`warning: ${warning}`, { construct: reader.construct, datastoreId: wanted.DatastoreId });
  }
  const started = await ask(() => kind.api.start(reader.operator.starter, wanted, { abortSignal: AbortSignal.timeout(STEPS.startJobMs) }));
  const attempt = { clientToken: wanted.ClientToken!, at: Date.now() };
  if ('error' in started) {
    const { error } = started;
    memory.start = isRefusal(error) ? undefined : { ...attempt, lost: describeError(error, change.own) };
    const causes = [warning, kind.likelyCauses(error)].filter((cause) => cause !== undefined).join('; ');
    return { kind: 'retry', error, doing: `start the ${kind.noun} job`, causes };
  }
  const jobId = await oldestOf(started.value, reader, change);
  memory.start = { ...attempt, jobId };
  return { kind: 'adopt', jobId };
}

/**
 * Returns the oldest job that was started for this change and has not failed. If HealthLake lists none, returns the given job. So two invocations
 * that each started a job return the same job.
 */
async function oldestOf(jobId: string, reader: LedgerReader, { requestedAt }: JobChange): Promise<string> {
  const listed = await ask(() => readNewJobs(reader, requestedAt, AbortSignal.timeout(STEPS.listAfterStartMs)));
  const oldest = 'value' in listed ? listed.value.find(({ verdict }) => verdict !== 'failed')?.jobId ?? jobId : jobId;
  if (oldest !== jobId) {
    const { construct, properties: { DatastoreId: datastoreId }, fingerprint } = reader;
    log('warning: two jobs were started at the same moment', { construct, datastoreId, fingerprint, jobId: oldest, secondJobId: jobId });
  }
  return oldest;
}

async function respond(kind: JobKind, request: IsCompleteRequest, fingerprint: string, decision: FinalDecision): Promise<IsCompleteResponse> {
  const properties = request.ResourceProperties as JobStartProperties;
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
  if (('value' in direction && isHopeless(started.error, request)) || Date.now() >= request.Deadline) {
    throw new Failure([why, 'the job goes on at HealthLake', 'correct the problem and deploy again, which finds the job and starts no second one']);
  }
  log('waiting', { construct: request.LogicalResourceId, why });
  return false;
}

/** Returns whether a call that failed with this error should no longer be retried. */
function isHopeless(error: unknown, request: IsCompleteRequest): boolean {
  const kind = kindOf(error);
  return kind === 'definite' || (kind === 'settling' && Date.now() >= settledBy(timesOf(request)));
}

function retryOrFail(kind: JobKind, request: IsCompleteRequest, { error, doing, causes = '' }: Extract<JobDecision, { kind: 'retry' }>): IsCompleteResponse {
  const why = `could not ${doing}: ${describeError(error, ownNamesOf(request.ResourceProperties, request.StackId))}`;
  if (isHopeless(error, request)) {
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

function answer(physicalId: string, jobId: string): IsCompleteResponse {
  const attributes: JobStartAttributes = { JobId: jobId };
  return { IsComplete: true, PhysicalResourceId: physicalId, Data: { ...attributes } };
}

async function describeDatastore({ healthlake }: Operator, datastoreId: string, abortSignal: AbortSignal): Promise<DatastoreFacts> {
  const { DatastoreProperties: properties } = await healthlake.send(new DescribeFHIRDatastoreCommand({ DatastoreId: datastoreId }), { abortSignal });
  return { status: properties?.DatastoreStatus ?? UNKNOWN, fhirVersion: properties?.DatastoreTypeVersion };
}
