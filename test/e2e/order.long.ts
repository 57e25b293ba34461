import type { ImportJobProperties } from '@aws-sdk/client-healthlake';
import { type App, CfnOutput, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Code, determineLatestNodeRuntime, Function } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { TriggerFunction } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { existing } from './harness/import-app';
import { type Existing, type Laptop, onLaptop } from './harness/laptop';
import { RECOMMENDED_FLAGS } from './harness/recommended-flags';
import { Completion, FhirImport, FhirSource, FhirStorage, type IFhirStorage } from '../../src';

jest.setTimeout(300_000);

const MINUTE = 60_000;

/** Maps each folder to the folders that must be imported before it. */
type Orders = Readonly<Record<string, readonly string[]>>;

/** Returns a function that adds one import for each folder to an app. All imports use the same data store. */
const importsOf = (data: Existing, orders: Orders, completion?: Completion) => (root: App) => {
  const stack = new Stack(root, 'Imports');
  const { datastore, data: bucket } = existing(stack, data);
  const imports = Object.fromEntries(Object.keys(orders).map((folder) =>
    [folder, new FhirImport(stack, folder, { datastore, source: FhirSource.bucket(bucket, folder), completion })]));
  for (const [folder, before] of Object.entries(orders)) {
    imports[folder].executeAfter(...before.map((name) => imports[name]));
  }
};

/** Uploads a patient with the same id into every folder. The patient's language is the name of the folder. */
async function uploadFolders(laptop: Laptop, { bucket }: Existing, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    await laptop.upload(bucket, `${folder}/Patient.ndjson`, [{ resourceType: 'Patient', id: 'p-0', language: folder }]);
  }
}

test('imports run in the order that executeAfter gives, not in the order of their ids', onLaptop({}, async (laptop, data) => {
  const orders = { d: ['b', 'c'], b: ['a'], c: ['a'], a: [] };
  await uploadFolders(laptop, data, Object.keys(orders));
  expect(await laptop.deploy(importsOf(data, orders))).toBe(0);

  const jobs = jobsByFolder(laptop);
  expect(Object.values(jobs).map(({ JobStatus: status }) => status)).toEqual(Array(4).fill('COMPLETED'));
  for (const [later, earlier] of Object.entries(orders).flatMap(([folder, before]) => before.map((name) => [folder, name]))) {
    expect(jobs[later].SubmitTime!.getTime()).toBeGreaterThanOrEqual(jobs[earlier].EndTime!.getTime());
  }
  expect(patientOf(laptop, data)).toMatchObject({ versionId: 4, language: 'd' });

  // A deployment that changes only the order of the imports starts no job.
  expect(await laptop.deploy(importsOf(data, { a: ['d'], b: ['a'], c: ['b'], d: [] }))).toBe(0);
  expect(Object.keys(laptop.jobs())).toHaveLength(4);
}));

test('imports in two stacks run in the order that executeAfter gives', onLaptop({}, async (laptop, data) => {
  await uploadFolders(laptop, data, ['first', 'second']);
  const app = (root: App) => {
    const [second, first] = ['second', 'first'].map((folder) => {
      const stack = new Stack(root, folder);
      const { datastore, data: bucket } = existing(stack, data);
      return new FhirImport(stack, 'Import', { datastore, source: FhirSource.bucket(bucket, folder) });
    });
    second.executeAfter(first);
  };
  expect(await laptop.deploy(app, '--concurrency', '2')).toBe(0);
  const { first, second } = jobsByFolder(laptop);
  expect(second.SubmitTime!.getTime()).toBeGreaterThanOrEqual(first.EndTime!.getTime());
  expect(patientOf(laptop, data)).toMatchObject({ versionId: 2, language: 'second' });
}));

test('imports without an order wait in the queue of HealthLake, and the logs show how long each import waits', onLaptop(
  { healthlake: { pace: { minimumDurationMs: 10 * MINUTE } } }, async (laptop, data) => {
    await uploadFolders(laptop, data, ['a', 'b', 'c']);
    const { exitCode, output } = await laptop.cdk('deploy', importsOf(data, { a: [], b: [], c: [] }));
    expect(exitCode).toBe(0);
    expect(output.replace(/\s+/g, ' ')).toContain('go into one data store without an order between them');

    const [first, ...queued] = laptop.jobs();
    expect(queued).toHaveLength(2);
    const waits = progressOf(laptop).filter(({ message }) => message === 'waiting in the queue of HealthLake');
    queued.forEach(({ JobId: jobId }, index) => {
      const seconds = waits.filter((line) => line.jobId === jobId && line.status === 'QUEUED').map(({ secondsQueued }) => Number(secondsQueued));
      expect(seconds.length).toBeGreaterThan(1);
      expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
      expect(seconds.at(-1)).toBeGreaterThan((index + 1) * 10 * 60 - 450); // a queued job is polled only every two minutes, and one or two polls may be lost
    });
    expect(waits.filter(({ jobId, status }) => jobId === first.JobId && status === 'QUEUED')).toEqual([]);
    const running = progressOf(laptop).filter(({ status }) => status === 'IN_PROGRESS');
    expect(new Set(running.map(({ message }) => message))).toEqual(new Set(['import progress']));
    expect(running.filter(({ secondsQueued }) => secondsQueued !== undefined)).toEqual([]);
  }));

test('the time-out of an import includes its time in the queue', onLaptop(
  { healthlake: { pace: { minimumDurationMs: 6 * MINUTE } } }, async (laptop, data) => {
    await uploadFolders(laptop, data, ['a', 'b']);
    const completion = Completion.waitFor({ timeout: Duration.minutes(8) });
    expect(await laptop.deploy(importsOf(data, { a: [], b: [] }, completion), '--no-rollback')).toBe(1);
    const late = laptop.reasons('Imports').filter((reason) => reason.includes('the time is up'));
    expect(late).toEqual([expect.stringContaining(laptop.jobs()[1].JobId!)]);

    await laptop.untilNoJobRuns();
    expect(await laptop.deploy(importsOf(data, { a: [], b: ['a'] }, completion), '--no-rollback')).toBe(0);
    expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
  }));

/** Adds a function that uploads one patient during the deployment. The patient has the given language. */
function uploadTo(scope: Construct, storage: IFhirStorage, language: string): TriggerFunction {
  const upload = new TriggerFunction(scope, 'Upload', {
    runtime: determineLatestNodeRuntime(scope),
    handler: 'index.handler',
    timeout: Duration.minutes(1),
    code: Code.fromInline(`
      const { PutObjectCommand, S3Client } = require('@aws-sdk/client-s3');
      exports.handler = () => new S3Client({}).send(new PutObjectCommand({
        Bucket: process.env.BUCKET,
        Key: 'input/Patient.ndjson',
        Body: JSON.stringify({ resourceType: 'Patient', id: 'p-0', language: process.env.PATIENT_LANGUAGE }),
      }));`),
    environment: { BUCKET: storage.inputBucket.bucketName, PATIENT_LANGUAGE: language },
  });
  storage.inputBucket.grantPut(upload);
  return upload;
}

/** Adds a custom resource that fails unless the import's results exist. A trigger would cause a cycle, because all triggers of a stack share one role. */
function addApplication(scope: Construct, fhirImport: FhirImport): void {
  const application = new Construct(scope, 'Application');
  const reader = new Function(application, 'Reader', {
    runtime: determineLatestNodeRuntime(scope),
    handler: 'index.handler',
    timeout: Duration.minutes(1),
    code: Code.fromInline(`
      const { GetObjectCommand, S3Client } = require('@aws-sdk/client-s3');
      exports.handler = async ({ RequestType, ResourceProperties: { Results, JobId } }) => {
        if (RequestType === 'Delete') return;
        const [, , Bucket, ...folder] = Results.split('/');
        await new S3Client({}).send(new GetObjectCommand({ Bucket, Key: folder.join('/') + 'Manifest.json' }));
        console.log('read the results of ' + JobId);
      };`),
  });
  fhirImport.storage.outputBucket.grantRead(reader);
  new CustomResource(application, 'Resource', {
    serviceToken: new Provider(application, 'Provider', { onEventHandler: reader }).serviceToken,
    properties: { Results: fhirImport.outputLocation, JobId: fhirImport.jobId },
  });
  new StringParameter(application, 'JobId', { parameterName: '/job-id', stringValue: fhirImport.jobId });
  new StringParameter(application, 'Unrelated', { parameterName: '/unrelated', stringValue: 'x' });
  fhirImport.executeBefore(application);
}

test.each([
  { storage: 'a supplied storage', storageOf: (stack: Stack) => new FhirStorage(stack, 'Storage'), context: {} },
  { storage: 'the default storage and all recommended feature flags', storageOf: () => undefined, context: RECOMMENDED_FLAGS },
])('one deployment uploads data, imports it and reads the results, with $storage', async ({ storageOf, context }) => {
  const app = (data: Existing, language: string) => (root: App) => {
    const stack = new Stack(root, 'All');
    const { datastore } = existing(stack, data);
    const fhirImport = new FhirImport(stack, 'Import', { datastore, source: FhirSource.storage(), storage: storageOf(stack), revision: language });
    fhirImport.executeAfter(uploadTo(stack, fhirImport.storage, language));
    addApplication(stack, fhirImport);
    new CfnOutput(stack, 'scanned', { value: fhirImport.resourcesScanned });
  };
  await onLaptop({}, async (laptop, data) => {
    laptop.appProps = { context };
    const { exitCode, output } = await laptop.cdk('deploy', app(data, 'de'));
    expect(output).toContain('All.scanned = 1');
    expect(exitCode).toBe(0);
    expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
    expect(patientOf(laptop, data)).toMatchObject({ versionId: 1, language: 'de' });
    expect(laptop.logs()).toContain(`read the results of ${laptop.jobs()[0].JobId}`);
    expectOrder(laptop, ['UploadTrigger', 'ImportJob', 'ImportOutcome', 'Application']);

    expect(await laptop.deploy(app(data, 'fr'))).toBe(0);
    expect(laptop.jobs()).toHaveLength(2);
    expect(patientOf(laptop, data)).toMatchObject({ versionId: 2, language: 'fr' });
    expect(laptop.logs()).toContain(`read the results of ${laptop.jobs()[1].JobId}`);
    expect((await laptop.cdk('destroy', app(data, 'fr'))).exitCode).toBe(0);
  })();
});

/** Checks that all resources with one logical id prefix are complete before CloudFormation starts a resource with the next prefix. */
function expectOrder(laptop: Laptop, logicalIdPrefixes: readonly string[]): void {
  const events = laptop.stack('All').events.newestFirst().reverse();
  const timesOf = (prefix: string) =>
    events.filter(({ LogicalResourceId: logicalId }) => logicalId.startsWith(prefix)).map(({ Timestamp: time }) => time);
  logicalIdPrefixes.slice(1).forEach((prefix, index) => {
    expect(Math.max(...timesOf(logicalIdPrefixes[index]))).toBeLessThan(Math.min(...timesOf(prefix)));
  });
}

/** Returns the latest job of each folder. */
function jobsByFolder(laptop: Laptop): Record<string, ImportJobProperties> {
  return Object.fromEntries(laptop.jobs().map((job) => [job.InputDataConfig!.S3Uri!.split('/').at(-2)!, job]));
}

function patientOf(laptop: Laptop, { datastoreId }: Existing): object {
  const stored = laptop.aws.healthlake.healthLake.resource(datastoreId, 'Patient', 'p-0')!;
  return { versionId: stored.versionId, language: JSON.parse(stored.json).language };
}

/** Returns the log lines about the progress of jobs. */
function progressOf(laptop: Laptop): Readonly<Record<string, unknown>>[] {
  return laptop.logs().split('\n').flatMap((line) => /\{"message":.*"jobId":.*\}$/.exec(line)?.[0] ?? []).map((json) => JSON.parse(json));
}
