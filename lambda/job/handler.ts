import { DescribeFHIRDatastoreCommand, StartFHIRImportJobCommand, StartFHIRImportJobRequest } from '@aws-sdk/client-healthlake';
import { ImportJobAttributes, ImportJobProperties, JOB_TIMEOUT_MINUTES, UNKNOWN } from '../../src/import-contract';
import { unreadable } from '../contract';
import { describeError, kindOf, SETTLING_TIME } from '../errors';
import { ask } from '../fact';
import { clientTokenOf, fingerprintOf, jobNameOf } from '../fingerprint';
import { IsCompleteRequest, IsCompleteResponse, NOT_YET, OnEventRequest, OnEventResponse } from '../framework';
import { log } from '../log';
import { Operator, operatorFor } from '../operator';
import { Failure } from '../reason';
import { requestedAtOf } from '../requested-at';
import { askDirection } from '../stack';
import { answerFromId, decideJob, JobChange, JobDecision, JobFacts } from './decision';
import { readLedger } from './ledger';
import { formatJobId, parseJobId } from './physical-id';

/** All calls of one invocation together, so that it ends long before the function's time-out. */
const CALL_BUDGET = 60_000;

/** A decision after which nothing is left to be asked of AWS. */
type Acted = Exclude<JobDecision, { kind: 'start' }>;

/** Sets the deadline. Everything that talks to AWS is left to `isComplete`, which may be repeated. */
export function onJobEvent(request: OnEventRequest): OnEventResponse {
  const properties = request.ResourceProperties as ImportJobProperties;
  const requestedAt = requestedAtOf(request, Date.now());
  return {
    PhysicalResourceId: request.PhysicalResourceId
      ?? formatJobId({ datastoreId: properties.DatastoreId, fingerprint: fingerprintOf(properties) }),
    RequestedAt: requestedAt,
    Deadline: requestedAt + JOB_TIMEOUT_MINUTES * 60_000,
  };
}

/** Brings the job about: finds it, or starts it, or says why not. */
export async function isJobComplete(request: IsCompleteRequest): Promise<IsCompleteResponse> {
  const properties = request.ResourceProperties as ImportJobProperties;
  const operator = operatorFor(properties.OperatorRoleArn);
  const abortSignal = AbortSignal.timeout(CALL_BUDGET);
  const change = changeOf(request);
  const decision = answerFromId(change) ?? decideJob(change, await askAws(request, operator, change, abortSignal));
  log('import job', {
    construct: request.LogicalResourceId, datastoreId: properties.DatastoreId, fingerprint: change.fingerprint, decision: decision.kind,
  });
  const acted = decision.kind === 'start' ? await start(operator, properties, change.fingerprint, decision.failedJobIds, abortSignal) : decision;
  return act(request, properties, change.fingerprint, acted);
}

function changeOf({ ResourceProperties, OldResourceProperties, PhysicalResourceId, RequestedAt, Deadline }: IsCompleteRequest): JobChange {
  const properties = ResourceProperties as ImportJobProperties;
  const old = OldResourceProperties as ImportJobProperties | undefined;
  return {
    fingerprint: fingerprintOf(properties),
    // What can't be read counts as another data set: the ledger then says which job is this one's.
    oldFingerprint: old && unreadable(old) === undefined ? fingerprintOf(old) : undefined,
    id: parseJobId(PhysicalResourceId),
    requestedAt: RequestedAt,
    deadline: Deadline,
    unreadable: unreadable(properties),
  };
}

async function askAws(request: IsCompleteRequest, operator: Operator, { fingerprint }: JobChange, abortSignal: AbortSignal): Promise<JobFacts> {
  const { DatastoreId, ErrorTolerance } = request.ResourceProperties as ImportJobProperties;
  const datastore = await ask(() => datastoreStatus(operator, DatastoreId, abortSignal));
  const ledger = await ask(() => readLedger(operator.healthlake, DatastoreId, fingerprint, ErrorTolerance, abortSignal));
  // Asked last: what comes next may be a start.
  const direction = await ask(() => askDirection(operator.cloudformation, request.StackId, request.RequestedAt));
  return { datastore, ledger, direction, now: Date.now() };
}

async function start({ healthlake }: Operator, properties: ImportJobProperties, fingerprint: string, failedJobIds: readonly string[],
  abortSignal: AbortSignal): Promise<Acted> {
  const parameters: Omit<StartFHIRImportJobRequest, 'ClientToken'> = {
    DatastoreId: properties.DatastoreId,
    JobName: jobNameOf(properties.JobNamePrefix, fingerprint),
    InputDataConfig: { S3Uri: properties.InputS3Uri },
    JobOutputDataConfig: { S3Configuration: { S3Uri: properties.OutputS3Uri, KmsKeyId: properties.OutputKmsKeyId } },
    DataAccessRoleArn: properties.DataAccessRoleArn,
    ValidationLevel: properties.ValidationLevel as StartFHIRImportJobRequest['ValidationLevel'],
  };
  const command = new StartFHIRImportJobCommand({ ...parameters, ClientToken: clientTokenOf(parameters, failedJobIds) });
  const started = await ask(() => healthlake.send(command, { abortSignal }));
  return 'error' in started
    ? { kind: 'retry', error: started.error, doing: 'start the import job' }
    : { kind: 'adopt', jobId: started.value.JobId! };
}

function act(request: IsCompleteRequest, properties: ImportJobProperties, fingerprint: string, decision: Acted): IsCompleteResponse {
  switch (decision.kind) {
    case 'answer from the id':
    case 'adopt':
      return answer(formatJobId({ datastoreId: properties.DatastoreId, jobId: decision.jobId, fingerprint }), decision.jobId);
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

function retryOrFail(request: IsCompleteRequest, { error, doing }: Extract<JobDecision, { kind: 'retry' }>): IsCompleteResponse {
  const why = `could not ${doing}: ${describeError(error)}`;
  const kind = kindOf(error);
  if (kind === 'definite' || (kind === 'settling' && Date.now() >= request.RequestedAt + SETTLING_TIME)) {
    throw new Failure([why, 'no import job is known to be started', 'correct it and deploy again']);
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

async function datastoreStatus({ healthlake }: Operator, datastoreId: string, abortSignal: AbortSignal): Promise<string> {
  const { DatastoreProperties: properties } = await healthlake.send(new DescribeFHIRDatastoreCommand({ DatastoreId: datastoreId }), { abortSignal });
  return properties?.DatastoreStatus ?? UNKNOWN;
}
