import {
  CreateFHIRDatastoreCommand, DescribeFHIRExportJobCommand, DescribeFHIRImportJobCommand, HealthLakeClient, StartFHIRExportJobCommand,
  StartFHIRImportJobCommand, type ExportJobProperties, type ImportJobProperties, type StartFHIRExportJobCommandInput,
  type StartFHIRImportJobCommandInput,
} from '@aws-sdk/client-healthlake';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { AwsCredentialIdentity } from '@smithy/types';
import { ScaledClock } from '../src/clock';
import { outputOf } from '../src/healthlake/api/model';
import { normalizeRequest } from '../src/healthlake/api/request-validation';
import type { JobEvent } from '../src/healthlake/jobs/job-journal';
import type { HealthLakeOptions } from '../src/healthlake/options';
import { HealthLakeService, type HealthLakeIam } from '../src/healthlake-service';
import { Router, type Callers } from '../src/http/router';
import { Kms } from '../src/kms/kms';
import { S3 } from '../src/s3/s3';
import type { Caller, Environment, PolicyChecker } from '../src/service';

export const INPUT = 'fhir-input';
export const OUTPUT = 'fhir-output';
export const ACCOUNT = '111122223333';
export const DATA_ACCESS_ROLE = `arn:aws:iam::${ACCOUNT}:role/data-access`;

const TIME_SCALE = 200;
const ENDED = ['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED'];

export const CALLER: Caller = { arn: `arn:aws:iam::${ACCOUNT}:user/admin`, principalArn: `arn:aws:iam::${ACCOUNT}:user/admin`, accountId: ACCOUNT };

/** The Authorization header of a request to HealthLake. The signature is missing, because the server doesn't verify it. */
export const SIGNED = { authorization: 'AWS4-HMAC-SHA256 Credential=AKIAANY/20260101/us-east-1/healthlake/aws4_request' };

const CREDENTIALS = { accessKeyId: 'AKIAANY', secretAccessKey: 'any' };

/** The IAM that HealthLake, S3 and the router use. */
export type HarnessIam = HealthLakeIam & PolicyChecker & Callers;

/** An IAM that takes every caller for the administrator and allows every call. */
const OPEN_IAM: HarnessIam = {
  callerOf: () => CALLER,
  authorize: async () => {},
  checkResourcePolicy: async () => {},
  assumeRole: async () => ({ caller: CALLER, credentials: { ...CREDENTIALS, sessionToken: 'any', expiration: new Date(8.64e15) } }),
};

/** HealthLake with HTTP, S3 and KMS, called by the SDK's clients. */
export class Harness<I extends HarnessIam = HarnessIam> {
  /** Starts HealthLake with two buckets, a key and an ACTIVE data store. */
  public static async start(options: HealthLakeOptions = {}): Promise<Harness> {
    return Harness.startWith(() => OPEN_IAM, CREDENTIALS, options);
  }

  /** Starts HealthLake like `start`, but with this IAM. */
  public static async startWith<I extends HarnessIam>(
    iamOf: (environment: Environment) => I, credentials: AwsCredentialIdentity, options: HealthLakeOptions = {},
  ): Promise<Harness<I>> {
    const harness = new Harness(iamOf, credentials, options);
    await harness.setUp();
    return harness;
  }

  public readonly clock = new ScaledClock(TIME_SCALE);
  public readonly iam: I;
  public readonly service: HealthLakeService;
  public readonly events: JobEvent[] = [];
  public healthLake!: HealthLakeClient;
  public s3!: S3Client;
  public keyArn!: string;
  public datastoreId!: string;
  public readonly environment: Environment;
  private readonly clients: { destroy(): void }[] = [];
  private readonly router: Router;
  private readonly kms: Kms;
  private readonly s3Service: S3;
  private url = '';

  private constructor(
    iamOf: (environment: Environment) => I, private readonly credentials: AwsCredentialIdentity, options: HealthLakeOptions,
  ) {
    this.environment = {
      clock: this.clock, timeScale: TIME_SCALE, partition: 'aws', region: 'us-east-1', accountId: ACCOUNT, endpoint: () => this.url,
    };
    this.iam = iamOf(this.environment);
    this.kms = new Kms(this.environment, this.iam);
    this.service = new HealthLakeService(this.environment, this.iam, this.kms, {
      datastoreCreationMs: 0,
      datastoreDeletionMs: 0,
      ...options,
      pace: { submitDelayMs: 200, minimumDurationMs: 2_000, resourcesPerSecond: 1_000, ...options.pace },
    });
    this.service.healthLake.observe((event) => this.events.push(event));
    this.router = new Router(this.iam, this.clock);
    this.router.register('healthlake', this.service);
    this.s3Service = new S3(this.environment, this.iam, this.kms);
    this.router.register('s3', this.s3Service);
  }

  /** Returns a HealthLake client; its default credentials are the administrator's. */
  public client(credentials = this.credentials): HealthLakeClient {
    const client = new HealthLakeClient({ endpoint: this.url, region: 'us-east-1', credentials, maxAttempts: 1 });
    this.clients.push(client);
    return client;
  }

  public async createDatastore(name?: string): Promise<string> {
    const { DatastoreId } = await this.healthLake.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4', DatastoreName: name }));
    return DatastoreId!;
  }

  public async put(key: string, body: string | Buffer): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: INPUT, Key: key, Body: body, ContentLength: Buffer.byteLength(body) }));
  }

  /** Stores many small input objects without HTTP requests. */
  public putDirectly(keys: readonly string[]): void {
    const version = { deleteMarker: false, body: Buffer.from('x'), etag: '"x"', lastModified: 0, headers: {}, encryption: { algorithm: 'AES256' as const } };
    for (const key of keys) {
      this.s3Service.bucket(INPUT).put(key, version);
    }
  }

  public startRequest(change: Partial<StartFHIRImportJobCommandInput> = {}): StartFHIRImportJobCommandInput {
    return {
      DatastoreId: this.datastoreId,
      InputDataConfig: { S3Uri: `s3://${INPUT}/data/` },
      JobOutputDataConfig: { S3Configuration: { S3Uri: `s3://${OUTPUT}/data/`, KmsKeyId: this.keyArn } },
      DataAccessRoleArn: DATA_ACCESS_ROLE,
      ...change,
    };
  }

  public async startImport(change: Partial<StartFHIRImportJobCommandInput> = {}): Promise<string> {
    const { JobId } = await this.healthLake.send(new StartFHIRImportJobCommand(this.startRequest(change)));
    return JobId!;
  }

  public async startExport(change: Partial<StartFHIRExportJobCommandInput> = {}): Promise<string> {
    const { JobId } = await this.healthLake.send(new StartFHIRExportJobCommand({
      DatastoreId: this.datastoreId,
      DataAccessRoleArn: DATA_ACCESS_ROLE,
      OutputDataConfig: { S3Configuration: { S3Uri: `s3://${OUTPUT}/data/`, KmsKeyId: this.keyArn } },
      ...change,
    }));
    return JobId!;
  }

  public async describe(jobId: string, datastoreId = this.datastoreId): Promise<ImportJobProperties> {
    const { ImportJobProperties } = await this.healthLake.send(new DescribeFHIRImportJobCommand({ DatastoreId: datastoreId, JobId: jobId }));
    return ImportJobProperties!;
  }

  public async describeExport(jobId: string): Promise<ExportJobProperties> {
    const { ExportJobProperties } = await this.healthLake.send(new DescribeFHIRExportJobCommand({ DatastoreId: this.datastoreId, JobId: jobId }));
    return ExportJobProperties!;
  }

  /** Waits until the import job ends. Returns the description of the job. */
  public async ended(jobId: string, datastoreId = this.datastoreId): Promise<ImportJobProperties> {
    await this.event(jobId, (event) => ENDED.includes(event.status));
    return this.describe(jobId, datastoreId);
  }

  /** Waits until the export job ends. Returns the description of the job. */
  public async exportEnded(jobId: string): Promise<ExportJobProperties> {
    await this.event(jobId, (event) => ENDED.includes(event.status));
    return this.describeExport(jobId);
  }

  /** Waits until the job has an event that matches. Returns the first such event. */
  public async event(jobId: string, matches: (event: JobEvent) => boolean): Promise<JobEvent> {
    const isMatch = (event: JobEvent): boolean => event.jobId === jobId && matches(event);
    return this.events.find(isMatch) ?? new Promise((resolve) => {
      const stop = this.service.healthLake.observe((event) => {
        if (isMatch(event)) {
          stop();
          resolve(event);
        }
      });
    });
  }

  /** Returns the statuses of the job so far, in order. */
  public statuses(jobId: string): string[] {
    const all = this.events.filter((event) => event.jobId === jobId).map((event) => event.status);
    return all.filter((status, index) => status !== all[index - 1]);
  }

  public async outputKeys(): Promise<string[]> {
    const { Contents } = await this.s3.send(new ListObjectsV2Command({ Bucket: OUTPUT }));
    return (Contents ?? []).map(({ Key }) => Key!);
  }

  /** Reads an output object and checks that it is encrypted with the KMS key of the harness. */
  public async output(key: string): Promise<string> {
    const { Body, ServerSideEncryption, SSEKMSKeyId } = await this.s3.send(new GetObjectCommand({ Bucket: OUTPUT, Key: key }));
    expect({ ServerSideEncryption, SSEKMSKeyId }).toEqual({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: this.keyArn });
    return Body!.transformToString();
  }

  /** Calls an operation without the SDK's client, which lacks some operations and refuses some inputs. */
  public async call(operation: string, input: object): Promise<{ status: number; body: Record<string, any> }> { // `any`, because outputs have different shapes
    const answer = await this.post({ ...SIGNED, 'x-amz-target': `HealthLake.${operation}` }, JSON.stringify(input));
    if (answer.status === 200) {
      normalizeRequest(outputOf(operation), answer.body); // throws if the answer violates the API model
    }
    return answer;
  }

  /** Posts a request in AWS's JSON protocol. Returns the parsed answer. */
  public async post(headers: Record<string, string>, body: string): Promise<{ status: number; body: Record<string, any> }> {
    const response = await fetch(this.url, { method: 'POST', headers: { 'content-type': 'application/x-amz-json-1.0', ...headers }, body });
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    return { status: response.status, body: await response.json() as Record<string, any> };
  }

  /** Calls a path of the data store's FHIR API, or a URL that the FHIR API returned. */
  public async fhir(pathOrUrl: string, method = 'GET', body?: string): Promise<Response> {
    return fetch(new URL(pathOrUrl, `${this.url}/datastore/${this.datastoreId}/r4/`), { method, headers: SIGNED, body });
  }

  public async close(): Promise<void> {
    await this.service.close();
    for (const client of this.clients) {
      client.destroy();
    }
    await this.router.close();
    this.clock.close();
  }

  private async setUp(): Promise<void> {
    this.url = `http://127.0.0.1:${await this.router.listen()}`;
    this.healthLake = this.client();
    this.s3 = new S3Client({ endpoint: this.url, region: 'us-east-1', credentials: this.credentials, forcePathStyle: true });
    this.clients.push(this.s3);
    for (const Bucket of [INPUT, OUTPUT]) {
      await this.s3.send(new CreateBucketCommand({ Bucket }));
    }
    this.keyArn = this.kms.keys.create(this.kms.defaultKeyPolicy).arn;
    this.datastoreId = await this.createDatastore('first');
  }
}

/** Returns a Patient as a line of NDJSON. */
export function patient(id: string, more: object = {}): string {
  return `${JSON.stringify({ resourceType: 'Patient', id, ...more })}\n`;
}
