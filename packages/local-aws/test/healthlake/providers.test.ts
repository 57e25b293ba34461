import { startWithIam } from './with-iam';
import { CALLER, Harness } from '../../../local-healthlake/test/harness';
import type { ResourceRequest } from '../../src/contract';
import { healthLakeProviders } from '../../src/healthlake/providers';

let aws: Harness;

afterEach(() => aws.close());

function request(properties: Record<string, unknown>): ResourceRequest {
  return {
    stackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/Data/1',
    stackName: 'Data',
    logicalId: 'Datastore',
    type: 'AWS::HealthLake::FHIRDatastore',
    properties,
    caller: CALLER,
  };
}

function provider() {
  return healthLakeProviders(aws.service.healthLake, aws.clock)['AWS::HealthLake::FHIRDatastore'];
}

function status(id: string): string | undefined {
  return aws.service.healthLake.datastoreProperties().find(({ DatastoreId }) => DatastoreId === id)?.DatastoreStatus;
}

const PROPERTIES = { DatastoreTypeVersion: 'R4', DatastoreName: 'a' };

test('the provider creates a data store and waits until the data store is ACTIVE', async () => {
  aws = await Harness.start({ datastoreCreationMs: 12_000 });
  const { physicalId, attributes } = await provider().create(request({ ...PROPERTIES, AnalyticsConfiguration: { Status: 'ENABLED' } }));
  expect(physicalId).toMatch(/^[0-9a-f]{32}$/);
  expect(attributes).toEqual({
    DatastoreId: physicalId,
    DatastoreArn: `arn:aws:healthlake:us-east-1:111122223333:datastore/fhir/${physicalId}`,
    DatastoreEndpoint: `${aws.environment.endpoint()}/datastore/${physicalId}/r4/`,
    DatastoreStatus: 'ACTIVE',
  });
  expect(status(physicalId)).toBe('ACTIVE');
});

test('a data store is kept when its tags change, and replaced when its name changes', async () => {
  aws = await Harness.start();
  const { physicalId } = await provider().create(request(PROPERTIES));
  const update = { physicalId, oldProperties: PROPERTIES };
  expect(await provider().update({ ...request({ ...PROPERTIES, Tags: [{ Key: 'a', Value: 'b' }] }), ...update })).toMatchObject({ physicalId });
  const replaced = await provider().update({ ...request({ ...PROPERTIES, DatastoreName: 'b' }), ...update });
  expect(replaced.physicalId).not.toBe(physicalId);
  expect([status(physicalId), status(replaced.physicalId)]).toEqual(['ACTIVE', 'ACTIVE']);
});

test('a deletion waits until the data store is DELETED, and succeeds for a missing data store', async () => {
  aws = await Harness.start({ datastoreCreationMs: 30_000, datastoreDeletionMs: 10_000, deletedDatastoreRetentionMs: 1e9 });
  const id = await aws.createDatastore();
  expect(status(id)).toBe('CREATING');
  await provider().delete({ ...request(PROPERTIES), physicalId: id });
  expect(status(id)).toBe('DELETED');
  await provider().delete({ ...request(PROPERTIES), physicalId: id });
  await provider().delete({ ...request(PROPERTIES), physicalId: '0'.repeat(32) });
});

test('the provider fails with the error that HealthLake returns', async () => {
  aws = await Harness.start();
  await expect(provider().create(request({ DatastoreTypeVersion: 'R5' }))).rejects.toThrow(
    '1 validation error detected: Value \'R5\' at \'datastoreTypeVersion\' failed to satisfy constraint: Member must satisfy enum value set: [R4] '
    + '(Service: HealthLake, Status Code: 400, Error Code: ValidationException)');
});

test('the provider refuses callers without permission for the HealthLake API', async () => {
  aws = await startWithIam();
  const nobody = { arn: 'arn:aws:sts::111122223333:assumed-role/x/y', principalArn: 'arn:aws:iam::111122223333:role/x', accountId: '111122223333' };
  await expect(provider().create({ ...request(PROPERTIES), caller: nobody })).rejects.toThrow('not authorized to perform: healthlake:CreateFHIRDatastore on resource: *');
});
