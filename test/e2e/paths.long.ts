import { type App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Completion, FhirImport, FhirJobProvider, FhirSource } from '../../src';
import { importApp } from './harness/import-app';
import { onLaptop } from './harness/laptop';

jest.setTimeout(240_000);

test('a deployment rolls back when its job outlasts the time-out, and the next deployment starts a new job', onLaptop(
  { healthlake: { pace: { minimumDurationMs: 1_200_000 } } }, async (laptop, data) => {
    const app = importApp(data, { completion: Completion.waitFor({ timeout: Duration.minutes(1) }) });
    expect(await laptop.deploy(app)).toBe(1);
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
    const reason = laptop.reasons('Import').find((text) => text.includes('FHIR import job'));
    expect(reason).toContain('the time is up and the job has not ended');
    expect(reason).toContain('goes on at HealthLake');

    await laptop.untilNoJobRuns();
    expect(laptop.jobStatuses()).toEqual(['FAILED']); // the roll-back removed the job's role
    expect(await laptop.deploy(app)).toBe(1); // the new job outlasts the time-out too
    expect(laptop.jobs()).toHaveLength(2);
  }));

test('one deployment creates the data store, the buckets and the import', onLaptop({}, async (laptop, data) => {
  const app = (root: App) => {
    const stack = new Stack(root, 'All');
    const datastore = new CfnFHIRDatastore(stack, 'Datastore', { datastoreTypeVersion: 'R4' });
    datastore.applyRemovalPolicy(RemovalPolicy.RETAIN);
    new FhirImport(stack, 'Patients', { datastore, source: FhirSource.bucket(Bucket.fromBucketName(stack, 'Data', data.bucket), 'in/') });
  };
  expect(await laptop.deploy(app)).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
}));

test('an import fails without starting a job when its prefix has no files', onLaptop({}, async (laptop, data) => {
  expect(await laptop.deploy(importApp(data, (_, bucket) => ({ source: FhirSource.bucket(bucket, 'not-here/') })))).toBe(1);
  expect(laptop.reasons('Import').join('\n')).toContain('no import job was started: there is nothing to import under s3://hospital-data/not-here/');
  expect(laptop.jobs()).toEqual([]);
}));

test('an import whose provider changes adopts its earlier job and starts no new job', onLaptop({}, async (laptop, data) => {
  expect(await laptop.deploy(importApp(data))).toBe(0);
  for (const id of ['Other', 'Third']) {
    expect(await laptop.deploy(importApp(data, (stack) => ({ provider: new FhirJobProvider(stack, id) })))).toBe(0);
  }
  expect(laptop.jobs()).toHaveLength(1);
  expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[0].JobId);
}));

test('a deployment starts a job if the previous deployment used --no-rollback and failed before it started a job', onLaptop({}, async (laptop, data) => {
  const deploy = (revision: string, mayPassRole = true) => laptop.deploy(importApp(data, { revision }, (_, fhirImport) => {
    if (!mayPassRole) {
      (fhirImport.operatorRole.node.defaultChild as CfnRole).addPropertyOverride('Policies.0.PolicyDocument.Statement.1.Effect', 'Deny');
    }
  }), '--no-rollback');
  expect(await deploy('1')).toBe(0);
  expect(await deploy('2', false)).toBe(1);
  expect(laptop.stack('Import').status).toBe('UPDATE_FAILED');
  expect(laptop.jobs()).toHaveLength(1);

  expect(await deploy('2')).toBe(0);
  expect(laptop.jobs()).toHaveLength(2);
  expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
}));

test('the handler aborts and retries AWS calls that hang', onLaptop({}, async (laptop, data) => {
  const hang = { kind: 'delay', ms: 400_000, times: 1 } as const; // longer than the time-out of the functions
  laptop.aws.router.faults.inject({ service: 'sts', operation: 'AssumeRole', ...hang, times: 2 });
  laptop.aws.router.faults.inject({ service: 'healthlake', operation: 'ListFHIRImportJobs', ...hang });
  laptop.aws.router.faults.inject({ service: 'healthlake', operation: 'DescribeFHIRImportJob', ...hang });
  expect(await laptop.deploy(importApp(data))).toBe(0);
  expect(laptop.stack('Import').status).toBe('CREATE_COMPLETE');
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
}));
