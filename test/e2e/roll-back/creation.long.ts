import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Completion, FhirImport, FhirSource, FhirStorage } from '../../../src';
import { changesOf } from '../harness/custom-resources';
import { type Existing, existing, type Laptop, on, patients } from '../harness/laptop';

jest.setTimeout(300_000);

/** The roll-back of a creation takes the roles that were made with it from under a job that still runs. */

const MINUTE = 60_000;

/** Every job takes 20 minutes; a deployment that waits for 5 gives up. */
const SLOW = { timeScale: 40, healthlake: { pace: { minimumDurationMs: 20 * MINUTE } } };
const TOO_SHORT = Completion.waitFor({ timeout: Duration.minutes(5) });
const LONG_ENOUGH = Completion.waitFor({ timeout: Duration.minutes(30) });

/** A stack with imports, each of the folder that it is named after, one after the other. */
const app = (data: Existing, completions: Readonly<Record<string, Completion>>) => (root: App) => {
  const stack = new Stack(root, 'Import');
  const { datastore, data: bucket } = existing(stack, data);
  let previous: FhirImport | undefined;
  for (const [name, completion] of Object.entries(completions)) {
    const fhirImport = new FhirImport(stack, name, { datastore, source: FhirSource.bucket(bucket, name), completion });
    fhirImport.executeAfter(...(previous ? [previous] : []));
    previous = fhirImport;
    new CfnOutput(stack, `${name}JobId`, { value: fhirImport.jobId });
  }
};

test('a new stack whose time is up: the job loses its role and fails, and the next deployment starts a fresh one', on(SLOW, async (laptop, data) => {
  await laptop.upload(data.bucket, 'Patients/Patient.ndjson', patients(3));
  expect((await laptop.cdk('deploy', app(data, { Patients: TOO_SHORT }))).exitCode).toBe(1);
  expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
  expectReasonOfCreation(laptop, 'Patients');
  expect(laptop.jobs()).toMatchObject([{ JobStatus: 'IN_PROGRESS' }]);

  await untilNoJobRuns(laptop);
  expect(laptop.jobs()).toMatchObject([{ JobStatus: 'FAILED', Message: expect.stringContaining('HealthLake could not write') }]);

  expect((await laptop.cdk('deploy', app(data, { Patients: LONG_ENOUGH }))).exitCode).toBe(0);
  expect(statuses(laptop)).toEqual(['FAILED', 'COMPLETED']);
  expect(laptop.output('Import', 'PatientsJobId')).toBe(laptop.jobs()[1].JobId);
}));

test('a new stack whose time is up, deployed again while its job runs, waits for the job that lost its role', on(SLOW, async (laptop, data) => {
  await laptop.upload(data.bucket, 'Patients/Patient.ndjson', patients(3));
  expect((await laptop.cdk('deploy', app(data, { Patients: TOO_SHORT }))).exitCode).toBe(1);
  expect(laptop.jobs()).toMatchObject([{ JobStatus: 'IN_PROGRESS' }]);

  expect((await laptop.cdk('deploy', app(data, { Patients: LONG_ENOUGH }))).exitCode).toBe(1); // adopts the job, which then fails
  expect(statuses(laptop)).toEqual(['FAILED']);
  expect(laptop.reasons('Import').join('\n')).toContain('the job ended with FAILED');

  expect((await laptop.cdk('deploy', app(data, { Patients: LONG_ENOUGH }))).exitCode).toBe(0);
  expect(statuses(laptop)).toEqual(['FAILED', 'COMPLETED']);
}));

test('with a data access role and a storage of another stack the job goes on, and the next deployment adopts it', on(SLOW, async (laptop, data) => {
  await laptop.upload(data.bucket, 'Patients/Patient.ndjson', patients(3));
  const twoStacks = (completion: Completion) => (root: App) => {
    const base = new Stack(root, 'Base');
    const storage = new FhirStorage(base, 'Storage');
    const dataAccessRole = new Role(base, 'DataAccessRole', { assumedBy: new ServicePrincipal('healthlake.amazonaws.com') });
    const stack = new Stack(root, 'Import');
    const { datastore, data: bucket } = existing(stack, data);
    const source = FhirSource.bucket(bucket, 'Patients');
    const fhirImport = new FhirImport(stack, 'Patients', { datastore, source, storage, dataAccessRole, completion });
    fhirImport.dataAccessStatements.forEach((statement) => dataAccessRole.addToPrincipalPolicy(statement));
    new CfnOutput(stack, 'PatientsJobId', { value: fhirImport.jobId });
  };
  expect((await laptop.cdk('deploy', twoStacks(TOO_SHORT))).exitCode).toBe(1);
  expect(laptop.stack('Base').status).toBe('CREATE_COMPLETE');
  expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
  expectReasonOfCreation(laptop, 'Patients');

  await untilNoJobRuns(laptop);
  expect(statuses(laptop)).toEqual(['COMPLETED']);
  expect((await laptop.cdk('deploy', twoStacks(TOO_SHORT))).exitCode).toBe(0);
  expect(laptop.jobs()).toHaveLength(1);
  expect(laptop.output('Import', 'PatientsJobId')).toBe(laptop.jobs()[0].JobId);
  expect(laptop.aws.healthlake.healthLake.resource(data.datastoreId, 'Patient', 'p-0')).toMatchObject({ versionId: 1 });
}));

test('with --no-rollback the job goes on, and the same deployment again succeeds with it', on(SLOW, async (laptop, data) => {
  await laptop.upload(data.bucket, 'Patients/Patient.ndjson', patients(3));
  expect((await laptop.cdk('deploy', app(data, { Patients: TOO_SHORT }), '--no-rollback')).exitCode).toBe(1);
  expect(laptop.stack('Import').status).toBe('CREATE_FAILED');
  expectReasonOfCreation(laptop, 'Patients');

  expect((await laptop.cdk('deploy', app(data, { Patients: TOO_SHORT }), '--no-rollback')).exitCode).toBe(1); // it still runs
  expect(statuses(laptop)).toEqual(['IN_PROGRESS']);

  await untilNoJobRuns(laptop);
  expect(statuses(laptop)).toEqual(['COMPLETED']);
  expect((await laptop.cdk('deploy', app(data, { Patients: TOO_SHORT }), '--no-rollback')).exitCode).toBe(0);
  expect(laptop.jobs()).toHaveLength(1);
  expect(laptop.output('Import', 'PatientsJobId')).toBe(laptop.jobs()[0].JobId);
}));

test('a second import in a stack that is there: only what is new is removed', on(SLOW, async (laptop, data) => {
  for (const folder of ['Patients', 'Claims']) {
    await laptop.upload(data.bucket, `${folder}/Patient.ndjson`, patients(3, folder));
  }
  expect((await laptop.cdk('deploy', app(data, { Patients: LONG_ENOUGH }))).exitCode).toBe(0);
  const before = physicalIds(laptop);
  const events = laptop.stack('Import').events.newestFirst().length;

  expect((await laptop.cdk('deploy', app(data, { Patients: LONG_ENOUGH, Claims: TOO_SHORT }))).exitCode).toBe(1);
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expectReasonOfCreation(laptop, 'Claims');
  expect(physicalIds(laptop)).toEqual(before);
  const touched = laptop.stack('Import').events.newestFirst().slice(0, -events)
    .map(({ LogicalResourceId: logicalId }) => logicalId.replace(/[0-9A-F]{8}$/, ''));
  expect(new Set(touched)).toEqual(new Set(['Import', 'ClaimsDataAccessRole', 'ClaimsOperatorRole', 'ClaimsReportRole', 'ClaimsJob', 'ClaimsOutcome']));

  await untilNoJobRuns(laptop);
  expect(statuses(laptop)).toEqual(['COMPLETED', 'FAILED']);
  expect((await laptop.cdk('deploy', app(data, { Patients: LONG_ENOUGH, Claims: LONG_ENOUGH }))).exitCode).toBe(0);
  expect(statuses(laptop)).toEqual(['COMPLETED', 'FAILED', 'COMPLETED']);
  expect(laptop.output('Import', 'PatientsJobId')).toBe(laptop.jobs()[0].JobId);
  expect(laptop.output('Import', 'ClaimsJobId')).toBe(laptop.jobs()[2].JobId);
}));

/** What `Outcome` says when the time of a creation is up. */
function expectReasonOfCreation(laptop: Laptop, name: string): void {
  const [{ status, reason }] = changesOf(laptop, 'Import', `${name}Outcome`);
  expect(status).toBe('CREATE_FAILED');
  expect(reason).toContain('the time is up and the job has not ended');
  expect(reason).toContain('a roll-back of this creation removes the data access role');
  expect(reason).toContain('--no-rollback');
  expect(reason).toContain('dataAccessRole');
}

async function untilNoJobRuns(laptop: Laptop): Promise<void> {
  while (laptop.jobs().some(({ EndTime: end }) => end === undefined)) {
    await laptop.aws.clock.sleep(MINUTE / 2);
  }
}

function statuses(laptop: Laptop): (string | undefined)[] {
  return laptop.jobs().map(({ JobStatus: status }) => status);
}

function physicalIds(laptop: Laptop): Record<string, string | undefined> {
  return Object.fromEntries([...laptop.stack('Import').resources.values()].map(({ logicalId, physicalId }) => [logicalId, physicalId]));
}
