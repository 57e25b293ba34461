import { sessionOfRole, startWithIam } from './with-iam';
import { CALLER, Harness } from '../../../local-healthlake/test/harness';
import type { ResourceRequest } from '../../src/contract';
import { healthLakeProviders } from '../../src/healthlake/providers';
import { allow } from '../foundation';

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

test('the resource provider of AWS::HealthLake::FHIRDatastore creates a data store with all properties and waits until it is ACTIVE', async () => {
  aws = await Harness.start({ datastoreCreationMs: 12_000 });
  const properties = {
    ...PROPERTIES,
    SseConfiguration: { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: aws.keyArn } },
    PreloadDataConfig: { PreloadDataType: 'SYNTHEA' },
    IdentityProviderConfiguration: {
      AuthorizationStrategy: 'SMART_ON_FHIR',
      FineGrainedAuthorizationEnabled: true,
      Metadata: '{}',
      IdpLambdaArn: 'arn:aws:lambda:us-east-1:111122223333:function:introspect',
    },
    AnalyticsConfiguration: { Status: 'PAUSED' },
    NlpConfiguration: { Status: 'ENABLED' },
    ProfileConfiguration: { DefaultProfiles: ['http://hl7.org/fhir/us/core'] },
  };
  const { physicalId, attributes } = await provider().create(request({ ...properties, Tags: [{ Key: 'team', Value: 'a' }] }));
  expect(physicalId).toMatch(/^[0-9a-f]{32}$/);
  const created = aws.service.healthLake.datastoreProperties().find(({ DatastoreId }) => DatastoreId === physicalId)!;
  expect(created).toMatchObject({ ...properties, DatastoreStatus: 'ACTIVE' });
  expect(attributes).toEqual({
    'DatastoreId': physicalId,
    'DatastoreArn': `arn:aws:healthlake:us-east-1:111122223333:datastore/fhir/${physicalId}`,
    'DatastoreEndpoint': `${aws.environment.endpoint()}/datastore/${physicalId}/r4/`,
    'DatastoreStatus': 'ACTIVE',
    'CreatedAt.Seconds': String(Math.floor(created.CreatedAt!.getTime() / 1000)),
    'CreatedAt.Nanos': created.CreatedAt!.getMilliseconds() * 1e6,
  });
});

describe('an update of AWS::HealthLake::FHIRDatastore', () => {
  const settingsOf = (id: string) => aws.service.healthLake.datastoreProperties().find(({ DatastoreId }) => DatastoreId === id)!;
  const idps = (strategy: string) => ({ AuthorizationStrategy: strategy, FineGrainedAuthorizationEnabled: false, Metadata: '{}' });
  const update = async (physicalId: string, oldProperties: object, changes: object) =>
    provider().update({ ...request({ ...oldProperties, ...changes }), physicalId, oldProperties });

  test('changes the name, identity provider, analytics and NLP of the data store in place, and waits while it is UPDATING', async () => {
    aws = await Harness.start({ datastoreUpdateMs: 12_000 });
    const old = { ...PROPERTIES, IdentityProviderConfiguration: idps('AWS_AUTH') };
    const { physicalId } = await provider().create(request(old));
    const changes = {
      DatastoreName: 'b',
      IdentityProviderConfiguration: idps('SMART_ON_FHIR_V1'),
      AnalyticsConfiguration: { Status: 'ENABLED' },
      NlpConfiguration: { Status: 'ENABLED' },
    };
    const before = aws.clock.now();
    expect(await update(physicalId, old, changes)).toMatchObject({ physicalId, attributes: { DatastoreStatus: 'ACTIVE' } });
    expect(aws.clock.now() - before).toBeGreaterThanOrEqual(12_000);
    expect(settingsOf(physicalId)).toMatchObject(changes);
  });

  test.each([
    ['SseConfiguration', () => ({ KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: aws.keyArn } })],
    ['PreloadDataConfig', () => ({ PreloadDataType: 'SYNTHEA' })],
  ])('replaces the data store when the property %s changes', async (property, value) => {
    aws = await Harness.start();
    const change = { [property]: value() };
    const { physicalId } = await provider().create(request(PROPERTIES));
    const replaced = await update(physicalId, PROPERTIES, change);
    expect(replaced.physicalId).not.toBe(physicalId);
    expect([status(physicalId), status(replaced.physicalId)]).toEqual(['ACTIVE', 'ACTIVE']);
  });

  test('adds, changes and removes tags without replacing the data store', async () => {
    aws = await Harness.start();
    const tags = (values: Record<string, string>) => ({ Tags: Object.entries(values).map(([Key, Value]) => ({ Key, Value })) });
    const old = { ...PROPERTIES, ...tags({ kept: '1', changed: '1', removed: '1' }) };
    const { physicalId, attributes } = await provider().create(request(old));
    expect(await update(physicalId, old, tags({ kept: '1', changed: '2', added: '2' }))).toMatchObject({ physicalId });
    const body = Buffer.from(JSON.stringify({ ResourceARN: attributes!.DatastoreArn }));
    const listed = JSON.parse((await aws.service.healthLake.handle({ operation: 'ListTagsForResource', body, caller: CALLER })).body);
    expect(listed.Tags).toEqual(expect.arrayContaining(tags({ kept: '1', changed: '2', added: '2' }).Tags));
    expect(listed.Tags).toHaveLength(3);
  });

  test('fails with the reason if the data store becomes UPDATE_FAILED, and the next update can restore the former settings', async () => {
    let failure: string | undefined = 'no capacity';
    aws = await Harness.start({ failUpdate: () => failure });
    const old = { ...PROPERTIES, NlpConfiguration: { Status: 'DISABLED' } };
    const { physicalId } = await provider().create(request(old));
    const changes = { NlpConfiguration: { Status: 'ENABLED' } };
    await expect(update(physicalId, old, changes)).rejects.toThrow(`data store ${physicalId} became UPDATE_FAILED instead of ACTIVE: no capacity`);
    failure = undefined;
    await update(physicalId, { ...old, ...changes }, old);
    expect(settingsOf(physicalId)).toMatchObject(old);
  });
});

test('a deletion of AWS::HealthLake::FHIRDatastore waits until the data store is DELETED, and succeeds for a missing data store', async () => {
  aws = await Harness.start({ datastoreCreationMs: 300_000, datastoreDeletionMs: 10_000, deletedDatastoreRetentionMs: 1e9 });
  const id = await aws.createDatastore();
  expect(status(id)).toBe('CREATING');
  await provider().delete({ ...request(PROPERTIES), physicalId: id });
  expect(status(id)).toBe('DELETED');
  await provider().delete({ ...request(PROPERTIES), physicalId: id });
  await provider().delete({ ...request(PROPERTIES), physicalId: '0'.repeat(32) });
});

test('the resource provider of AWS::HealthLake::FHIRDatastore fails with the error that HealthLake returns', async () => {
  aws = await Harness.start();
  await expect(provider().create(request({ DatastoreTypeVersion: 'R5' }))).rejects.toThrow(
    '1 validation error detected: Value \'R5\' at \'datastoreTypeVersion\' failed to satisfy constraint: Member must satisfy enum value set: [R4] '
    + '(Service: HealthLake, Status Code: 400, Error Code: ValidationException)');
});

test('the resource provider of AWS::HealthLake::FHIRDatastore refuses callers without permission for the HealthLake API or for the key', async () => {
  const withIam = await startWithIam();
  aws = withIam;
  const create = async (name: string, ...actions: string[]) => {
    const SseConfiguration = { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: aws.keyArn } };
    const { caller } = await sessionOfRole(withIam, name, actions.map((action) => allow(action, '*')));
    return provider().create({ ...request({ ...PROPERTIES, SseConfiguration }), caller });
  };
  await expect(create('nobody')).rejects.toThrow('not authorized to perform: healthlake:CreateFHIRDatastore on resource: *');
  await expect(create('keyless', 'healthlake:*')).rejects.toThrow(`not authorized to perform: kms:DescribeKey on resource: ${aws.keyArn}`);
  await expect(create('deployer', 'healthlake:*', 'kms:*')).resolves.toMatchObject({ attributes: { DatastoreStatus: 'ACTIVE' } });
});
