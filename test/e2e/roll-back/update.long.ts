import { type App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FhirImport, FhirSource } from '../../../src';
import { existing, on, patients } from '../harness/laptop';

jest.setTimeout(240_000);

const REVERSALS = [true, false].flatMap((sendsUpdate) =>
  (['old', 'new'] as const).flatMap((id) => (['old', 'new'] as const).map((references) => ({ sendsUpdate, id, references }))));

test.each(REVERSALS)('whatever CloudFormation does with a new id on a roll-back, no job is started: %j', async (reversal) => {
  const options = { timeScale: 20, cloudformation: { rollbackAfterUpdate: { succeeded: reversal, failed: reversal } } };
  await on(options, async (laptop, data) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    const app = (revision: string, fails = false) => (root: App) => {
      const stack = new Stack(root, 'Import');
      const { datastore, data: bucket } = existing(stack, data);
      const fhirImport = new FhirImport(stack, 'Patients', { datastore, source: FhirSource.bucket(bucket, 'in/'), revision });
      if (fails) {
        fhirImport.executeBefore(new Bucket(stack, 'Taken', { bucketName: data.bucket }));
      }
    };
    expect((await laptop.cdk('deploy', app('1'))).exitCode).toBe(0);
    expect((await laptop.cdk('deploy', app('2', true))).exitCode).toBe(1);
    expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(laptop.jobs()).toHaveLength(2);

    await laptop.upload(data.bucket, 'in/bad.ndjson', [{ resourceType: 'Patient' }]);
    expect((await laptop.cdk('deploy', app('3'))).exitCode).toBe(1);
    expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(laptop.jobs()).toHaveLength(3);

    await laptop.remove(data.bucket, 'in/bad.ndjson');
    expect((await laptop.cdk('deploy', app('3'))).exitCode).toBe(0);
    expect(laptop.jobs().map(({ JobStatus: status }) => status)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED_WITH_ERRORS', 'COMPLETED']);
  })();
});
