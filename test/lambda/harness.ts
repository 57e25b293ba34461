import timers from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand, type StackStatus } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeFHIRDatastoreCommand, HealthLakeClient, type ImportJobProperties as ImportJob, ListFHIRImportJobsCommand, StartFHIRImportJobCommand,
} from '@aws-sdk/client-healthlake';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { Uint8ArrayBlobAdapter } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { isComplete, onEvent } from '../../lambda';
import type { IsCompleteRequest, IsCompleteResponse, OnEventRequest, OnEventResponse } from '../../lambda/framework/framework';
import { fingerprintOf } from '../../lambda/import/fingerprint';
import type { RestoreWindow } from '../../lambda/import/restore-point';
import type { ReportAnswer } from '../../lambda/report/types';
import {
  CONTRACT_VERSION, type ImportJobProperties, type ImportOutcomeProperties, type JobWaitProperties, IMPORT_RESOURCE_TYPES, QUERY_INTERVAL_SECONDS,
} from '../../src/contract';

export const T0 = Date.UTC(2026, 0, 15, 12);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

export const DATASTORE = '6407b9ae4c2def3cb6f1a46a0c599ec0';
export const JOB_ID = 'c0fddbf76f238297632d4aebdbfc9ddf';
export const STACK = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Import/0f8fad5b-d9cb-469f-a165-70867728950e';

/** The name of a patient. Object keys contain the name, and no output may contain it. */
export const PATIENT = 'Lovelace';
/** The signature of the response URL. Anyone with the signed URL can answer CloudFormation, so no output may contain the signature. */
const SIGNATURE = 'X-Amz-Signature=cafe';

/** The properties of an import without failure reports and quotas. For such an import, the handler calls only HealthLake and CloudFormation. */
export const JOB: ImportJobProperties = {
  ContractVersion: CONTRACT_VERSION,
  ConstructPath: 'Import/Patients',
  DatastoreId: DATASTORE,
  OperatorRoleArn: 'arn:aws:iam::123456789012:role/operator',
  ErrorTolerance: { Kind: 'NONE' },
  InputS3Uri: 's3://clinic-data/synthea/',
  OutputS3Uri: 's3://clinic-results/Import/',
  OutputKmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/1',
  DataAccessRoleArn: 'arn:aws:iam::123456789012:role/data-access',
  JobNamePrefix: 'fhir-import',
  ValidationLevel: 'strict',
};
export const FINGERPRINT = fingerprintOf(JOB);

export const OUTCOME: ImportOutcomeProperties = {
  ContractVersion: CONTRACT_VERSION,
  ConstructPath: 'Import/Patients',
  DatastoreId: DATASTORE,
  OperatorRoleArn: JOB.OperatorRoleArn,
  ErrorTolerance: { Kind: 'NONE' },
  OutputS3Uri: JOB.OutputS3Uri,
  JobId: JOB_ID,
  TimeoutSeconds: '3000',
};

/** The properties of the first `Wait` resource. */
export const WAIT: JobWaitProperties = {
  ContractVersion: CONTRACT_VERSION,
  ConstructPath: 'Import/Patients',
  DatastoreId: DATASTORE,
  OperatorRoleArn: JOB.OperatorRoleArn,
  JobId: JOB_ID,
  TimeoutSeconds: '3000',
};

/** Returns an error with the properties that the SDK sets. */
export function sdkError(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { attempts: 1, httpStatusCode } });
}

/** The SDK's error for a request that got no answer. */
export const NO_ANSWER = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

/** Makes `setTimeout` of `node:timers/promises` use Jest's fake clock. */
export function useFakeSleep(): void {
  jest.spyOn(timers, 'setTimeout').mockImplementation(async (delay, _, { signal } = {}) => new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', reject);
    setTimeout(resolve, delay);
  }));
}

/** Returns a job as HealthLake describes it. By default, the job was submitted an hour before `T0`. */
export function importJob(changes: Partial<ImportJob> = {}): ImportJob {
  return {
    JobId: JOB_ID,
    JobName: `fhir-import-${FINGERPRINT}`,
    JobStatus: 'SUBMITTED',
    SubmitTime: new Date(T0 - 60 * MINUTE),
    DatastoreId: DATASTORE,
    InputDataConfig: { S3Uri: JOB.InputS3Uri },
    JobOutputDataConfig: { S3Configuration: { S3Uri: `${JOB.OutputS3Uri}${DATASTORE}-FHIR_IMPORT-${JOB_ID}/`, KmsKeyId: JOB.OutputKmsKeyId } },
    ...changes,
  };
}

export function report(scanned: number, imported: number, failed: number): ImportJob['JobProgressReport'] {
  return {
    TotalNumberOfScannedFiles: 3,
    TotalNumberOfImportedFiles: 3,
    TotalNumberOfResourcesScanned: scanned,
    TotalNumberOfResourcesImported: imported,
    TotalNumberOfResourcesWithCustomerError: failed,
    TotalNumberOfFilesReadWithCustomerError: 0,
  };
}

const common = (logicalId: string): Omit<OnEventRequest, 'RequestType' | 'ResourceProperties' | 'ResourceType'> & { ResponseURL: string } => ({
  StackId: STACK,
  LogicalResourceId: logicalId,
  ResponseURL: `https://cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com/x?${SIGNATURE}`,
});

export function jobEvent(changes: Partial<OnEventRequest> = {}, properties: Partial<ImportJobProperties> = {}): OnEventRequest {
  return { ...common('ImportJob'), RequestType: 'Create', ResourceType: IMPORT_RESOURCE_TYPES.job, ResourceProperties: { ...JOB, ...properties }, ...changes };
}

export function outcomeEvent(changes: Partial<OnEventRequest> = {}, properties: Partial<ImportOutcomeProperties> = {}): OnEventRequest {
  return {
    ...common('ImportOutcome'), RequestType: 'Create', ResourceType: IMPORT_RESOURCE_TYPES.outcome, ResourceProperties: { ...OUTCOME, ...properties }, ...changes,
  };
}

export function waitEvent(changes: Partial<OnEventRequest> = {}, properties: Partial<JobWaitProperties> = {}): OnEventRequest {
  return { ...common('ImportWait1'), RequestType: 'Create', ResourceType: IMPORT_RESOURCE_TYPES.wait, ResourceProperties: { ...WAIT, ...properties }, ...changes };
}

/** The handler's answer to a CloudFormation event, or the reason of its failure. `after` is the time since the event. */
export interface Ended {
  readonly after: number;
  readonly physicalId?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly reason?: string;
}

/** Checks that a resource is answered soon after its deadline: the last poll is due up to 50 seconds later, and the next call of `isComplete` makes it. */
export function expectAnsweredAt(deadline: number, after: number): void {
  expect(after).toBeGreaterThanOrEqual(deadline);
  expect(after).toBeLessThanOrEqual(deadline + 75 * SECOND);
}

/** Mocks the SDK clients, the clock and the log of the handler. By default, the data store is ACTIVE and has no jobs, and a start is accepted. */
export class Aws {
  public readonly healthlake = mockClient(HealthLakeClient);
  public readonly cloudformation = mockClient(CloudFormationClient);
  public readonly s3 = mockClient(S3Client);
  public readonly lambda = mockClient(LambdaClient);
  public readonly events = mockClient(EventBridgeClient);
  public readonly states = mockClient(SFNClient);
  /** The lines that the handler logged. */
  public readonly lines: string[] = [];

  public constructor() {
    process.env.AWS_REGION = 'eu-west-1';
    process.env.AWS_LAMBDA_LOG_GROUP_NAME = 'fhir-import-logs';
    jest.useFakeTimers({ now: T0 });
    useFakeSleep();
    jest.spyOn(Math, 'random').mockReturnValue(0); // makes random pauses zero
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      jest.spyOn(console, method).mockImplementation((...written) => {
        this.lines.push(written.map(String).join(' '));
      });
    }
    jest.spyOn(process.stdout, 'write').mockImplementation((written) => {
      this.lines.push(String(written).trimEnd()); return true;
    });
    this.stackIs('CREATE_IN_PROGRESS');
    this.datastoreIs('ACTIVE');
    this.lists();
    this.healthlake.on(StartFHIRImportJobCommand).resolves({ JobId: JOB_ID });
    this.events.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
    this.states.on(StartExecutionCommand).resolves({});
  }

  public stackIs(status: StackStatus, lastUpdatedAt?: number): void {
    const LastUpdatedTime = lastUpdatedAt === undefined ? undefined : new Date(lastUpdatedAt);
    this.cloudformation.on(DescribeStacksCommand).resolves({
      Stacks: [{ StackName: 'Import', CreationTime: new Date(T0), LastUpdatedTime, StackStatus: status }],
    });
  }

  public datastoreIs(status: string, DatastoreTypeVersion?: string, BackupStatusInfo?: RestoreWindow): void {
    this.healthlake.on(DescribeFHIRDatastoreCommand).callsFake(() => ({
      DatastoreProperties: { DatastoreStatus: status, DatastoreTypeVersion, BackupStatusInfo },
    }));
  }

  /** Sets the jobs that ListFHIRImportJobs returns. */
  public lists(...jobs: ImportJob[]): void {
    this.healthlake.on(ListFHIRImportJobsCommand).resolves({ ImportJobPropertiesList: jobs });
  }

  /** Sets the answer of the report function. */
  public reports(answer: ReportAnswer | { readonly errorType: string }): void {
    this.lambda.on(InvokeCommand).resolves({
      FunctionError: 'errorType' in answer ? 'Unhandled' : undefined,
      Payload: Uint8ArrayBlobAdapter.fromString(JSON.stringify(answer)),
    });
  }

  /** Returns the inputs of all calls of an AWS operation. */
  public sent(operation: string): object[] {
    return this.clients.flatMap((client) => client.calls().map(({ args: [command] }) => command as { readonly input: unknown }))
      .filter((command) => command.constructor.name === `${operation}Command`)
      .map(({ input }) => input as object);
  }

  public get callCount(): number {
    return this.clients.reduce((count, client) => count + client.calls().length, 0);
  }

  /** Calls the handler for a CloudFormation event as the provider framework does: `onEvent` once, then `isComplete` repeatedly. */
  public async run(event: OnEventRequest): Promise<Ended> {
    const waiting = await this.begin(event);
    for (;;) {
      const { answer, reason } = await this.ask(waiting);
      const after = Date.now() - waiting.RequestedAt;
      if (reason !== undefined) {
        return { after, reason };
      }
      if (answer?.IsComplete) {
        return { after, physicalId: answer.PhysicalResourceId, data: answer.Data };
      }
      await jest.advanceTimersByTimeAsync(QUERY_INTERVAL_SECONDS * SECOND);
    }
  }

  /** Calls `onEvent` only. */
  public async begin(event: OnEventRequest): Promise<IsCompleteRequest> {
    return { ...event, ...await onEvent(event) as OnEventResponse };
  }

  /** Calls `isComplete` once. */
  public async ask(request: IsCompleteRequest): Promise<{ answer?: IsCompleteResponse; reason?: string }> {
    let settled = false;
    const asked = isComplete(request)
      .then((answer) => ({ answer: wellFormed(answer) }), (error: Error) => ({ reason: wellWorded(error) }))
      .finally(() => {
        settled = true;
      });
    while (!settled) {
      await jest.advanceTimersToNextTimerAsync();
    }
    return asked;
  }

  private get clients() {
    return [this.healthlake, this.cloudformation, this.s3, this.lambda, this.events, this.states];
  }

  /** Restores the mocks, and checks that the log has no secrets. */
  public close(): void {
    jest.restoreAllMocks();
    jest.useRealTimers();
    this.clients.forEach((client) => client.restore());
    for (const line of this.lines) {
      const { message, _aws: metrics } = JSON.parse(line) as { message?: string; _aws?: object };
      expect(typeof (message ?? metrics)).toMatch(/^(string|object)$/);
      keepsSecrets(line);
    }
  }
}

/** Checks the form of an answer. The framework rejects `Data` in an incomplete answer. A consumer such as an SSM parameter rejects empty values. */
function wellFormed(answer: IsCompleteResponse): IsCompleteResponse {
  if (!answer.IsComplete) {
    expect(answer).toEqual({ IsComplete: false });
    return answer;
  }
  expect(Object.keys(answer).sort()).toEqual(['Data', 'IsComplete', 'PhysicalResourceId']);
  expect(answer.PhysicalResourceId).toMatch(/./);
  for (const value of Object.values(answer.Data)) {
    expect(value).toMatch(/./);
  }
  keepsSecrets(JSON.stringify(answer));
  return answer;
}

function wellWorded(error: Error): string {
  expect(error.name).toBe('FhirJobFailure');
  expect(error.stack).toBe(error.message);
  expect(error.message).toMatch(/^[\x20-\x7e]{20,999}$/);
  keepsSecrets(error.message);
  return error.message;
}

export function keepsSecrets(text: string): void {
  for (const secret of [PATIENT, SIGNATURE, 'ResponseURL']) {
    expect(text).not.toContain(secret);
  }
}
