import { type App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FhirImport, FhirSource, FhirStorage } from '../../../src';
import { type Existing, existing, Laptop, patients } from '../harness/laptop';

jest.setTimeout(180_000);

/** A bucket whose name is taken fails as late as one wants it to. */
describe('another resource that fails after a good import', () => {
  let laptop: Laptop;
  let data: Existing;

  const app = (revision: string, fails: boolean) => (root: App) => {
    const stack = new Stack(root, 'Import');
    const { datastore, data: bucket } = existing(stack, data);
    const fhirImport = new FhirImport(stack, 'Patients', {
      datastore,
      source: FhirSource.bucket(bucket, ''),
      storage: new FhirStorage(stack, 'Storage', { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }),
      revision,
    });
    if (fails) {
      fhirImport.executeBefore(new Bucket(stack, 'Taken', { bucketName: data.bucket }));
    }
  };

  beforeAll(async () => {
    laptop = await Laptop.open();
    data = await laptop.existingData('taken-bucket-name');
    await laptop.upload(data.bucket, 'Patient.ndjson', patients(3));
  });

  afterAll(async () => laptop.close());

  test('on creation: the import is done once, also by the deployment that mends it', async () => {
    expect((await laptop.cdk('deploy', app('1', true))).exitCode).toBe(1);
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
    expect(laptop.jobs()).toMatchObject([{ JobStatus: 'COMPLETED' }]);

    expect((await laptop.cdk('deploy', app('1', false))).exitCode).toBe(0);
    expect(laptop.jobs()).toHaveLength(1);
  });

  test('on an update: the roll-back starts nothing', async () => {
    expect((await laptop.cdk('deploy', app('2', true))).exitCode).toBe(1);
    expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(laptop.jobs()).toHaveLength(2);

    expect((await laptop.cdk('deploy', app('2', false))).exitCode).toBe(0);
    expect(laptop.jobs()).toHaveLength(2);
  });
});
