import { readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { CreateFHIRDatastoreCommand, HealthLakeClient } from '@aws-sdk/client-healthlake';
import { type App, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { FhirExport, FhirImport, FhirSource } from '../../../src';
import { addResults, resultsOf } from '../harness/export-app';
import { importApp } from '../harness/import-app';
import { type Laptop, onLaptop, type Resource } from '../harness/laptop';

jest.setTimeout(180_000);

const SAMPLE = join(__dirname, '../../../examples/data/synthea');
const FILES = readdirSync(SAMPLE).map((name) => ({
  name, type: parse(name).name, resources: readFileSync(join(SAMPLE, name), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Resource),
}));
const OF_TYPE = Object.fromEntries(FILES.map(({ type, resources }) => [type, resources]));

/** Returns a function that adds a stack `Copy` to an app. The stack exports one data store and imports the exported folder into another one. */
const copyApp = (from: string, to: string, revision: string) => (app: App): void => {
  const stack = new Stack(app, 'Copy');
  const [source, target] = [from, to].map((datastoreId, index) => CfnFHIRDatastore.fromDatastoreId(stack, `Datastore${index}`, datastoreId));
  const fhirExport = new FhirExport(stack, 'Export', { datastore: source, outputPrefix: 'copies/', revision });
  new FhirImport(stack, 'Import', { datastore: target, source: FhirSource.bucket(fhirExport.storage.outputBucket, fhirExport.outputFolder) });
  addResults(stack, fhirExport);
};

async function createDatastore({ aws: { endpoint, region, credentials } }: Laptop): Promise<string> {
  const healthlake = new HealthLakeClient({ endpoint, region, credentials });
  const { DatastoreId: datastoreId } = await healthlake.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4' }));
  healthlake.destroy();
  return datastoreId!;
}

test('one deployment copies all resources of a data store into another one, without history and deleted resources', onLaptop(
  { healthlake: { datastoreCreationMs: 0, resourcesPerExportFile: 500 } }, async (laptop, data) => {
    const { healthLake } = laptop.aws.healthlake;
    const stored = (id: string, type?: string) => Object.fromEntries(healthLake.resources(id, type)
      .map((resource) => [`${resource.resourceType}/${resource.id}`, JSON.parse(resource.json) as Resource]));
    await laptop.remove(data.bucket, 'in/Patient.ndjson');
    for (const { name, resources } of FILES) {
      await laptop.upload(data.bucket, `in/${name}`, resources);
    }
    expect(await laptop.deploy(importApp(data))).toBe(0);

    const [updated] = OF_TYPE.Patient;
    const [deleted] = OF_TYPE.CareTeam;
    expect(await laptop.fhir('PUT', data.datastoreId, { ...updated, language: 'de' } as Resource)).toBe(200);
    expect(await laptop.fhir('DELETE', data.datastoreId, deleted)).toBe(204);
    const copy = await createDatastore(laptop);
    expect(await laptop.deploy(copyApp(data.datastoreId, copy, '1'))).toBe(0);

    const original = stored(data.datastoreId);
    expect(Object.keys(original)).toHaveLength(FILES.flatMap(({ resources }) => resources).length - 1);
    expect(stored(copy)).toEqual(original);
    const names = ({ resourceType, id }: Resource) => [resourceType, id] as const;
    expect(healthLake.resource(data.datastoreId, ...names(updated))!.versionId).toBe(2);
    expect(healthLake.resource(copy, ...names(updated))).toMatchObject({ versionId: 1, json: expect.stringContaining('"language":"de"') });
    expect(healthLake.resource(copy, ...names(deleted))).toBeUndefined();

    // The report has the numbers of the data store.
    const { jobId, reportLocation, outputLocation: location, ...results } = resultsOf(laptop, 'Copy');
    const report = await laptop.readJson(reportLocation) as Report;
    const resources = Object.keys(original).length;
    expect(report).toMatchObject({ datastoreId: data.datastoreId, jobId, location, complete: true, counted: true, resources });
    expect(Object.fromEntries(report.types.map((type) => [type.type, type.resources])))
      .toEqual(Object.fromEntries(FILES.map(({ type }) => [type, Object.keys(stored(data.datastoreId, type)).length])));
    expect(report.types.find(({ type }) => type === 'Observation')!.files).toBe(Math.ceil(OF_TYPE.Observation.length / 500));
    expect(report.types.reduce((sum, { files }) => sum + files, 0)).toBe(report.files);
    const { files, bytes } = report;
    expect(results).toEqual({ jobStatus: 'COMPLETED', filesExported: String(files), bytesExported: String(bytes), resourcesExported: String(resources) });

    // A new revision is a new folder, which is a new data set for the import.
    expect(await laptop.fhir('PUT', data.datastoreId, { ...updated, language: 'fr' } as Resource)).toBe(200);
    expect(await laptop.deploy(copyApp(data.datastoreId, copy, '2'))).toBe(0);
    expect(stored(copy)).toEqual(stored(data.datastoreId));
    expect(laptop.exports()).toHaveLength(2);
    expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
  }));

interface Report {
  readonly files: number;
  readonly bytes: number;
  readonly types: readonly { readonly type: string; readonly files: number; readonly resources: number }[];
}
