import type { FhirImportProps } from '../../src';
import { addOutputs, importApp } from './harness/import-app';
import { onLaptop } from './harness/laptop';

jest.setTimeout(180_000);

const ATTRIBUTES = ['jobStatus', 'resourcesImported', 'outputLocation'] as const;

/** An empty data store stands for the restored one, because a restored data store also has a new id and no jobs. */
test('an import into a restored data store fails; with alreadyImported, it succeeds and starts no job', onLaptop({}, async (laptop, data) => {
  const { datastoreId: restored } = await laptop.existingData('other-data');
  const deploy = (datastoreId: string, props: Partial<FhirImportProps> = {}) =>
    laptop.deploy(importApp({ ...data, datastoreId }, props, (_, fhirImport) => addOutputs(fhirImport, ...ATTRIBUTES)));
  const outputs = () => ['jobId', ...ATTRIBUTES].map((name) => laptop.output('Import', name));

  expect(await deploy(data.datastoreId)).toBe(0);
  const before = outputs();

  expect(await deploy(restored)).toBe(1);
  expect(laptop.reasons('Import').join('\n')).toContain(`no import job was started: the data store changed from ${data.datastoreId} to ${restored} `
    + `and the data set did not; set alreadyImported: true if ${restored} already has the data (restored or copied), or give a new revision`);
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(outputs()).toEqual(before);

  expect(await deploy(restored, { alreadyImported: true })).toBe(0);
  expect(outputs()).toEqual(['ALREADY_IMPORTED', 'ALREADY_IMPORTED', 'UNKNOWN', 'UNKNOWN']);
  expect(laptop.logs()).toContain('no job was started: the data set is already in the data store');
  expect(laptop.jobs().map(({ DatastoreId }) => DatastoreId)).toEqual([data.datastoreId]);

  expect(await deploy(restored, { alreadyImported: true, revision: '2' })).toBe(0);
  expect(laptop.jobs().map(({ DatastoreId }) => DatastoreId)).toEqual([data.datastoreId, restored]);
  expect(laptop.output('Import', 'jobStatus')).toBe('COMPLETED');
}));
