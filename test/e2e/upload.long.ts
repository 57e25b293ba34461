import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, CfnOutput, FileSystem, Stack } from 'aws-cdk-lib';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { existing } from './harness/import-app';
import { type Existing, onLaptop } from './harness/laptop';
import { FhirImport, FhirSource, FhirStorage } from '../../src';

jest.setTimeout(300_000);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'upload-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file with one patient, of the same size for every language. */
const write = (language: 'de' | 'fr') =>
  writeFileSync(join(folder, 'Patient.ndjson'), `${JSON.stringify({ resourceType: 'Patient', id: 'p-0', language })}\n`);

/** Returns a function that adds the README's stack with an upload and its import to an app. */
const app = (data: Existing) => (root: App) => {
  const stack = new Stack(root, 'Upload');
  const { datastore } = existing(stack, data);
  const storage = new FhirStorage(stack, 'Storage');
  const files = new BucketDeployment(stack, 'Files', {
    sources: [Source.asset(folder)],
    destinationBucket: storage.inputBucket,
    destinationKeyPrefix: 'input',
  });
  const uploaded = new FhirImport(stack, 'Uploaded', { datastore, storage, source: FhirSource.storage(), revision: FileSystem.fingerprint(folder) });
  uploaded.executeAfter(files);
  new CfnOutput(stack, 'bucket', { value: storage.inputBucket.bucketName });
  new CfnOutput(stack, 'imported', { value: uploaded.resourcesImported });
};

test('an upload and its import in one stack import the files of a folder, and import them again if they have changed', onLaptop({}, async (laptop, data) => {
  const patient = () => {
    const { versionId, json } = laptop.aws.healthlake.healthLake.resource(data.datastoreId, 'Patient', 'p-0')!;
    return { versionId, language: JSON.parse(json).language };
  };

  write('de');
  expect(await laptop.deploy(app(data))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
  expect(laptop.output('Upload', 'imported')).toBe('1');
  expect(patient()).toEqual({ versionId: 1, language: 'de' });
  const object = laptop.aws.s3.context.buckets.get(laptop.output('Upload', 'bucket')).find('input/Patient.ndjson');
  expect(object?.encryption).toMatchObject({ algorithm: 'aws:kms' });

  expect((await laptop.cdk('deploy', app(data))).output).toContain('(no changes)');

  write('fr');
  expect(await laptop.deploy(app(data))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
  expect(patient()).toEqual({ versionId: 2, language: 'fr' });

  expect((await laptop.cdk('destroy', app(data))).exitCode).toBe(0);
}));
