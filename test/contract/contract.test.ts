import { DescribeFHIRImportJobCommand, type JobStatus } from '@aws-sdk/client-healthlake';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { contractOf, OF_THE_APP, shapeOf, VERSIONS, without } from './recorded';
import { isComplete } from '../../lambda';
import { fingerprintOf } from '../../lambda/import/fingerprint';
import { IMPORT } from '../../lambda/import/kind';
import { outcomeOf, watchedJobOf } from '../../lambda/jobs/monitor/start';
import { Completion, ErrorTolerance, FhirImport, FhirSource } from '../../src';
import { CONTRACT_VERSION, type ImportJobProperties, IMPORT_RESOURCE_TYPES, REPLACEMENT_GUARD_RESOURCE_TYPE } from '../../src/contract';
import { ReplacementGuard } from '../../src/datastore/private/replacement-guard';
import { Aws, importJob, jobEvent, outcomeEvent, report, waitEvent } from '../lambda/harness';
import { Deployed } from '../support/deployed';
import { monitorDefinitionOf, textsIn } from '../support/state-machine';
import { importInto, templateOf } from '../support/synth';

let aws: Aws;

beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

function jobIs(JobStatus: JobStatus, ...counts: Parameters<typeof report>): void {
  aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: importJob({ JobStatus, JobProgressReport: report(...counts) }) });
}

describe.each(VERSIONS)('the handler, for a stack of contract version %s,', (version) => {
  const {
    job, jobPhysicalId, fingerprint, outcome, outcomeWithoutOptional, outcomePhysicalId, jobAttributes, outcomeAttributes,
  } = contractOf(version);

  test('computes the recorded fingerprint, and a different fingerprint if the job has no revision', () => {
    expect(fingerprintOf(job)).toBe(fingerprint);
    const { Revision: _, ...withoutRevision } = job;
    expect(fingerprintOf(withoutRevision)).not.toBe(fingerprint);
  });

  test('reads every job attribute from the physical id in an update that keeps the data set', async () => {
    const event = jobEvent({ RequestType: 'Update', ResourceProperties: { ...job, OutputS3Uri: 's3://elsewhere/' }, OldResourceProperties: job, PhysicalResourceId: jobPhysicalId });
    const { physicalId, data } = await aws.run(event);
    expect(physicalId).toBe(jobPhysicalId);
    expect(Object.keys(data!)).toEqual(expect.arrayContaining([...jobAttributes]));
    expect([...aws.sent('StartFHIRImportJob'), ...aws.sent('ListFHIRImportJobs')]).toEqual([]);
  });

  test('reads every outcome attribute from the physical id in an update', async () => {
    jobIs('FAILED', 1, 0, 1);
    const event = outcomeEvent({
      RequestType: 'Update', ResourceProperties: { ...outcome, TimeoutSeconds: '60' }, OldResourceProperties: outcome, PhysicalResourceId: outcomePhysicalId,
    });
    const { physicalId, data } = await aws.run(event);
    expect(physicalId).toBe(outcomePhysicalId);
    expect(Object.keys(data!)).toEqual(expect.arrayContaining([...outcomeAttributes]));
    expect(data).toMatchObject({ JobStatus: 'COMPLETED_WITH_ERRORS', ResourcesScanned: '1000', ResourcesImported: '996', ResourcesFailed: '4' });
  });

  test.each([
    ['with', outcome], ['without', without(outcome, outcomeWithoutOptional)],
  ])('returns the verdict on a completed job to an outcome resource %s the optional properties', async (_, properties) => {
    jobIs('COMPLETED', 5, 5, 0);
    const { data } = await aws.run(outcomeEvent({ ResourceProperties: properties }));
    expect(Object.keys(data!)).toEqual(expect.arrayContaining([...outcomeAttributes]));
    expect(data).toMatchObject({ JobStatus: 'COMPLETED', ResourcesScanned: '5', ResourcesImported: '5', ResourcesFailed: '0' });
  });
});

describe.each(VERSIONS.filter((version) => contractOf(version).wait !== undefined))('the handler, for a wait resource of contract version %s,', (version) => {
  const { wait, waitWithoutOptional, waitPhysicalId } = contractOf(version);
  beforeEach(() => jobIs('FAILED', 1, 0, 1));

  test.each([
    ['with', wait!], ['without', without(wait!, waitWithoutOptional)],
  ])('polls the job and returns no verdict to a wait resource %s the optional properties', async (_, properties) => {
    expect(await aws.run(waitEvent({ ResourceProperties: properties }))).toMatchObject({ physicalId: waitPhysicalId, data: {} });
    expect(aws.sent('DescribeFHIRImportJob')).toEqual([{ DatastoreId: wait!.DatastoreId, JobId: wait!.JobId }]);
  });

  test('keeps the physical id if the time-out and the position of the wait resource change', async () => {
    const { physicalId } = await aws.run(waitEvent({
      RequestType: 'Update', ResourceProperties: { ...wait, TimeoutSeconds: '60', LegsBefore: '3' }, OldResourceProperties: wait, PhysicalResourceId: waitPhysicalId,
    }));
    expect(physicalId).toBe(waitPhysicalId);
  });
});

const DECLARING = VERSIONS.filter((version) => contractOf(version).jobPhysicalIdOfDeclared !== undefined);

describe.each(DECLARING)('the handler, for an import with alreadyImported in contract version %s,', (version) => {
  const { job, jobPhysicalIdOfDeclared, outcome, outcomePhysicalIdOfDeclared, outcomeAttributes } = contractOf(version);
  test.each([['keeps', job], ['removes', without(job, ['AlreadyImported'])]])('starts no job in an update that %s alreadyImported', async (_, properties) => {
    const event = jobEvent({
      RequestType: 'Update', ResourceProperties: { ...properties, OutputS3Uri: 's3://elsewhere/' }, OldResourceProperties: job, PhysicalResourceId: jobPhysicalIdOfDeclared,
    });
    expect(await aws.run(event)).toEqual({ after: 0, physicalId: jobPhysicalIdOfDeclared, data: { JobId: 'ALREADY_IMPORTED', InputChanged: 'UNKNOWN' } });
    expect(aws.callCount).toBe(0);
  });

  test('calls no AWS service in an update of the outcome resource', async () => {
    const event = outcomeEvent({
      RequestType: 'Update', ResourceProperties: { ...outcome, JobId: 'ALREADY_IMPORTED', TimeoutSeconds: '60' }, OldResourceProperties: outcome, PhysicalResourceId: outcomePhysicalIdOfDeclared,
    });
    const { physicalId, data } = await aws.run(event);
    expect(physicalId).toBe(outcomePhysicalIdOfDeclared);
    expect(Object.keys(data!)).toEqual(expect.arrayContaining([...outcomeAttributes]));
    expect(aws.callCount).toBe(0);
  });
});

/** Each pair of successive contract versions, older version first. */
const UPGRADES = VERSIONS.slice(1).map((version, index) => [VERSIONS[index], version]);

describe.each([
  ...UPGRADES, ...UPGRADES.map(([from, to]) => [to, from]),
])('the handler, in an update or rollback from contract version %s to %s,', (from, to) => {
  const [was, is] = [from, to].map(contractOf);
  test('starts no job and lists no jobs', async () => {
    const { physicalId, data } = await aws.run(jobEvent({
      RequestType: 'Update', ResourceProperties: without(is.job, ['AlreadyImported']), OldResourceProperties: was.job, PhysicalResourceId: was.jobPhysicalId,
    }));
    expect(physicalId).toBe(was.jobPhysicalId);
    expect(data).toEqual({ JobId: was.outcome.JobId, InputChanged: 'UNKNOWN' });
    expect([...aws.sent('StartFHIRImportJob'), ...aws.sent('ListFHIRImportJobs')]).toEqual([]);
  });

  test('keeps the recorded verdict', async () => {
    jobIs('FAILED', 1, 0, 1);
    const { physicalId, data } = await aws.run(outcomeEvent({
      RequestType: 'Update', ResourceProperties: is.outcome, OldResourceProperties: was.outcome, PhysicalResourceId: was.outcomePhysicalId,
    }));
    expect(physicalId).toBe(was.outcomePhysicalId);
    expect(Object.keys(data!)).toEqual(expect.arrayContaining([...is.outcomeAttributes]));
  });
});

test('the constructs write exactly the properties of the newest contract version', () => {
  expect(VERSIONS).toContain(CONTRACT_VERSION);
  expect(Math.max(...VERSIONS.map(Number))).toBe(Number(CONTRACT_VERSION));
  const { job, jobOfDetached, jobWithoutOptional, outcome, outcomeWithoutOptional, wait, waitWithoutOptional } = contractOf(CONTRACT_VERSION);

  const stack = new Stack(new App(), 'Import');
  const errorTolerance = ErrorTolerance.percent(0.5);
  const existing = { datastore: CfnFHIRDatastore.fromDatastoreId(stack, 'Datastore', job.DatastoreId), errorTolerance };
  const ofApp = { datastore: new CfnFHIRDatastore(stack, 'Own', { datastoreTypeVersion: 'R4' }), errorTolerance, alreadyImported: true, failIfInputChanged: true };
  const bucket = Bucket.fromBucketName(stack, 'Data', 'clinic-data');
  const completion = Completion.waitFor({ timeout: Duration.hours(2) });
  const quotas = { maxFiles: Number(job.Quotas!.MaxFiles) };
  const whole = new FhirImport(stack, 'Whole', { ...ofApp, source: FhirSource.bucket(bucket, 'a/'), revision: job.Revision, completion, quotas });
  whole.onFailed('Failed');
  const bare = new FhirImport(stack, 'Bare', { ...existing, source: FhirSource.bucket(bucket, 'b/'), failureReport: false });
  bare.executeAfter(whole);
  new FhirImport(stack, 'Detached', { ...ofApp, source: FhirSource.bucket(bucket, 'c/'), revision: '1', completion: Completion.detached() }).executeAfter(bare);
  const template = Template.fromStack(stack);
  const shapesOf = (type: string) => Object.values(template.findResources(type)).map(({ Properties }) => shapeOf(Properties));

  expect(shapesOf(IMPORT_RESOURCE_TYPES.job))
    .toEqual([without(shapeOf(job), jobOfDetached), without(shapeOf(job), jobWithoutOptional), shapeOf(job)]);
  expect(shapesOf(IMPORT_RESOURCE_TYPES.outcome)).toEqual([shapeOf(outcome), without(shapeOf(outcome), outcomeWithoutOptional)]);
  expect(shapesOf(IMPORT_RESOURCE_TYPES.wait)).toEqual([without(shapeOf(wait!), waitWithoutOptional), shapeOf(wait!)]);
  const [written] = Object.values(template.findResources(IMPORT_RESOURCE_TYPES.job)).map(({ Properties }) => Properties as ImportJobProperties);
  expect(written).toMatchObject(without(job, [...OF_THE_APP, ...jobOfDetached!]));
  expect(written.ContractVersion).toBe(CONTRACT_VERSION);
});

test('a replacement guard writes exactly the properties of the newest contract version', () => {
  const { guard, guardWithoutOptional } = contractOf(CONTRACT_VERSION);
  const stack = new Stack(new App(), 'Data');
  const preloadDataConfig = { preloadDataType: 'SYNTHEA' };
  const sseConfiguration = { kmsEncryptionConfig: { cmkType: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: guard!.KmsKeyId } };
  [{ preloadDataConfig, sseConfiguration }, {}].forEach((props, n) => {
    const datastore = new CfnFHIRDatastore(stack, `Datastore${n}`, { datastoreTypeVersion: 'R4', ...props });
    new ReplacementGuard(stack, `Guard${n}`, { datastore, allowReplacement: false });
  });
  const guards = Object.values(Template.fromStack(stack).findResources(REPLACEMENT_GUARD_RESOURCE_TYPE));
  const written = guards.map(({ Properties }) => Properties as object);

  expect(written.map(shapeOf)).toEqual([shapeOf(guard!), without(shapeOf(guard!), guardWithoutOptional)]);
  expect(written[0]).toMatchObject(without(guard!, ['ServiceToken', 'DatastoreLogicalId']));
});

describe('the input of a monitor execution', () => {
  const { job, outcome, watched } = contractOf(CONTRACT_VERSION);
  const inputOf = (properties: ImportJobProperties): unknown =>
    JSON.parse(JSON.stringify(watchedJobOf(IMPORT, outcomeOf(IMPORT, properties, outcome.JobId, job.Watch!), watched!.RequestedAt)));

  test('equals the input that the contract records', () => {
    expect(inputOf(job)).toEqual(watched);
  });

  test('has no Report and no EventBusArn if the job has neither', () => {
    const { Report: _report, EventBusArn: _bus, ...properties } = job;
    const { Report: _r, EventBusArn: _b, ...expected } = watched!.Import;

    expect(inputOf(properties)).toEqual({ ...watched, Import: expected });
  });

  test('has every field that the state machine reads, and the state machine passes the input to the handler unchanged', () => {
    const stack = new Stack(new App(), 'Stack');
    importInto(stack, { completion: Completion.detached() });
    const { States } = monitorDefinitionOf(new Deployed(templateOf(stack)));
    const { Parameters: { Payload } } = States.Judge as unknown as { Parameters: { Payload: Record<string, string> } };
    const named = textsIn(States).flatMap((text) => text.match(/\$\.[\w.]+/g) ?? []).filter((path) => !/^\$\.(Look|Judged|Payload|State)\b/.test(path));
    const at = (path: string) => path.split('.').slice(1).reduce<unknown>((value, member) => (value as Record<string, unknown>)[member], watched);

    expect(new Set(named).size).toBeGreaterThan(6);
    expect(named.filter((path) => at(path) === undefined)).toEqual([]);
    expect(Object.fromEntries(Object.entries(Payload).map(([member, path]) => [member.replace(/\.\$$/, ''), at(path)]))).toEqual(watched);
  });
});

const WATCHED = VERSIONS.filter((version) => contractOf(version).watched);

describe.each(WATCHED)('a monitor execution of contract version %s', (version) => {
  const watched = contractOf(version).watched!;
  const { Report: _report, EventBusArn: _bus, InputS3Uri: _input, ...bare } = watched.Import;
  test.each([
    ['COMPLETED', 'succeeded', 'FHIR Import Succeeded'],
    ['FAILED', 'failed', 'FHIR Import Failed'],
    ['IN_PROGRESS', 'wait', undefined],
  ] as const)('polls a job with the status %s and returns the decision %s', async (JobStatus, Decision, DetailType) => {
    jobIs(JobStatus, 5, 5, 0);

    expect(await isComplete(watched)).toEqual({ Decision, FailingSince: 0 });
    expect(aws.sent('PutEvents')).toEqual(DetailType === undefined ? [] : [{
      Entries: [{ EventBusName: watched.Import.EventBusArn, Source: 'cdk-healthlake-import', DetailType, Detail: expect.any(String) }],
    }]);
  });

  test('returns a decision and emits no event if its input lacks the optional properties', async () => {
    jobIs('COMPLETED', 5, 5, 0);

    expect(await isComplete({ ...watched, Import: bare })).toEqual({ Decision: 'succeeded', FailingSince: 0 });
    expect(aws.sent('PutEvents')).toEqual([]);
  });
});
