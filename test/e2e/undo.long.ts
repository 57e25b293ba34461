import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { existing } from './harness/import-app';
import { type Existing, type Laptop, onLaptop } from './harness/laptop';
import type { ReportDocument } from '../../lambda/report/document/document';
import { callJson } from '../../packages/local-aws/test/signed-request';
import { FhirImport, FhirSource } from '../../src';

jest.setTimeout(180_000);

/** Calls HealthLake without the SDK's client, which lacks the operations and members of backups. */
async function healthlake({ aws }: Laptop, operation: string, input: object): Promise<{ readonly DatastoreId: string }> {
  const { status, body } = await callJson({ environment: { endpoint: () => aws.endpoint, region: aws.region } }, 'healthlake', `HealthLake.${operation}`, input);
  expect([status, body]).toEqual([200, expect.anything()]);
  return body as { readonly DatastoreId: string };
}

/** Returns an app with the import `Patients`. With `mistake`, a second import follows, which changes two of the patients and adds one. */
const app = (data: Existing, { mistake = false, alreadyImported = false }) => (root: App): void => {
  const stack = new Stack(root, 'Import');
  const { datastore, data: bucket } = existing(stack, data);
  const first = new FhirImport(stack, 'Patients', { datastore, source: FhirSource.bucket(bucket, 'in/'), alreadyImported });
  if (mistake) {
    const eventBus = EventBus.fromEventBusName(stack, 'Bus', 'default');
    const second = new FhirImport(stack, 'Mistake', { datastore, source: FhirSource.bucket(bucket, 'mistake/'), eventBus });
    second.executeAfter(first);
    new CfnOutput(stack, 'reportLocation', { value: second.reportLocation });
  }
};

const OPTIONS = { healthlake: { datastoreCreationMs: 0 } };

test('a data store is restored to the restore point before an import, and the app continues with the restored data store', onLaptop(OPTIONS, async (laptop, data) => {
  const stored = (id: string) => laptop.aws.healthlake.healthLake.resources(id, 'Patient').map(({ id: patient, json }) => [patient, json.includes('"active":true')]);
  const BackupConfiguration = { Status: 'ENABLED', BackupType: 'CONTINUOUS', RetentionPeriodInDays: 7 };
  await healthlake(laptop, 'UpdateFHIRDatastore', { DatastoreId: data.datastoreId, BackupConfiguration });
  await laptop.upload(data.bucket, 'mistake/Patient.ndjson', ['p-1', 'p-2', 'p-3'].map((id) => ({ resourceType: 'Patient', id, active: false })));

  expect(await laptop.deploy(app(data, { mistake: true }))).toBe(0);
  const jobs = laptop.jobs();
  expect(stored(data.datastoreId)).toEqual([['p-0', true], ['p-1', false], ['p-2', false], ['p-3', false]]);

  // The report and the event have the window of the job, and the restore point before it.
  const submitted = jobs[1].SubmitTime!.toISOString();
  const window = { submitted, ended: jobs[1].EndTime!.toISOString(), restorePoint: submitted };
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(laptop.output('Import', 'reportLocation'))!;
  const report = JSON.parse((await laptop.aws.s3.getObject(laptop.aws.iam.admin, bucket, key)).toString()) as ReportDocument;
  expect(report.job).toMatchObject({ jobId: jobs[1].JobId, ...window });
  const sent = laptop.aws.events.entries.filter(({ event }) => event.source === 'cdk-healthlake-import');
  expect(sent.map(({ event }) => event.detail)).toEqual([expect.objectContaining({ jobId: jobs[1].JobId, ...window })]);

  const RestoreConfiguration = { ContinuousBackupRestoreConfiguration: { RestorePointTime: Date.parse(window.restorePoint) / 1000 } };
  const { DatastoreId: datastoreId } = await healthlake(laptop, 'RestoreFHIRDatastore', { SourceDatastoreId: data.datastoreId, RestoreConfiguration });
  expect(await laptop.deploy(app({ ...data, datastoreId }, { alreadyImported: true }))).toBe(0);
  expect(laptop.jobs()).toEqual(jobs);
  expect(stored(datastoreId)).toEqual([['p-0', true], ['p-1', true], ['p-2', true]]);
}));
