import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFHIRDatastoreCommand, HealthLakeClient, type ImportJobProperties } from '@aws-sdk/client-healthlake';
import { CreateBucketCommand, DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { App, type AppProps, type Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { LocalAws, type LocalAwsOptions } from '../../../packages/local-aws/src/aws';
import { type CdkRun, runCdk } from '../../../packages/local-aws/src/cdk-cli';
import { everythingLogged, everythingSaid } from '../../support/channels';

/** Everything of the data store that the tests play with takes seconds. */
const TIME_SCALE = 20;

/** A user's laptop with an AWS of its own: the real CDK CLI on one side, the local AWS on the other. */
export class Laptop {
  public static async open(options: LocalAwsOptions = {}): Promise<Laptop> {
    const folder = await mkdtemp(join(tmpdir(), 'fhir-import-e2e-'));
    return new Laptop(folder, await LocalAws.start({ timeScale: TIME_SCALE, ...options }));
  }

  /** Given to every app. */
  public appProps: AppProps = {};
  /** How many times shorter the CLI's pauses between two questions are: the tests of `npm test` leave it as it is. */
  public pollScale = 1;
  private readonly s3: S3Client;
  private runs = 0;
  private terminal = '';

  private constructor(private readonly folder: string, public readonly aws: LocalAws) {
    this.s3 = new S3Client({ endpoint: aws.endpoint, region: aws.region, credentials: aws.credentials, forcePathStyle: true });
  }

  /** Runs `cdk COMMAND` on an app. */
  public async cdk(command: 'deploy' | 'diff' | 'destroy', define: (app: App) => void, ...args: string[]): Promise<CdkRun> {
    const outdir = join(this.folder, `cdk.out-${++this.runs}`);
    const app = new App({ outdir, ...this.appProps });
    define(app);
    app.synth();
    const confirmed = { deploy: ['--require-approval', 'never'], diff: [], destroy: ['--force'] }[command];
    const run = await runCdk([command, '--all', '--app', outdir, '--no-notices', '--ci', '--progress', 'events', ...confirmed, ...args], {
      cwd: this.folder,
      env: this.aws.cliEnvironment(join(this.folder, 'cdk-home')),
      pollScale: this.pollScale,
    });
    this.terminal += run.output;
    return run;
  }

  /** A data store and a bucket that are there before any stack, and are no stack's: what most teams have. */
  public async existingData(bucket: string): Promise<Existing> {
    await this.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const healthlake = new HealthLakeClient({ endpoint: this.aws.endpoint, region: this.aws.region, credentials: this.aws.credentials });
    const { DatastoreId: datastoreId } = await healthlake.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4' }));
    healthlake.destroy();
    return { datastoreId: datastoreId!, bucket };
  }

  /** Puts one NDJSON file: each resource one line. */
  public async upload(bucket: string, key: string, resources: readonly object[]): Promise<void> {
    const body = resources.map((resource) => `${JSON.stringify(resource)}\n`).join('');
    // The SDK warns of an empty body without a length.
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentLength: Buffer.byteLength(body) }));
  }

  public async remove(bucket: string, key: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  public async keys(bucket: string): Promise<string[]> {
    const { Contents: objects = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return objects.map(({ Key: key }) => key!);
  }

  public stack(name: string) {
    return this.aws.cloudformation.stacks.get(name);
  }

  public output(stack: string, name: string): string {
    return String(this.stack(stack).outputs.find(({ key }) => key === name)?.value);
  }

  /** All import jobs of all data stores, oldest first in each. */
  public jobs(): ImportJobProperties[] {
    const { healthLake } = this.aws.healthlake;
    return healthLake.datastoreProperties().flatMap(({ DatastoreId: id }) => healthLake.importJobs(id!));
  }

  /** How often an operation was called. */
  public calls(service: string, operation: string): number {
    return this.aws.router.requests.of(service, operation).length;
  }

  /** The reasons that CloudFormation gives for what became of a stack's resources. */
  public reasons(stack: string): string[] {
    return this.stack(stack).events.newestFirst().map(({ ResourceStatusReason: reason }) => reason ?? '').filter((reason) => reason !== '');
  }

  /** All that anybody can read who may not read the buckets: logs, events of stacks, executions, the terminal. */
  public everythingSaid(): string {
    return [everythingSaid(this.aws), this.terminal].join('\n');
  }

  /** All that functions have logged. */
  public logs(): string {
    return everythingLogged(this.aws);
  }

  public async close(): Promise<void> {
    this.s3.destroy();
    await this.aws.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Patients that a test makes up. */
export function patients(count: number, prefix = 'p'): object[] {
  return Array.from({ length: count }, (_, n) => ({ resourceType: 'Patient', id: `${prefix}-${n}`, active: true }));
}

/** What is there before any stack. */
export interface Existing {
  readonly datastoreId: string;
  readonly bucket: string;
}

/** Runs a test on a laptop of its own. */
export function on(options: LocalAwsOptions, test: (laptop: Laptop, data: Existing) => Promise<void>) {
  return async () => {
    const laptop = await Laptop.open(options);
    laptop.pollScale = TIME_SCALE;
    try {
      await test(laptop, await laptop.existingData('hospital-data'));
    } finally {
      await laptop.close();
    }
  };
}

/** The existing data, as constructs. */
export function existing(stack: Stack, { datastoreId, bucket }: Existing) {
  return {
    datastore: CfnFHIRDatastore.fromDatastoreId(stack, 'Datastore', datastoreId),
    data: Bucket.fromBucketName(stack, 'Data', bucket),
  };
}
