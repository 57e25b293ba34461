import { Harness } from './harness';

const UPDATE_MS = 3_600_000;

let aws: Harness;
let failure: string | undefined;

beforeEach(async () => {
  failure = undefined;
  aws = await Harness.start({ datastoreUpdateMs: UPDATE_MS, failUpdate: () => failure });
});

afterEach(() => aws.close());

async function update(change: object): Promise<{ status: number; body: Record<string, any> }> {
  return aws.call('UpdateFHIRDatastore', { DatastoreId: aws.datastoreId, ...change });
}

async function properties(): Promise<Record<string, any>> {
  return (await aws.call('DescribeFHIRDatastore', { DatastoreId: aws.datastoreId })).body.DatastoreProperties;
}

test('an update of the name, the profiles, the identity provider and the backup takes effect at once', async () => {
  const change = {
    DatastoreName: 'renamed',
    ProfileConfiguration: { DefaultProfiles: ['http://hl7.org/fhir/us/core'] },
    IdentityProviderConfiguration: { AuthorizationStrategy: 'SMART_ON_FHIR', Metadata: '{}' },
  };
  const { body } = await update({ ...change, BackupConfiguration: { Status: 'ENABLED', BackupType: 'CONTINUOUS', RetentionPeriodInDays: 7 } });
  expect(body.DatastoreProperties).toMatchObject({ ...change, DatastoreStatus: 'ACTIVE' });
  expect(body.DatastoreProperties.BackupStatusInfo).toMatchObject({ Configuration: { Status: 'ENABLED' }, BackupEnabledAt: expect.any(Number) });

  await update({ IdentityProviderConfiguration: { AuthorizationStrategy: 'AWS_AUTH' } });
  expect(await properties()).toMatchObject({ DatastoreName: 'renamed', IdentityProviderConfiguration: { AuthorizationStrategy: 'AWS_AUTH' } });
  expect((await properties()).IdentityProviderConfiguration).not.toHaveProperty('Metadata');
});

test('a change of NLP or analytics makes the data store UPDATING, and then ACTIVE', async () => {
  const { body } = await update({ NlpConfiguration: { Status: 'ENABLED' }, AnalyticsConfiguration: { Status: 'PAUSED' } });
  expect(body.DatastoreProperties).toMatchObject({
    DatastoreStatus: 'UPDATING', NlpConfiguration: { Status: 'ENABLING' }, AnalyticsConfiguration: { Status: 'PAUSING' },
  });
  aws.clock.skip(UPDATE_MS);
  expect(await properties()).toMatchObject({
    DatastoreStatus: 'ACTIVE', NlpConfiguration: { Status: 'ENABLED' }, AnalyticsConfiguration: { Status: 'PAUSED' },
  });
  const { body: later } = await update({ AnalyticsConfiguration: { Status: 'ENABLED' } });
  expect(later.DatastoreProperties).toMatchObject({ NlpConfiguration: { Status: 'ENABLED' }, AnalyticsConfiguration: { Status: 'ENABLING' } });
});

test('a data store that is UPDATING refuses another update, a deletion and an import', async () => {
  await update({ NlpConfiguration: { Status: 'ENABLED' } });
  const conflict = { status: 400, body: { __type: 'com.amazonaws.healthlake#ConflictException' } };
  expect(await update({ DatastoreName: 'x' })).toMatchObject(conflict);
  expect(await aws.call('DeleteFHIRDatastore', { DatastoreId: aws.datastoreId })).toMatchObject(conflict);
  await expect(aws.startImport()).rejects.toThrow('is not ACTIVE: UPDATING');
});

test('a failed update leaves the data store UPDATE_FAILED with its former configuration, until an update succeeds', async () => {
  failure = 'NLP is not available';
  await update({ NlpConfiguration: { Status: 'ENABLED' } });
  aws.clock.skip(UPDATE_MS);
  const failed = await properties();
  expect(failed).toMatchObject({ DatastoreStatus: 'UPDATE_FAILED', ErrorCause: { ErrorMessage: failure, ErrorCategory: 'RETRYABLE_ERROR' } });
  expect(failed).not.toHaveProperty('NlpConfiguration');

  failure = undefined;
  await update({ NlpConfiguration: { Status: 'ENABLED' } });
  aws.clock.skip(UPDATE_MS);
  expect(await properties()).toMatchObject({ DatastoreStatus: 'ACTIVE', NlpConfiguration: { Status: 'ENABLED' } });
});

test.each([
  { NlpConfiguration: { Status: 'ENABLING' } }, { AnalyticsConfiguration: { Status: 'DISABLING' } }, { BackupConfiguration: { RetentionPeriodInDays: 31 } },
])('an update with the change %j is refused', async (change) => {
  expect(await update(change)).toMatchObject({ status: 400, body: { __type: 'com.amazonaws.healthlake#ValidationException' } });
});
