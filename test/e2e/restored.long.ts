import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { existing, on, patients } from './harness/laptop';
import { FhirImport, type FhirImportProps, FhirSource } from '../../src';

jest.setTimeout(180_000);

/** HealthLake shows a restored data store like an empty one: another id, and no jobs. */
test('refuses an import that is pointed to a restored data store, and starts no job with alreadyImported', on({}, async (laptop, data) => {
  const restored = await laptop.existingData('other-data');
  const app = (datastoreId: string, props: Partial<FhirImportProps> = {}) => (root: App) => {
    const stack = new Stack(root, 'Import');
    const { datastore, data: bucket } = existing(stack, { ...data, datastoreId });
    const fhirImport = new FhirImport(stack, 'Patients', { datastore, source: FhirSource.bucket(bucket, 'in/'), ...props });
    for (const name of ['jobId', 'jobStatus', 'resourcesImported', 'outputLocation'] as const) {
      new CfnOutput(stack, name, { value: fhirImport[name] });
    }
  };
  const outputs = () => ['jobId', 'jobStatus', 'resourcesImported', 'outputLocation'].map((name) => laptop.output('Import', name));

  await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
  expect((await laptop.cdk('deploy', app(data.datastoreId))).exitCode).toBe(0);
  const before = outputs();

  const refused = await laptop.cdk('deploy', app(restored.datastoreId));
  expect(refused.exitCode).toBe(1);
  expect(laptop.reasons('Import').join('\n')).toContain(`no import job was started: the data store changed from ${data.datastoreId} to ${restored.datastoreId} `
    + `and the data set did not; set alreadyImported: true if ${restored.datastoreId} already has the data (restored or copied), or give a new revision`);
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(outputs()).toEqual(before);

  expect((await laptop.cdk('deploy', app(restored.datastoreId, { alreadyImported: true }))).exitCode).toBe(0);
  expect(outputs()).toEqual(['ALREADY_IMPORTED', 'ALREADY_IMPORTED', 'UNKNOWN', 'UNKNOWN']);
  expect(laptop.logs()).toContain('no job was started: the data set is already in the data store');
  expect(laptop.jobs().map(({ DatastoreId }) => DatastoreId)).toEqual([data.datastoreId]);

  expect((await laptop.cdk('deploy', app(restored.datastoreId, { alreadyImported: true, revision: '2' }))).exitCode).toBe(0);
  expect(laptop.jobs().map(({ DatastoreId }) => DatastoreId)).toEqual([data.datastoreId, restored.datastoreId]);
  expect(laptop.output('Import', 'jobStatus')).toBe('COMPLETED');
}));
