import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateFHIRDatastoreCommand, type ExportJobProperties, HealthLakeClient, type ImportJobProperties } from '@aws-sdk/client-healthlake';
import { CreateBucketCommand, DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { App, type AppProps } from 'aws-cdk-lib';
import { skippingPauses } from './pauses';
import { type CustomResourceResponse, recordResponses } from './responses';
import { LocalAws, type LocalAwsOptions } from '../../../packages/local-aws/src/aws';
import { type CdkRun, runCdk } from '../../../packages/local-aws/src/cdk-cli';
import { loggedText, visibleText } from '../../support/channels';

const TIME_SCALE = 20;

export interface LaptopOptions extends LocalAwsOptions {
  /** Whether CDK CLI commands skip the pauses between the polls of the provider framework; by default true. */
  readonly skipsPauses?: boolean;
}

/** Runs the real CDK CLI against a local AWS, as a developer does on a laptop. */
export class Laptop {
  public static async open({ skipsPauses = true, ...options }: LaptopOptions = {}): Promise<Laptop> {
    const folder = await mkdtemp(join(tmpdir(), 'fhir-import-e2e-'));
    return new Laptop(folder, await LocalAws.start({ timeScale: TIME_SCALE, ...options }), skipsPauses);
  }

  /** The properties of every `App` that the method `cdk` creates. */
  public appProps: AppProps = {};
  /** The CLI's pauses between polls are divided by this factor. */
  public pollScale = TIME_SCALE;
  /** The responses that custom resources sent to CloudFormation, oldest first. */
  public readonly responses: readonly CustomResourceResponse[];
  private readonly s3: S3Client;
  private readonly skips: { readonly at: number; readonly ms: number }[] = [];
  private runs = 0;
  private terminal = '';

  private constructor(private readonly folder: string, public readonly aws: LocalAws, private readonly skipsPauses: boolean) {
    this.responses = recordResponses(aws);
    this.s3 = new S3Client({ endpoint: aws.endpoint, region: aws.region, credentials: aws.credentials, forcePathStyle: true });
  }

  /** Synthesizes an app and runs a CDK CLI command on all its stacks. */
  public async cdk(command: 'deploy' | 'diff' | 'destroy', define: (app: App) => void, ...args: string[]): Promise<CdkRun> {
    const outdir = join(this.folder, `cdk.out-${++this.runs}`);
    const app = new App({ outdir, ...this.appProps });
    define(app);
    app.synth();
    const confirmed = { deploy: ['--require-approval', 'never'], diff: [], destroy: ['--force'] }[command];
    const running = runCdk([command, '--all', '--app', outdir, '--no-notices', '--ci', '--progress', 'events', ...confirmed, ...args], {
      cwd: this.folder,
      env: this.aws.cliEnvironment(join(this.folder, 'home')),
      pollScale: this.pollScale,
    });
    const run = await (this.skipsPauses ? skippingPauses(this, running) : running);
    this.terminal += run.output;
    return run;
  }

  /** Runs `cdk deploy` on an app and returns its exit code. */
  public async deploy(define: (app: App) => void, ...args: string[]): Promise<number> {
    return (await this.cdk('deploy', define, ...args)).exitCode;
  }

  /** Creates a bucket and a data store that belong to no stack. */
  public async existingData(bucket: string): Promise<Existing> {
    await this.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const healthlake = new HealthLakeClient({ endpoint: this.aws.endpoint, region: this.aws.region, credentials: this.aws.credentials });
    const { DatastoreId: datastoreId } = await healthlake.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4' }));
    healthlake.destroy();
    return { datastoreId: datastoreId!, bucket };
  }

  /** Uploads resources as one NDJSON file. */
  public async upload(bucket: string, key: string, resources: readonly object[]): Promise<void> {
    const body = resources.map((resource) => `${JSON.stringify(resource)}\n`).join('');
    // Without ContentLength, the SDK logs a warning if the body is empty.
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentLength: Buffer.byteLength(body) }));
  }

  public async remove(bucket: string, key: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  /** Returns the content of the JSON object at an S3 URI. */
  public async readJson(s3Uri: string): Promise<unknown> {
    const [, , bucket, ...key] = s3Uri.split('/');
    return JSON.parse((await this.aws.s3.getObject(this.aws.iam.admin, bucket, key.join('/'))).toString());
  }

  public async keys(bucket: string): Promise<string[]> {
    const { Contents: objects = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return objects.map(({ Key: key }) => key!);
  }

  /** Moves the scaled clock forward. */
  public skip(ms: number): void {
    this.skips.push({ at: Date.now(), ms });
    this.aws.clock.skip(ms);
  }

  /** Returns how many milliseconds of the scaled clock passed between two real timestamps. */
  public clockMsBetween(from: number, to: number): number {
    const skipped = this.skips.filter(({ at }) => at > from && at <= to).reduce((sum, { ms }) => sum + ms, 0);
    return (to - from) * this.aws.clock.scale + skipped;
  }

  public stack(name: string) {
    return this.aws.cloudformation.stacks.get(name);
  }

  /** Writes or deletes a resource with the FHIR API of a data store. Returns the status of the response. */
  public async fhir(method: 'PUT' | 'DELETE', datastoreId: string, resource: Resource): Promise<number> {
    const path = `/datastore/${datastoreId}/r4/${resource.resourceType}/${resource.id}`;
    const body = Buffer.from(method === 'PUT' ? JSON.stringify(resource) : '');
    return (await this.aws.healthlake.healthLake.handleFhir({ method, path, query: new URLSearchParams(), body, caller: this.aws.iam.admin })).status;
  }

  public output(stack: string, name: string): string {
    return String(this.stack(stack).outputs.find(({ key }) => key === name)?.value);
  }

  /** Returns all import jobs, grouped by data store. The oldest job of a data store comes first. */
  public jobs(): ImportJobProperties[] {
    const { healthLake } = this.aws.healthlake;
    return healthLake.datastoreProperties().flatMap(({ DatastoreId: id }) => healthLake.importJobs(id!));
  }

  /** Returns all export jobs, grouped by data store. The oldest job of a data store comes first. */
  public exports(): ExportJobProperties[] {
    const { healthLake } = this.aws.healthlake;
    return healthLake.datastoreProperties().flatMap(({ DatastoreId: id }) => healthLake.exportJobs(id!));
  }

  public jobStatuses(): (string | undefined)[] {
    return this.jobs().map(({ JobStatus: status }) => status);
  }

  /** Skips time until every job has ended. Must not be called while a deployment runs. */
  public async untilNoJobRuns(): Promise<void> {
    while (this.jobs().some(({ EndTime: endedAt }) => endedAt === undefined)) {
      this.skip(10_000);
      await sleep(2);
    }
  }

  /** Returns how many requests for an operation the local AWS received. */
  public calls(service: string, operation: string): number {
    return this.aws.router.requests.of(service, operation).length;
  }

  /** Returns the status reasons of a stack's events, newest first. */
  public reasons(stack: string): string[] {
    return this.stack(stack).events.newestFirst().map(({ ResourceStatusReason: reason }) => reason ?? '').filter((reason) => reason !== '');
  }

  /** Returns all text that is visible without access to the buckets: logs, stack events, executions and the terminal output. */
  public visibleText(): string {
    return [visibleText(this.aws), this.terminal].join('\n');
  }

  /** Returns the log lines of all functions. */
  public logs(): string {
    return loggedText(this.aws);
  }

  public async close(): Promise<void> {
    this.s3.destroy();
    await this.aws.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A bucket and a data store that belong to no stack. */
export interface Existing {
  readonly datastoreId: string;
  readonly bucket: string;
}

/** A FHIR resource. */
export interface Resource {
  readonly resourceType: string;
  readonly id: string;
}

/** Returns `count` valid patients with the ids `prefix-0`, `prefix-1` and so on. */
export function patients(count: number, prefix = 'p'): Resource[] {
  return Array.from({ length: count }, (_, n) => ({ resourceType: 'Patient', id: `${prefix}-${n}`, active: true }));
}

/** The maximum size of a custom resource response that CloudFormation accepts. */
const LARGEST_RESPONSE_BYTES = 4096;

/** Returns a function that runs a test on a new laptop. A data store and a bucket with three patients under `in/` exist. */
export function onLaptop(options: LaptopOptions, test: (laptop: Laptop, data: Existing) => Promise<void>) {
  return async () => {
    const laptop = await Laptop.open(options);
    try {
      const data = await laptop.existingData('hospital-data');
      await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
      await test(laptop, data);
      expect(laptop.responses.filter(({ bytes }) => bytes > LARGEST_RESPONSE_BYTES)).toEqual([]);
    } finally {
      await laptop.close();
    }
  };
}
