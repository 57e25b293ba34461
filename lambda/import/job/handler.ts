import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeFHIRDatastoreCommand, StartFHIRImportJobCommand, type StartFHIRImportJobRequest } from '@aws-sdk/client-healthlake';
import { INVOCATION_MS } from './budgets';
import { answerFromId, type DatastoreFacts, decideJob, type JobChange, type JobDecision, type JobFacts, wouldStart } from './decision';
import { declarationOf, refusalOf } from './declaration';
import { type LedgerEntry, type LedgerReader, readLedger, readNewJobs } from './ledger';
import { decideRepeat, memoryOf } from './memory';
import { formatJobId, parseJobId } from './physical-id';
import { likelyCauses } from './start-causes';
import { ALREADY_IMPORTED, type ImportJobAttributes, type ImportJobProperties, JOB_TIMEOUT_MINUTES, UNKNOWN } from '../../../src/contract';
import { describeError, isRefusal, kindOf } from '../../aws/errors';
import { ask } from '../../aws/fact';
import { type Operator, operatorFor } from '../../aws/operator';
import { askDirection, directionOfUpdate } from '../../aws/stack';
import {
  type Deadlines, type IsCompleteRequest, type IsCompleteResponse, NOT_YET, type OnEventRequest, type OnEventResponse,
} from '../../framework/framework';
import { Failure } from '../../framework/reason';
import { deadlinesOf, settledBy } from '../../framework/times';
import { ownNamesOf } from '../../service-text/own-names';
import { log } from '../../telemetry/log';
import { unreadable } from '../contract';
import { clientTokenOf, fingerprintOf, jobNameOf } from '../fingerprint';
import { announceDeclared } from '../monitor/declared';
import { watch, watchedImportOf } from '../monitor/start';
import { judgeBuckets } from '../preflight/decision';
import { lookAtBuckets } from '../preflight/inspect';

/** A decision after which nothing is left to be asked of AWS. */
type Acted = Exclude<JobDecision, { kind: 'start' }>;

/** Sets the deadline. Everything that talks to AWS is left to `isComplete`, which may be repeated. */
export function onJobEvent(request: OnEventRequest): OnEventResponse {
  const properties = request.ResourceProperties as ImportJobProperties;
  return {
    PhysicalResourceId: request.PhysicalResourceId
      ?? formatJobId({ datastoreId: properties.DatastoreId, fingerprint: fingerprintOf(properties) }),
    WaiterId: randomUUID(),
    ...deadlinesOf(request, JOB_TIMEOUT_MINUTES * 60_000),
  };
}

/** Brings the job about: finds it, or starts it, or says why not. */
export async function isJobComplete(request: IsCompleteRequest): Promise<IsCompleteResponse> {
  const properties = request.ResourceProperties as ImportJobProperties;
  const change = changeOf(request);
  const decided = answerFromId(change) ?? decideJob(change, await askAws(request, change));
  const wanted = decided.kind === 'start' ? startOf(properties, change.fingerprint, decided.failedJobIds) : undefined;
  const decision = (wanted && decideRepeat(memoryOf(request).start, wanted.ClientToken!, Date.now())) ?? decided;
  log('import job', {
    construct: request.LogicalResourceId, datastoreId: properties.DatastoreId, fingerprint: change.fingerprint, decision: decision.kind,
  });
  const acted = decision.kind === 'start' ? await start(request, change, wanted!) : decision;
  return act(request, properties, change.fingerprint, acted);
}

function changeOf(request: IsCompleteRequest): JobChange {
  const { ResourceProperties, OldResourceProperties, PhysicalResourceId, StackId, RequestedAt, Deadline } = request;
  const properties = ResourceProperties as ImportJobProperties;
  const allOld = OldResourceProperties as ImportJobProperties | undefined;
  // Old properties that can't be read count as another data set. The ledger then says which job belongs to this one.
  const old = allOld && unreadable(allOld) === undefined ? allOld : undefined;
  const id = parseJobId(PhysicalResourceId);
  return {
    fingerprint: fingerprintOf(properties),
    oldFingerprint: old && fingerprintOf(old),
    id,
    declaration: declarationOf({ properties, old, id }),
    refusal: refusalOf({ properties, old, id }),
    requestedAt: RequestedAt,
    settledBy: settledBy(request),
    deadline: Deadline,
    unreadable: unreadable(properties),
    own: ownNamesOf(properties, StackId),
  };
}

async function askAws(request: IsCompleteRequest, change: JobChange): Promise<JobFacts> {
  const properties = request.ResourceProperties as ImportJobProperties;
  const reader = readerOf(request, change);
  const { operator } = reader;
  const datastore = await ask(() => describeDatastore(operator, properties.DatastoreId, AbortSignal.timeout(INVOCATION_MS.describeDatastore)));
  const ledger = await ask(() => readLedger(reader, memoryOf(request)));
  const told = { datastore, ledger, now: Date.now() };
  const bucketProblem = wouldStart(change, told) ? await checkBuckets(request, operator) : undefined;
  const isLikely = 'value' in ledger && wouldStart(change, told) && bucketProblem === undefined;
  const ledgerAgain = isLikely ? await ask(() => readLedgerAgain(reader, ledger.value, change.requestedAt)) : ledger;
  // Asked last: what comes next may be a start.
  const direction = await ask(() => askDirection(operator.cloudformation, request.StackId, request.RequestedAt));
  return { ...told, ledger: ledgerAgain, bucketProblem, direction };
}

function readerOf({ LogicalResourceId, ResourceProperties }: IsCompleteRequest, { fingerprint }: JobChange): LedgerReader {
  const properties = ResourceProperties as ImportJobProperties;
  return { construct: LogicalResourceId, operator: operatorFor(properties.OperatorRoleArn), properties, fingerprint };
}

/**
 * Lists the new jobs right before a start, after a random pause. CloudFormation's event can be delivered twice, and an invocation can be repeated,
 * both at the same moment. The pause puts one of them first.
 */
async function readLedgerAgain(reader: LedgerReader, known: readonly LedgerEntry[], requestedAt: number): Promise<readonly LedgerEntry[]> {
  await sleep(Math.random() * INVOCATION_MS.spread);
  const newJobs = await readNewJobs(reader, requestedAt, AbortSignal.timeout(INVOCATION_MS.listingAgain));
  return [...known, ...newJobs.filter((job) => !known.some(({ jobId }) => jobId === job.jobId))];
}

/** Warns in the log; gives the problem for which no job is to be started. */
async function checkBuckets({ LogicalResourceId, ResourceProperties }: IsCompleteRequest, { s3 }: Operator): Promise<string | undefined> {
  const properties = ResourceProperties as ImportJobProperties;
  if (!properties.Quotas) {
    return undefined; // the operator role of version 1 may not look
  }
  const wanted = { ...properties, Quotas: properties.Quotas, Region: process.env.AWS_REGION! };
  const { problem, warnings } = judgeBuckets(await lookAtBuckets(s3, wanted, AbortSignal.timeout(INVOCATION_MS.buckets)), wanted);
  warnings.forEach(({ warning, ...fields }) => log(`warning: ${warning}`, { construct: LogicalResourceId, ...fields }));
  return problem;
}

function startOf(properties: ImportJobProperties, fingerprint: string, failedJobIds: readonly string[]): StartFHIRImportJobRequest {
  const parameters: Omit<StartFHIRImportJobRequest, 'ClientToken'> = {
    DatastoreId: properties.DatastoreId,
    JobName: jobNameOf(properties.JobNamePrefix, fingerprint),
    InputDataConfig: { S3Uri: properties.InputS3Uri },
    JobOutputDataConfig: { S3Configuration: { S3Uri: properties.OutputS3Uri, KmsKeyId: properties.OutputKmsKeyId } },
    DataAccessRoleArn: properties.DataAccessRoleArn,
    ValidationLevel: properties.ValidationLevel as StartFHIRImportJobRequest['ValidationLevel'],
  };
  return { ...parameters, ClientToken: clientTokenOf(parameters, failedJobIds) };
}

async function start(request: IsCompleteRequest, change: JobChange, wanted: StartFHIRImportJobRequest): Promise<Acted> {
  const reader = readerOf(request, change);
  const memory = memoryOf(request);
  const command = new StartFHIRImportJobCommand(wanted);
  const started = await ask(() => reader.operator.starter.send(command, { abortSignal: AbortSignal.timeout(INVOCATION_MS.start) }));
  const attempt = { clientToken: wanted.ClientToken!, at: Date.now() };
  if ('error' in started) {
    const { error } = started;
    memory.start = isRefusal(error) ? undefined : { ...attempt, lost: describeError(error, change.own) };
    return { kind: 'retry', error, doing: 'start the import job', causes: likelyCauses(error) };
  }
  const jobId = await oldestOf(started.value.JobId!, reader, change);
  memory.start = { ...attempt, jobId };
  return { kind: 'adopt', jobId };
}

/** Returns the older of two jobs that were started at the same moment, so that both invocations answer with the same job. */
async function oldestOf(jobId: string, reader: LedgerReader, { requestedAt }: JobChange): Promise<string> {
  const listed = await ask(() => readNewJobs(reader, requestedAt, AbortSignal.timeout(INVOCATION_MS.listingAfterStart)));
  const oldest = 'value' in listed ? listed.value.find(({ verdict }) => verdict !== 'failed')?.jobId ?? jobId : jobId;
  if (oldest !== jobId) {
    const { construct, properties: { DatastoreId: datastoreId }, fingerprint } = reader;
    log('warning: two jobs were started at the same moment', { construct, datastoreId, fingerprint, jobId: oldest, secondJobId: jobId });
  }
  return oldest;
}

async function act(request: IsCompleteRequest, properties: ImportJobProperties, fingerprint: string, decision: Acted): Promise<IsCompleteResponse> {
  switch (decision.kind) {
    case 'answer from the id':
    case 'adopt': {
      const { jobId } = decision;
      return await isWatched(request, properties, jobId)
        ? answer(formatJobId({ datastoreId: properties.DatastoreId, jobId, fingerprint }), jobId)
        : NOT_YET;
    }
    case 'already imported':
      if (properties.Watch) {
        await announceDeclared(operatorFor(properties.OperatorRoleArn), request.LogicalResourceId, properties);
      }
      return answer(formatJobId({ datastoreId: properties.DatastoreId, jobId: ALREADY_IMPORTED, fingerprint }), ALREADY_IMPORTED);
    case 'answer unknown':
      return answer(formatJobId({ datastoreId: properties.DatastoreId, jobId: UNKNOWN, fingerprint }), UNKNOWN);
    case 'keep the id':
      return answer(request.PhysicalResourceId, UNKNOWN); // a job that the id names is another data set's
    case 'fail':
      throw new Failure([`no import job was started: ${decision.why}`]);
    case 'retry':
      return retryOrFail(request, decision);
    case 'wait':
      return waitOrFail(request, decision.why);
  }
}

/** Has the job of a detached import watched. Whether that is done, or need not be: a roll-back doesn't fail for it. */
async function isWatched(request: IsCompleteRequest, properties: ImportJobProperties, jobId: string): Promise<boolean> {
  const { Watch } = properties;
  if (!Watch || jobId === ALREADY_IMPORTED) {
    return true;
  }
  const operator = operatorFor(properties.OperatorRoleArn);
  const watched = await ask(() => watch(operator, watchedImportOf(properties, jobId, request, Watch), Watch));
  if (!('error' in watched)) {
    return true;
  }
  const direction = await directionOfUpdate(request, operator.cloudformation);
  if ('value' in direction && direction.value === 'roll-back') {
    return true;
  }
  const why = `could not start to watch the import job ${jobId}: ${describeError(watched.error, ownNamesOf({ ...properties, JobId: jobId }))}`;
  if (('value' in direction && isHopeless(watched.error, request)) || Date.now() >= request.Deadline) {
    throw new Failure([why, 'the job goes on at HealthLake', 'correct it and deploy again, which finds the job and starts no second one']);
  }
  log('waiting', { construct: request.LogicalResourceId, why });
  return false;
}

/** Whether to try again is of no use. */
function isHopeless(error: unknown, times: Deadlines): boolean {
  const kind = kindOf(error);
  return kind === 'definite' || (kind === 'settling' && Date.now() >= settledBy(times));
}

function retryOrFail(request: IsCompleteRequest, { error, doing, causes = '' }: Extract<JobDecision, { kind: 'retry' }>): IsCompleteResponse {
  const why = `could not ${doing}: ${describeError(error, ownNamesOf(request.ResourceProperties, request.StackId))}`;
  if (isHopeless(error, request)) {
    throw new Failure([why, causes, 'no import job is known to be started', 'correct it and deploy again']);
  }
  return waitOrFail(request, why);
}

function waitOrFail(request: IsCompleteRequest, why: string): IsCompleteResponse {
  if (Date.now() >= request.Deadline) {
    throw new Failure([`no import job was accepted within ${JOB_TIMEOUT_MINUTES} minutes: ${why}`, 'deploy again: a job that was accepted after all is found']);
  }
  log('waiting', { construct: request.LogicalResourceId, why });
  return NOT_YET;
}

function answer(physicalId: string, jobId: string): IsCompleteResponse {
  const attributes: ImportJobAttributes = { JobId: jobId };
  return { IsComplete: true, PhysicalResourceId: physicalId, Data: { ...attributes } };
}

async function describeDatastore({ healthlake }: Operator, datastoreId: string, abortSignal: AbortSignal): Promise<DatastoreFacts> {
  const { DatastoreProperties: properties } = await healthlake.send(new DescribeFHIRDatastoreCommand({ DatastoreId: datastoreId }), { abortSignal });
  return { status: properties?.DatastoreStatus ?? UNKNOWN, version: properties?.DatastoreTypeVersion };
}
