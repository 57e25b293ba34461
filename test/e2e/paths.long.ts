import { type App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import { existing, on, patients } from './harness/laptop';
import { Completion, FhirImport, FhirImportProvider, FhirSource } from '../../src';

jest.setTimeout(240_000);

test('a time-out rolls the stack back; the job goes on, and the next deployment finds it',
  on({ timeScale: 20, healthlake: { pace: { minimumDurationMs: 120_000 } } }, async (laptop, data) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    const app = (root: App) => {
      const stack = new Stack(root, 'Import');
      const { datastore, data: bucket } = existing(stack, data);
      new FhirImport(stack, 'Patients', {
        datastore, source: FhirSource.bucket(bucket, 'in/'), completion: Completion.waitFor({ timeout: Duration.minutes(1) }),
      });
    };
    expect((await laptop.cdk('deploy', app)).exitCode).toBe(1);
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
    const reason = laptop.reasons('Import').find((text) => text.includes('FHIR import job'));
    expect(reason).toContain('the time is up and the job has not ended');
    expect(reason).toContain('goes on at HealthLake');

    await laptop.aws.clock.sleep(120_000);
    expect(laptop.jobs()).toMatchObject([{ JobStatus: 'FAILED' }]);
    expect((await laptop.cdk('deploy', app)).exitCode).toBe(1); // takes longer than its time-out again
    expect(laptop.jobs()).toHaveLength(2);
  }));

test('data store, buckets and import in one deployment', on({ timeScale: 20 }, async (laptop, data) => {
  await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
  const app = (root: App) => {
    const stack = new Stack(root, 'All');
    const datastore = new CfnFHIRDatastore(stack, 'Datastore', { datastoreTypeVersion: 'R4' });
    datastore.applyRemovalPolicy(RemovalPolicy.RETAIN);
    new FhirImport(stack, 'Patients', { datastore, source: FhirSource.bucket(Bucket.fromBucketName(stack, 'Data', data.bucket), 'in/') });
  };
  expect((await laptop.cdk('deploy', app)).exitCode).toBe(0);
  expect(laptop.jobs()).toMatchObject([{ JobStatus: 'COMPLETED' }]);
}));

test('a prefix without files fails before anything is started, and says so', on({ timeScale: 20 }, async (laptop, data) => {
  const app = (root: App) => {
    const stack = new Stack(root, 'Import');
    const { datastore, data: bucket } = existing(stack, data);
    new FhirImport(stack, 'Nothing', { datastore, source: FhirSource.bucket(bucket, 'not-here/') });
  };
  expect((await laptop.cdk('deploy', app)).exitCode).toBe(1);
  expect(laptop.reasons('Import').join('\n')).toContain('no import job was started: there is nothing to import under s3://hospital-data/not-here/');
  expect(laptop.jobs()).toEqual([]);
}));

test('several imports into one data store run in their order, and one more adds no second provider', on({ timeScale: 20 }, async (laptop, data) => {
  for (const name of ['a', 'b', 'c']) {
    await laptop.upload(data.bucket, `${name}/Patient.ndjson`, patients(5, name));
  }
  const app = (names: string[]) => (root: App) => {
    const stack = new Stack(root, 'Imports');
    const { datastore, data: bucket } = existing(stack, data);
    const imports = names.map((name) => new FhirImport(stack, name, { datastore, source: FhirSource.bucket(bucket, name) }));
    imports.slice(1).forEach((later, n) => later.executeAfter(imports[n]));
  };
  expect((await laptop.cdk('deploy', app(['c', 'a']))).exitCode).toBe(0);
  expect((await laptop.cdk('deploy', app(['c', 'a', 'b']))).exitCode).toBe(0);
  const jobs = laptop.jobs();
  expect(jobs.map(({ InputDataConfig: input }) => input?.S3Uri?.split('/').at(-2))).toEqual(['c', 'a', 'b']);
  jobs.slice(1).forEach(({ SubmitTime: submitted }, n) => expect(submitted!.getTime()).toBeGreaterThanOrEqual(jobs[n].EndTime!.getTime()));
}));

test('an exchanged provider finds the job', on({ timeScale: 20 }, async (laptop, data) => {
  await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
  const app = (providerId?: string) => (root: App) => {
    const stack = new Stack(root, 'Import');
    const { datastore, data: bucket } = existing(stack, data);
    const fhirImport = new FhirImport(stack, 'Patients', {
      datastore,
      source: FhirSource.bucket(bucket, 'in/'),
      provider: providerId ? new FhirImportProvider(stack, providerId) : undefined,
    });
    new CfnOutput(stack, 'jobId', { value: fhirImport.jobId });
  };
  expect((await laptop.cdk('deploy', app())).exitCode).toBe(0);
  expect((await laptop.cdk('deploy', app('Other'))).exitCode).toBe(0);
  expect((await laptop.cdk('deploy', app('Third'))).exitCode).toBe(0);
  expect(laptop.jobs()).toHaveLength(1);
  expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[0].JobId);
}));

test('an update that failed before its start, without roll-back, is made up for by the next deployment', on({ timeScale: 20 }, async (laptop, data) => {
  await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
  const app = (revision: string, mayPassRole = true) => (root: App) => {
    const stack = new Stack(root, 'Import');
    const { datastore, data: bucket } = existing(stack, data);
    const fhirImport = new FhirImport(stack, 'Patients', { datastore, source: FhirSource.bucket(bucket, 'in/'), revision });
    new CfnOutput(stack, 'jobId', { value: fhirImport.jobId });
    if (!mayPassRole) {
      (fhirImport.operatorRole.node.defaultChild as CfnRole).addPropertyOverride('Policies.0.PolicyDocument.Statement.1.Effect', 'Deny');
    }
  };
  expect((await laptop.cdk('deploy', app('1'))).exitCode).toBe(0);
  expect((await laptop.cdk('deploy', app('2', false), '--no-rollback')).exitCode).toBe(1);
  expect(laptop.stack('Import').status).toBe('UPDATE_FAILED');
  expect(laptop.jobs()).toHaveLength(1);

  expect((await laptop.cdk('deploy', app('2'), '--no-rollback')).exitCode).toBe(0);
  expect(laptop.jobs()).toHaveLength(2);
  expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
}));

test('calls that hang are given up and made again', on({ timeScale: 20 }, async (laptop, data) => {
  await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
  const hang = { kind: 'delay', ms: 400_000, times: 1 } as const; // longer than a function may run
  laptop.aws.router.faults.inject({ service: 'sts', operation: 'AssumeRole', ...hang, times: 2 });
  laptop.aws.router.faults.inject({ service: 'healthlake', operation: 'ListFHIRImportJobs', ...hang });
  laptop.aws.router.faults.inject({ service: 'healthlake', operation: 'DescribeFHIRImportJob', ...hang });
  const app = (root: App) => {
    const stack = new Stack(root, 'Import');
    const { datastore, data: bucket } = existing(stack, data);
    new FhirImport(stack, 'Patients', { datastore, source: FhirSource.bucket(bucket, 'in/') });
  };
  const { exitCode, output } = await laptop.cdk('deploy', app);
  expect(output).toContain('CREATE_COMPLETE');
  expect(exitCode).toBe(0);
  expect(laptop.jobs()).toMatchObject([{ JobStatus: 'COMPLETED' }]);
}));
