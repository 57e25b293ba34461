import { RemovalPolicy } from 'aws-cdk-lib';
import { FhirSource, FhirStorage } from '../../../src';
import { failAfter, importApp } from '../harness/import-app';
import { type Existing, onLaptop } from '../harness/laptop';

jest.setTimeout(180_000);

test('a deployment rolls back when a resource fails after the import, and the next deployment adopts the job', onLaptop({}, async (laptop, data) => {
  expect(await laptop.deploy(app(data, '1', true))).toBe(1);
  expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);

  expect(await laptop.deploy(app(data, '1', false))).toBe(0);
  expect(laptop.jobs()).toHaveLength(1);

  expect(await laptop.deploy(app(data, '2', true))).toBe(1);
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(laptop.jobs()).toHaveLength(2);

  expect(await laptop.deploy(app(data, '2', false))).toBe(0);
  expect(laptop.jobs()).toHaveLength(2);
}));

/** Returns an app whose storage is deleted with the stack, so that the next deployment can create the storage again. */
function app(data: Existing, revision: string, fails: boolean) {
  return importApp(data, (stack, bucket) => ({
    revision,
    source: FhirSource.bucket(bucket, ''),
    storage: new FhirStorage(stack, 'Storage', { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }),
  }), (_, fhirImport) => fails && failAfter(fhirImport, data));
}
