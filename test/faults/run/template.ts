import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, CfnOutput, CustomResource, Duration, RemovalPolicies, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { zipSync } from 'fflate';
import {
  Completion, ErrorTolerance, FhirExport, FhirImport, type FhirJob, type FhirJobProps, FhirJobProvider, FhirSource, FhirStorage,
} from '../../../src';
import { isOwn, type Tolerance, type Trouble, type Variant, waitingMinutes } from '../plan/plan';

export const STACK = 'Import';
export const DATA_BUCKET = 'hospital-data';
export const DATA_PREFIX = 'in/';

/** The logical ids of the resource that fails during the job, and of its function, start with this prefix. */
export const BESIDE = 'Beside';

/** The output of a synthesis: everything that CloudFormation needs for a deployment. */
export interface Synthesized {
  /** The template as JSON text. */
  readonly template: string;
  /** The zip files with the functions' code, by object key. */
  readonly assets: ReadonlyMap<string, Buffer>;
}

const TOLERANCES: Record<Tolerance, () => ErrorTolerance> = {
  'none': () => ErrorTolerance.none(),
  'one resource': () => ErrorTolerance.resources(1),
  '60 percent': () => ErrorTolerance.percent(60),
  'any': () => ErrorTolerance.any(),
};

/** Synthesizes the variants of the app, and caches the results. */
export class Templates {
  private readonly known = new Map<string, Synthesized>();
  private readonly zips = new Map<string, Buffer>();

  /** @param handler code that replaces the shipped bundle of the provider's functions */
  public constructor(private readonly handler?: Buffer) {}

  /** @param datastoreId id of the data store; ignored if the data store is a resource of the stack */
  public of(variant: Variant, trouble: Trouble | undefined, datastoreId = ''): Synthesized {
    const failing = trouble?.kind === 'deleted' ? undefined : trouble;
    const key = JSON.stringify([variant, failing, isOwn(variant.datastore) ? undefined : datastoreId]);
    const synthesized = this.known.get(key) ?? this.synthesize(variant, failing, datastoreId);
    this.known.set(key, synthesized);
    return synthesized;
  }

  private synthesize(variant: Variant, failing: Trouble | undefined, datastoreId: string): Synthesized {
    const outdir = mkdtempSync(join(tmpdir(), 'fhir-import-faults-'));
    try {
      const app = new App({ outdir, analyticsReporting: false, context: { 'aws:cdk:disable-asset-staging': true } });
      define(new Stack(app, STACK), variant, failing, datastoreId);
      app.synth();
      const read = (file: string): string => readFileSync(join(outdir, file), 'utf8');
      const { files } = JSON.parse(read(`${STACK}.assets.json`)) as AssetManifest;
      const zips = Object.values(files).filter(({ source }) => source.packaging === 'zip');
      return {
        template: JSON.stringify(JSON.parse(read(`${STACK}.template.json`))),
        assets: new Map(zips.map(({ source, destinations }) => {
          const [{ objectKey }] = Object.values(destinations);
          return [objectKey, this.zip(objectKey, resolve(outdir, source.path))];
        })),
      };
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  }

  /** Returns the zip file of an asset. Variants with the same asset share the zip file, because its key is a hash of the content. */
  private zip(objectKey: string, folder: string): Buffer {
    const known = this.zips.get(objectKey);
    if (known) {
      return known;
    }
    const names = readdirSync(folder);
    const files = names.map((name) => [name, readFileSync(join(folder, name))] as const);
    const isHandler = folder.endsWith(join('assets', 'lambda', 'index'));
    const zip = Buffer.from(zipSync(isHandler && this.handler ? { 'index.js': this.handler } : Object.fromEntries(files), { level: 0 }));
    this.zips.set(objectKey, zip);
    return zip;
  }
}

interface AssetManifest {
  readonly files: Readonly<Record<string, {
    readonly source: { readonly path: string; readonly packaging: string };
    readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
  }>>;
}

function define(stack: Stack, variant: Variant, failing: Trouble | undefined, datastoreId: string): void {
  const isDetached = variant.completion === 'detached';
  const { job, counts } = defineJob(stack, variant, {
    datastore: isOwn(variant.datastore) ? ownDatastore(stack, variant.datastore) : CfnFHIRDatastore.fromDatastoreId(stack, 'Datastore', datastoreId),
    completion: isDetached ? Completion.detached() : Completion.waitFor({ timeout: Duration.minutes(waitingMinutes(variant)) }),
    notificationTopic: isDetached ? new Topic(stack, 'Topic') : undefined,
    outputPrefix: variant.outputPrefix === 'default' ? undefined : variant.outputPrefix,
    storage: variant.storage === 'of the stack' ? undefined : new FhirStorage(stack, variant.storage),
    provider: variant.provider === 'of the stack' ? undefined : new FhirJobProvider(stack, variant.provider),
  });
  const results = isDetached ? {} : { jobStatus: job.jobStatus, outputLocation: job.outputLocation, ...counts() };
  for (const [name, value] of Object.entries({ jobId: job.jobId, outputBucket: job.storage.outputBucket.bucketName, ...results })) {
    new CfnOutput(stack, name, { value });
  }
  if (variant.destroys) {
    RemovalPolicies.of(job).destroy();
  }
  if (failing?.kind === 'fails after') {
    job.executeBefore(new Bucket(stack, 'Taken', { bucketName: DATA_BUCKET }));
  }
  if (failing?.kind === 'fails beside') {
    failBeside(stack, job, failing.afterSeconds);
  }
}

interface DefinedJob {
  readonly job: FhirJob;
  /** Returns the counts of the results. A detached job has none. */
  readonly counts: () => Readonly<Record<string, string>>;
}

function defineJob(stack: Stack, { kind, id, revision, tolerance, declares }: Variant, common: FhirJobProps): DefinedJob {
  if (kind === 'import') {
    const job = new FhirImport(stack, id, {
      ...common,
      revision,
      source: FhirSource.bucket(Bucket.fromBucketName(stack, 'Data', DATA_BUCKET), DATA_PREFIX),
      alreadyImported: declares,
      errorTolerance: TOLERANCES[tolerance](),
    });
    return { job, counts: () => ({ scanned: job.resourcesScanned, imported: job.resourcesImported, failed: job.resourcesFailed }) };
  }
  // The import and the export have different ids, because CloudFormation can't change the type of a resource.
  const job = new FhirExport(stack, `${id}Copy`, { ...common, revision, allowEmpty: tolerance === 'any' });
  return { job, counts: () => ({ files: job.filesExported, bytes: job.bytesExported, resources: job.resourcesExported }) };
}

/** Adds a data store to the stack. A change of its name also changes its KMS key, so that CloudFormation replaces the data store. */
function ownDatastore(stack: Stack, datastoreName: string): CfnFHIRDatastore {
  const datastore = new CfnFHIRDatastore(stack, 'Own', {
    datastoreTypeVersion: 'R4',
    datastoreName,
    sseConfiguration: { kmsEncryptionConfig: { cmkType: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: `alias/${datastoreName.replace(' ', '-')}` } },
  });
  datastore.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return datastore;
}

/** Adds a custom resource whose function never responds, so that it fails at its service time-out. */
function failBeside(stack: Stack, job: FhirJob, afterSeconds: number): void {
  const silent = new Function(stack, `${BESIDE}Function`, {
    code: Code.fromInline('exports.handler = async () => {};'), handler: 'index.handler', runtime: Runtime.NODEJS_22_X,
  });
  const beside = new CustomResource(stack, BESIDE, {
    serviceToken: silent.functionArn,
    serviceTimeout: Duration.seconds(afterSeconds),
    removalPolicy: RemovalPolicy.RETAIN, // the function would not respond to a Delete request either
  });
  beside.node.addDependency(job.operatorRole); // so CloudFormation creates this resource at the same time as `Job`
}
