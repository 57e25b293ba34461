import { addResults, exportApp, resultsOf, withPatients } from '../harness/export-app';
import { failAfter } from '../harness/import-app';

jest.setTimeout(180_000);

test('a data store is exported once for each revision, each time into a new folder', withPatients({}, async (laptop, data) => {
  const deploy = async (props: object, id?: string) => {
    expect(await laptop.deploy(exportApp(data, props, addResults, id))).toBe(0);
    return resultsOf(laptop);
  };
  const first = await deploy({});
  const [{ JobId: jobId }] = laptop.exports();
  expect(first).toMatchObject({ jobId, jobStatus: 'COMPLETED', filesExported: '1', resourcesExported: '3' });
  expect(first.outputLocation).toMatch(new RegExp(`^s3://[^/]+/Copy-[0-9a-f]{8}/${data.datastoreId}-FHIR_EXPORT-${jobId}/$`));
  expect(first.reportLocation).toBe(`${first.outputLocation}export.json`);
  const bucket = first.outputLocation.split('/')[2];
  const keys = await laptop.keys(bucket);

  // The export may no longer read the folder of its job. So the location of the report is not known, but the counts are.
  const kept = { ...first, reportLocation: 'UNKNOWN' };
  expect(await deploy({ outputPrefix: 'elsewhere/', allowEmpty: true })).toEqual(kept);
  const { jobStatus, outputLocation } = first;
  const counts = { filesExported: 'UNKNOWN', bytesExported: 'UNKNOWN', resourcesExported: 'UNKNOWN' };
  expect(await deploy({}, 'Moved')).toEqual({ ...counts, jobId, jobStatus, outputLocation, reportLocation: 'UNKNOWN' });
  expect(laptop.calls('healthlake', 'StartFHIRExportJob')).toBe(1);
  expect(await laptop.keys(bucket)).toEqual(keys);

  const second = await deploy({ revision: '2' }, 'Moved');
  expect(laptop.exports()).toMatchObject([{ JobId: jobId }, { JobId: second.jobId }]);
  expect(second).toMatchObject({ jobStatus, filesExported: '1', resourcesExported: '3' });
  expect(second.outputLocation).toContain(`-FHIR_EXPORT-${second.jobId}/`);
  expect(await laptop.keys(bucket)).toEqual(expect.arrayContaining(keys));
  expect(await laptop.readJson(second.reportLocation)).toMatchObject({ jobId: second.jobId, location: second.outputLocation, resources: 3 });
}));

test('a roll-back after a successful export starts no job, and the next deployment adopts the export', withPatients({}, async (laptop, data) => {
  expect(await laptop.deploy(exportApp(data, { revision: '1' }, addResults))).toBe(0);
  const first = resultsOf(laptop);
  expect(await laptop.deploy(exportApp(data, { revision: '2' }, (stack, fhirExport) => {
    addResults(stack, fhirExport);
    failAfter(fhirExport, data);
  }))).toBe(1);
  expect(laptop.stack('Export').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(resultsOf(laptop)).toEqual(first);

  expect(await laptop.deploy(exportApp(data, { revision: '2' }, addResults))).toBe(0);
  expect(laptop.exports()).toMatchObject([{ JobId: first.jobId }, { JobId: resultsOf(laptop).jobId }]);
}));
