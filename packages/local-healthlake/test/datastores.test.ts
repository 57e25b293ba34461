import {
  CreateFHIRDatastoreCommand, DeleteFHIRDatastoreCommand, DescribeFHIRDatastoreCommand, ListFHIRDatastoresCommand, paginateListFHIRDatastores,
  StartFHIRImportJobCommand, type DatastoreFilter,
} from '@aws-sdk/client-healthlake';
import { ACCOUNT, CALLER, Harness, patient } from './harness';

let aws: Harness;

afterEach(() => aws.close());

async function status(id: string): Promise<string | undefined> {
  const { DatastoreProperties } = await aws.healthLake.send(new DescribeFHIRDatastoreCommand({ DatastoreId: id }));
  return DatastoreProperties?.DatastoreStatus;
}

const NEVER = 1e12;

test('Describe returns the properties with which a data store was created', async () => {
  aws = await Harness.start();
  const created = await aws.healthLake.send(new CreateFHIRDatastoreCommand({
    DatastoreTypeVersion: 'R4',
    DatastoreName: 'patients',
    SseConfiguration: { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: aws.keyArn } },
    Tags: [{ Key: 'team', Value: 'data' }],
  }));
  expect(created.DatastoreId).toMatch(/^[0-9a-f]{32}$/);
  expect(created.DatastoreArn).toBe(`arn:aws:healthlake:us-east-1:${ACCOUNT}:datastore/fhir/${created.DatastoreId}`);

  const { DatastoreProperties } = await aws.healthLake.send(new DescribeFHIRDatastoreCommand({ DatastoreId: created.DatastoreId }));
  expect(DatastoreProperties).toEqual({
    DatastoreId: created.DatastoreId,
    DatastoreArn: created.DatastoreArn,
    DatastoreName: 'patients',
    DatastoreStatus: 'ACTIVE',
    CreatedAt: expect.any(Date),
    DatastoreTypeVersion: 'R4',
    DatastoreEndpoint: `${aws.environment.endpoint()}/datastore/${created.DatastoreId}/r4/`,
    SseConfiguration: { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: aws.keyArn } },
    IdentityProviderConfiguration: { AuthorizationStrategy: 'AWS_AUTH' },
  });
});

test('Describe returns the configurations that the types of the SDK lack', async () => {
  aws = await Harness.start();
  const configurations = {
    AnalyticsConfiguration: { Status: 'PAUSED' }, NlpConfiguration: { Status: 'ENABLED' }, ProfileConfiguration: { DefaultProfiles: ['http://hl7.org/fhir/us/core'] },
  };
  const BackupConfiguration = { Status: 'ENABLED', BackupType: 'CONTINUOUS', RetentionPeriodInDays: 7, BackupTagsEnabled: true };
  const { body: { DatastoreId } } = await aws.call('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', ...configurations, BackupConfiguration });
  const { body: { DatastoreProperties } } = await aws.call('DescribeFHIRDatastore', { DatastoreId });
  expect(DatastoreProperties).toMatchObject({ ...configurations, BackupStatusInfo: { Configuration: BackupConfiguration } });
});

test.each([
  { AnalyticsConfiguration: { Status: 'DISABLED' } },
  { SseConfiguration: { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: 'alias/nothing' } } },
])('Create refuses the configuration %j', async (configuration) => {
  aws = await Harness.start();
  const invalid = { status: 400, body: { __type: 'com.amazonaws.healthlake#ValidationException' } };
  expect(await aws.call('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', ...configuration })).toMatchObject(invalid);
});

test('a data store that is CREATING refuses imports and cannot be deleted', async () => {
  aws = await Harness.start({ datastoreCreationMs: NEVER });
  const id = await aws.createDatastore();
  expect(await status(id)).toBe('CREATING');
  await expect(aws.healthLake.send(new StartFHIRImportJobCommand(aws.startRequest({ DatastoreId: id })))).rejects.toMatchObject({
    name: 'ValidationException', message: `The data store ${id} is not ACTIVE: CREATING`,
  });
  await expect(aws.healthLake.send(new DeleteFHIRDatastoreCommand({ DatastoreId: id }))).rejects.toMatchObject({ name: 'ConflictException' });
});

test('a data store becomes ACTIVE after the creation time', async () => {
  aws = await Harness.start({ datastoreCreationMs: 3_600_000 });
  const id = await aws.createDatastore();
  expect(await status(id)).toBe('CREATING');
  aws.clock.skip(3_600_000);
  expect(await status(id)).toBe('ACTIVE');
});

test('a deleted data store loses its resources at once, and is described as DELETED for the retention time', async () => {
  aws = await Harness.start({ deletedDatastoreRetentionMs: 3_600_000 });
  await aws.put('data/a.ndjson', patient('a'));
  const jobId = await aws.startImport();
  await aws.ended(jobId);
  expect(aws.service.healthLake.resources(aws.datastoreId)).toHaveLength(1);

  await aws.healthLake.send(new DeleteFHIRDatastoreCommand({ DatastoreId: aws.datastoreId }));
  expect(aws.service.healthLake.resources(aws.datastoreId)).toEqual([]);
  expect(await status(aws.datastoreId)).toBe('DELETED');
  expect(await aws.describe(jobId)).toMatchObject({ JobStatus: 'COMPLETED' });
  await expect(aws.startImport()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(aws.healthLake.send(new DeleteFHIRDatastoreCommand({ DatastoreId: aws.datastoreId })))
    .rejects.toMatchObject({ name: 'ResourceNotFoundException' });

  aws.clock.skip(3_600_000);
  await expect(status(aws.datastoreId)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(aws.describe(jobId)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('the running and the queued jobs of a deleted data store fail', async () => {
  aws = await Harness.start({ pace: { minimumDurationMs: NEVER, submitDelayMs: 0 }, datastoreDeletionMs: NEVER });
  await aws.put('data/a.ndjson', patient('a') + patient('b'));
  const [running, waiting] = [await aws.startImport(), await aws.startImport()];
  await aws.event(running, (event) => (event.progress?.TotalNumberOfScannedFiles ?? 0) > 0);

  const { DatastoreStatus } = await aws.healthLake.send(new DeleteFHIRDatastoreCommand({ DatastoreId: aws.datastoreId }));
  expect(DatastoreStatus).toBe('DELETING');
  for (const job of [running, waiting]) {
    expect(await aws.describe(job)).toMatchObject({ JobStatus: 'FAILED', Message: 'The data store was deleted' });
  }
  expect(aws.service.healthLake.resources(aws.datastoreId)).toEqual([]);
});

test('List returns data stores newest first, in pages, and filtered by name, status and time', async () => {
  aws = await Harness.start();
  const ids = [aws.datastoreId];
  for (const name of ['b', 'c', 'b']) {
    await aws.clock.sleep(1_000);
    ids.unshift(await aws.createDatastore(name));
  }
  const pages: string[][] = [];
  for await (const page of paginateListFHIRDatastores({ client: aws.healthLake, pageSize: 3 }, {})) {
    pages.push(page.DatastorePropertiesList!.map((datastore) => datastore.DatastoreId!));
  }
  expect(pages).toEqual([ids.slice(0, 3), ids.slice(3)]);

  const list = async (Filter: DatastoreFilter): Promise<unknown[]> => {
    const { DatastorePropertiesList } = await aws.healthLake.send(new ListFHIRDatastoresCommand({ Filter }));
    return DatastorePropertiesList!.map((datastore) => datastore.DatastoreId);
  };
  expect(await list({ DatastoreName: 'b' })).toEqual([ids[0], ids[2]]);
  await aws.healthLake.send(new DeleteFHIRDatastoreCommand({ DatastoreId: ids[0] }));
  expect(await list({ DatastoreStatus: 'DELETED' })).toEqual([ids[0]]);
  const [, , third] = aws.service.healthLake.datastoreProperties();
  expect(await list({ CreatedAfter: third.CreatedAt })).toEqual([ids[0]]);
  expect(await list({ CreatedBefore: third.CreatedAt })).toEqual(ids.slice(2));
});

test('a repeated client token creates only one data store', async () => {
  aws = await Harness.start();
  const create = async (DatastoreName: string): Promise<string> => {
    const { DatastoreId } = await aws.healthLake.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4', DatastoreName, ClientToken: 't' }));
    return DatastoreId!;
  };
  const first = await create('a');
  expect(await create('a')).toBe(first);
  await expect(create('b')).rejects.toMatchObject({ name: 'ValidationException' });
});

test('the HealthLake API returns ResourceNotFoundException for unknown ids and UnknownOperationException for operations that are not emulated', async () => {
  aws = await Harness.start();
  await expect(status('0'.repeat(32))).rejects.toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } });
  await expect(aws.describe('0'.repeat(32))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(await aws.call('StartDataTransformationJob', {})).toMatchObject({ status: 400, body: { message: 'The operation StartDataTransformationJob is not known' } });
});

test('the HealthLake API encodes errors in AWS JSON 1.0', async () => {
  aws = await Harness.start();
  const { healthLake } = aws.service;
  for (const operation of ['Nonsense', 'constructor', '']) {
    const { status: code, headers, body } = await healthLake.handle({ operation, body: Buffer.from('{}'), caller: CALLER });
    expect(code).toBe(400);
    expect(headers['content-type']).toBe('application/x-amz-json-1.0');
    expect(JSON.parse(body)).toEqual({ __type: 'com.amazon.coral.service#UnknownOperationException', message: `The operation ${operation} is not known` });
  }
  const { body } = await healthLake.handle({ operation: 'DescribeFHIRDatastore', body: Buffer.from('{"DatastoreId":"x"}'), caller: CALLER });
  expect(JSON.parse(body)).toEqual({ __type: 'com.amazonaws.healthlake#ResourceNotFoundException', message: 'The requested data store x was not found' });
});
