import { Harness, patient } from './harness';

const BACKUP = { Status: 'ENABLED', BackupType: 'CONTINUOUS', RetentionPeriodInDays: 7 };

let aws: Harness;

afterEach(() => aws.close());

async function create(BackupConfiguration?: object): Promise<void> {
  const { body } = await aws.call('CreateFHIRDatastore', {
    DatastoreTypeVersion: 'R4', DatastoreName: 'source', NlpConfiguration: { Status: 'ENABLED' }, Tags: [{ Key: 'team', Value: 'a' }], BackupConfiguration,
  });
  aws.datastoreId = body.DatastoreId;
}

async function importPatients(...ids: string[]): Promise<void> {
  await aws.put('data/a.ndjson', ids.map((id) => patient(id)).join(''));
  await aws.ended(await aws.startImport());
}

async function describe(DatastoreId = aws.datastoreId): Promise<Record<string, any>> {
  return (await aws.call('DescribeFHIRDatastore', { DatastoreId })).body.DatastoreProperties;
}

async function restore(RestorePointTime?: number, more: object = {}): Promise<{ status: number; body: Record<string, any> }> {
  const RestoreConfiguration = { ContinuousBackupRestoreConfiguration: { RestorePointTime } };
  return aws.call('RestoreFHIRDatastore', { SourceDatastoreId: aws.datastoreId, RestoreConfiguration, ...more });
}

const ids = (datastoreId: string) => aws.service.healthLake.resources(datastoreId).map(({ id }) => id);

test('a restore creates a data store without jobs, and with the resources that the source had at the latest or an earlier time', async () => {
  aws = await Harness.start();
  await create(BACKUP);
  await importPatients('a');
  const { BackupStatusInfo: { LatestRestorePoint } } = await describe();
  await aws.clock.sleep(10);
  await importPatients('a', 'b');
  await aws.fhir('Patient/a', 'DELETE');

  const [latest, earlier] = [(await restore()).body.DatastoreId, (await restore(LatestRestorePoint)).body.DatastoreId];
  expect([ids(latest), ids(earlier), ids(aws.datastoreId)]).toEqual([['b'], ['a'], ['b']]);
  expect(latest).not.toBe(aws.datastoreId);
  expect((await aws.call('ListFHIRImportJobs', { DatastoreId: latest })).body).toEqual({ ImportJobPropertiesList: [] });
});

test('a restored data store inherits no configuration, and inherits tags only if the backup includes them', async () => {
  aws = await Harness.start();
  await create({ ...BACKUP, BackupTagsEnabled: true });
  const { body } = await restore(undefined, { DatastoreName: 'copy', Tags: [{ Key: 'stage', Value: 'x' }] });
  const copy = await describe(body.DatastoreId);
  expect(copy).toMatchObject({ DatastoreName: 'copy', DatastoreStatus: 'ACTIVE', IdentityProviderConfiguration: { AuthorizationStrategy: 'AWS_AUTH' } });
  expect(copy).not.toHaveProperty('NlpConfiguration');
  expect(copy).not.toHaveProperty('BackupStatusInfo');
  expect((await aws.call('ListTagsForResource', { ResourceARN: copy.DatastoreArn })).body.Tags).toEqual([{ Key: 'team', Value: 'a' }, { Key: 'stage', Value: 'x' }]);

  await aws.call('UpdateFHIRDatastore', { DatastoreId: aws.datastoreId, BackupConfiguration: { BackupTagsEnabled: false } });
  const { body: untagged } = await restore();
  expect((await aws.call('ListTagsForResource', { ResourceARN: untagged.DatastoreArn })).body.Tags).toEqual([]);
});

test('a restored data store is CREATING at first, and a second restore of its source is refused during this time', async () => {
  aws = await Harness.start({ datastoreCreationMs: 3_600_000 });
  await create(BACKUP);
  aws.clock.skip(3_600_000);
  expect(await restore()).toMatchObject({ status: 200, body: { DatastoreStatus: 'CREATING' } });
  expect(await restore()).toMatchObject({ status: 400, body: { __type: 'com.amazonaws.healthlake#ConflictException' } });
  aws.clock.skip(3_600_000);
  expect(await restore()).toMatchObject({ status: 200 });
});

test('a deleted data store can be restored', async () => {
  aws = await Harness.start();
  await create(BACKUP);
  await importPatients('a');
  await aws.call('DeleteFHIRDatastore', { DatastoreId: aws.datastoreId });
  const { BackupStatusInfo } = await describe();
  expect(BackupStatusInfo.ScheduledPermanentDeletionTime).toBeCloseTo(BackupStatusInfo.LatestRestorePoint + 7 * 86_400, 0);
  expect(ids((await restore()).body.DatastoreId)).toEqual(['a']);
});

test('a restore is refused without an enabled backup, and outside the restore window', async () => {
  aws = await Harness.start();
  const invalid = { status: 400, body: { __type: 'com.amazonaws.healthlake#ValidationException' } };
  await create();
  expect(await restore()).toMatchObject(invalid);
  await create({ ...BACKUP, Status: 'DISABLED' });
  expect(await restore()).toMatchObject(invalid);
  await create(BACKUP);
  const { BackupStatusInfo: { EarliestRestorePoint, LatestRestorePoint } } = await describe();
  expect(await restore(EarliestRestorePoint - 1)).toMatchObject(invalid);
  expect(await restore(LatestRestorePoint + 3_600)).toMatchObject(invalid);
  expect(await restore(EarliestRestorePoint)).toMatchObject({ status: 200 });
  aws.datastoreId = '0'.repeat(32);
  expect(await restore()).toMatchObject({ status: 400, body: { __type: 'com.amazonaws.healthlake#ResourceNotFoundException' } });
});

test('a backup that is enabled after the creation of the data store includes the resources that already exist', async () => {
  aws = await Harness.start();
  await create();
  await importPatients('a');
  await aws.call('UpdateFHIRDatastore', { DatastoreId: aws.datastoreId, BackupConfiguration: BACKUP });
  await importPatients('b');
  expect(ids((await restore()).body.DatastoreId)).toEqual(['a', 'b']);
});

test('two restores with the same client token create only one data store', async () => {
  aws = await Harness.start();
  await create(BACKUP);
  const [first, second] = [await restore(undefined, { ClientToken: 't' }), await restore(undefined, { ClientToken: 't' })];
  expect(second.body.DatastoreId).toBe(first.body.DatastoreId);
});
