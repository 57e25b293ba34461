import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { existing } from './harness/import-app';
import { type Existing, onLaptop } from './harness/laptop';
import { FhirImport, FhirSource, FhirStorage } from '../../src';

jest.setTimeout(300_000);

const SAMPLE = { dataIsSynthetic: true };
const BUNDLES = join(__dirname, '../../examples/data/synthea-bundles');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'repository-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file with patients. */
const write = (...ids: string[]) =>
  writeFileSync(join(folder, 'Patient.ndjson'), ids.map((id) => `${JSON.stringify({ resourceType: 'Patient', id })}\n`).join(''));

/** Returns a function that adds a stack with an import of files to an app. */
const app = (data: Existing, source: () => FhirSource, id = 'Patients') => (root: App) => {
  const stack = new Stack(root, 'Repository');
  const { datastore } = existing(stack, data);
  const storage = new FhirStorage(stack, 'Storage');
  const imported = new FhirImport(stack, id, { datastore, storage, source: source() });
  new CfnOutput(stack, 'bucket', { value: storage.inputBucket.bucketName });
  new CfnOutput(stack, 'imported', { value: imported.resourcesImported });
};

const directory = () => FhirSource.directory(folder, SAMPLE);

test('a folder is uploaded and imported, again if its content changes, and not if it stays the same', onLaptop({}, async (laptop, data) => {
  write('a', 'b');
  expect(await laptop.deploy(app(data, directory))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
  expect(laptop.output('Repository', 'imported')).toBe('2');
  const first = await laptop.keys(laptop.output('Repository', 'bucket'));
  expect(first).toEqual([expect.stringMatching(/^fhir\/[0-9a-f]{20}\/Patient\.ndjson$/)]);

  expect((await laptop.cdk('deploy', app(data, directory))).output).toContain('(no changes)');

  write('a', 'b', 'c');
  expect(await laptop.deploy(app(data, directory))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
  expect(laptop.output('Repository', 'imported')).toBe('3');
  expect(await laptop.keys(laptop.output('Repository', 'bucket'))).toEqual(expect.arrayContaining([...first]));

  write('a', 'b');
  expect(await laptop.deploy(app(data, directory))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']); // the data set was imported before
  expect(laptop.logs()).not.toContain('objects of the input changed');

  expect((await laptop.cdk('destroy', app(data, directory))).exitCode).toBe(0);
}));

test('Bundles of Synthea are converted, uploaded and imported', onLaptop({}, async (laptop, data) => {
  expect(await laptop.deploy(app(data, () => FhirSource.bundles(BUNDLES, SAMPLE)))).toBe(0);

  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
  expect(laptop.output('Repository', 'imported')).toBe(String(laptop.aws.healthlake.healthLake.resources(data.datastoreId).length));
  expect(laptop.aws.healthlake.healthLake.resources(data.datastoreId).length).toBeGreaterThan(100);
}));

test('a folder with a line that HealthLake would reject deploys nothing', onLaptop({}, async (laptop, data) => {
  write('a', 'not legal');
  const { exitCode, output } = await laptop.cdk('deploy', app(data, directory));

  expect(exitCode).not.toBe(0);
  expect(output).toContain('the id is not legal, at Patient.ndjson:2; ');
  expect(output).not.toContain('not legal"');
  expect(laptop.aws.cloudformation.stacks.all()).toEqual([]);
  expect(laptop.jobs()).toEqual([]);
}));
