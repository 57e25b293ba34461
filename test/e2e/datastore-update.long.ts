import { type App, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { onLaptop } from './harness/laptop';
import { FhirImport, FhirSource } from '../../src';

jest.setTimeout(180_000);

test('a new name and new tags of a data store in the stack keep the data store, and start no job', onLaptop({}, async (laptop, { bucket }) => {
  const app = (datastoreName: string) => (root: App): void => {
    const stack = new Stack(root, 'Import');
    const datastore = new CfnFHIRDatastore(stack, 'Datastore', { datastoreTypeVersion: 'R4', datastoreName });
    datastore.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Tags.of(datastore).add('name', datastoreName);
    new FhirImport(stack, 'Patients', { datastore, source: FhirSource.bucket(Bucket.fromBucketName(stack, 'Data', bucket), 'in/') });
  };
  const named = (name: string) => laptop.aws.healthlake.healthLake.datastoreProperties().filter(({ DatastoreName }) => DatastoreName === name);

  expect(await laptop.deploy(app('first'))).toBe(0);
  const [{ DatastoreId }] = named('first');
  expect(await laptop.deploy(app('second'))).toBe(0);
  expect(named('second')).toMatchObject([{ DatastoreId, DatastoreStatus: 'ACTIVE' }]);
  expect(named('first')).toEqual([]);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
}));
