import { type App, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FhirDatastore, FhirExport, FhirImport, FhirJobProvider, FhirSource } from '../../../src';
import { addResults, resultsOf } from '../harness/export-app';
import { onLaptop } from '../harness/laptop';

jest.setTimeout(180_000);

test('one deployment creates a data store with a customer managed key, imports into it, and then exports it', onLaptop({}, async (laptop, { bucket }) => {
  const app = (root: App): void => {
    const stack = new Stack(root, 'All');
    const datastore = new FhirDatastore(stack, 'Datastore', { encryptionKey: new Key(stack, 'Key') });
    const provider = new FhirJobProvider(stack, 'Provider');
    // The id of the export sorts before the id of the import, so only executeAfter() makes the export wait.
    const fhirExport = new FhirExport(stack, 'Backup', { datastore, provider });
    const source = FhirSource.bucket(Bucket.fromBucketName(stack, 'Data', bucket), 'in/');
    fhirExport.executeAfter(new FhirImport(stack, 'Patients', { datastore, provider, source }));
    addResults(stack, fhirExport);
  };
  const { exitCode, output } = await laptop.cdk('deploy', app);
  expect(exitCode).toBe(0);
  expect(output).not.toMatch(/\[Warning/);
  const [imported, ...otherImports] = laptop.jobs();
  const [exported, ...otherExports] = laptop.exports();
  expect([...otherImports, ...otherExports]).toEqual([]);
  expect(exported.SubmitTime!.getTime()).toBeGreaterThanOrEqual(imported.EndTime!.getTime());
  expect(exported.DatastoreId).toBe(imported.DatastoreId);
  expect(resultsOf(laptop, 'All')).toMatchObject({ jobId: exported.JobId, jobStatus: 'COMPLETED', resourcesExported: '3' });
}));
