import { type App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Laptop, patients } from './harness/laptop';
import { RECOMMENDED_FLAGS } from './harness/recommended-flags';
import { FhirImport, FhirSource, FhirStorage } from '../../src';

jest.setTimeout(180_000);

/** Deploys two stacks, because feature flags change how one stack refers to another. */
describe('with all recommended feature flags', () => {
  let laptop: Laptop;

  const data = (root: App) => {
    const stack = new Stack(root, 'Data');
    const datastore = new CfnFHIRDatastore(stack, 'Datastore', { datastoreTypeVersion: 'R4' });
    datastore.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const storage = new FhirStorage(stack, 'Storage');
    new CfnOutput(stack, 'inputBucket', { value: storage.inputBucket.bucketName });
    new CfnOutput(stack, 'datastoreId', { value: datastore.attrDatastoreId });
    return { datastore, storage };
  };

  const app = (revision: string) => (root: App) => {
    const { datastore, storage } = data(root);
    const stack = new Stack(root, 'Import');
    const { jobId, outputLocation } = new FhirImport(stack, 'Patients', { datastore, storage, source: FhirSource.storage(), revision });
    for (const [name, value] of Object.entries({ jobId, outputLocation })) {
      new CfnOutput(stack, name, { value });
    }
  };

  beforeAll(async () => {
    laptop = await Laptop.open();
    laptop.appProps = { context: RECOMMENDED_FLAGS };
  });

  afterAll(async () => laptop.close());

  test('the import stack imports a file that was uploaded to the bucket of the data stack', async () => {
    expect(Object.keys(RECOMMENDED_FLAGS).length).toBeGreaterThan(50);
    expect(await laptop.deploy(data)).toBe(0);
    await laptop.upload(laptop.output('Data', 'inputBucket'), 'input/Patient.ndjson', patients(5));

    expect(await laptop.deploy(app('1'))).toBe(0);
    expect(laptop.jobs()).toMatchObject([{ JobStatus: 'COMPLETED', DatastoreId: laptop.output('Data', 'datastoreId') }]);
    expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[0].JobId);
    expect(laptop.aws.healthlake.healthLake.resources(laptop.output('Data', 'datastoreId'))).toHaveLength(5);
  });

  test('a new revision imports the data again, but a repeated deployment does not', async () => {
    expect(await laptop.deploy(app('2'))).toBe(0);
    expect((await laptop.cdk('deploy', app('2'))).output).toContain('Import (no changes)');
    expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
    expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
    expect(laptop.output('Import', 'outputLocation')).toBe(laptop.jobs()[1].JobOutputDataConfig?.S3Configuration?.S3Uri);
  });

  test('cdk destroy retains the data store and the input bucket', async () => {
    const [datastoreId, inputBucket] = ['datastoreId', 'inputBucket'].map((name) => laptop.output('Data', name));
    expect((await laptop.cdk('destroy', app('2'))).exitCode).toBe(0);
    expect(laptop.aws.cloudformation.stacks.live()).toEqual([]);
    expect(laptop.aws.healthlake.healthLake.resources(datastoreId)).toHaveLength(5);
    expect(await laptop.keys(inputBucket)).toEqual(['input/Patient.ndjson']);
  });
});
