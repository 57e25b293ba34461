import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Completion, FhirImport, FhirSource, FhirStorage } from '../../../src';
import { changesOf } from '../harness/changes';
import { existing } from '../harness/import-app';
import { type Existing, type Laptop, onLaptop, patients } from '../harness/laptop';

jest.setTimeout(300_000);

const MINUTE = 60_000;

/** Options that make every job take 40 minutes, which is longer than the time-out `TOO_SHORT`. */
const SLOW = { timeScale: 40, healthlake: { pace: { minimumDurationMs: 40 * MINUTE } } };
const TOO_SHORT = Completion.waitFor({ timeout: Duration.minutes(5) });
const LONG_ENOUGH = Completion.waitFor({ timeout: Duration.minutes(50) });

/** Returns a function that adds one import for each key of `completions` to an app. The key is the folder of the import. The imports run in sequence. */
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

/** Uploads three patients into each folder. */
async function uploadFolders(laptop: Laptop, data: Existing, ...folders: string[]): Promise<void> {
  for (const folder of folders) {
    await laptop.upload(data.bucket, `${folder}/Patient.ndjson`, patients(3, folder));
  }
}

test('a job fails when a roll-back removes its data access role, and the next deployment starts a new job', onLaptop(SLOW, async (laptop, data) => {
  await uploadFolders(laptop, data, 'Patients');
  expect(await laptop.deploy(app(data, { Patients: TOO_SHORT }))).toBe(1);
  expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
  expectReasonOfCreation(laptop, 'Patients');
  expect(laptop.jobStatuses()).toEqual(['IN_PROGRESS']);

  await laptop.untilNoJobRuns();
  expect(laptop.jobs()).toMatchObject([{ JobStatus: 'FAILED', Message: expect.stringContaining('HealthLake could not write') }]);

  expect(await laptop.deploy(app(data, { Patients: LONG_ENOUGH }))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['FAILED', 'COMPLETED']);
  expect(laptop.output('Import', 'PatientsJobId')).toBe(laptop.jobs()[1].JobId);
}));

test('a deployment fails when it adopts a job whose data access role was removed', onLaptop(SLOW, async (laptop, data) => {
  await uploadFolders(laptop, data, 'Patients');
  expect(await laptop.deploy(app(data, { Patients: TOO_SHORT }))).toBe(1);
  expect(laptop.jobStatuses()).toEqual(['IN_PROGRESS']);

  expect(await laptop.deploy(app(data, { Patients: LONG_ENOUGH }))).toBe(1);
  expect(laptop.jobStatuses()).toEqual(['FAILED']);
  expect(laptop.reasons('Import').join('\n')).toContain('the job ended with FAILED');

  expect(await laptop.deploy(app(data, { Patients: LONG_ENOUGH }))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['FAILED', 'COMPLETED']);
}));

test('a job completes after a roll-back when its data access role and storage are in another stack', onLaptop(SLOW, async (laptop, data) => {
  await uploadFolders(laptop, data, 'Patients');
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
  expect(await laptop.deploy(twoStacks(TOO_SHORT))).toBe(1);
  expect(laptop.stack('Base').status).toBe('CREATE_COMPLETE');
  expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
  expectReasonOfCreation(laptop, 'Patients');

  await laptop.untilNoJobRuns();
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
  expect(await laptop.deploy(twoStacks(TOO_SHORT))).toBe(0);
  expect(laptop.jobs()).toHaveLength(1);
  expect(laptop.output('Import', 'PatientsJobId')).toBe(laptop.jobs()[0].JobId);
  expect(laptop.aws.healthlake.healthLake.resource(data.datastoreId, 'Patient', 'Patients-0')).toMatchObject({ versionId: 1 });
}));

test('a job completes after a failed deployment with --no-rollback, and the repeated deployment adopts the job', onLaptop(SLOW, async (laptop, data) => {
  await uploadFolders(laptop, data, 'Patients');
  const deploy = () => laptop.deploy(app(data, { Patients: TOO_SHORT }), '--no-rollback');
  expect(await deploy()).toBe(1);
  expect(laptop.stack('Import').status).toBe('CREATE_FAILED');
  expectReasonOfCreation(laptop, 'Patients');

  expect(await deploy()).toBe(1);
  expect(laptop.jobStatuses()).toEqual(['IN_PROGRESS']);

  await laptop.untilNoJobRuns();
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
  expect(await deploy()).toBe(0);
  expect(laptop.jobs()).toHaveLength(1);
  expect(laptop.output('Import', 'PatientsJobId')).toBe(laptop.jobs()[0].JobId);
}));

test('a roll-back removes the new import and leaves the existing import unchanged', onLaptop(SLOW, async (laptop, data) => {
  await uploadFolders(laptop, data, 'Patients', 'Claims');
  expect(await laptop.deploy(app(data, { Patients: LONG_ENOUGH }))).toBe(0);
  const before = physicalIds(laptop);
  const events = laptop.stack('Import').events.newestFirst().length;

  expect(await laptop.deploy(app(data, { Patients: LONG_ENOUGH, Claims: TOO_SHORT }))).toBe(1);
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expectReasonOfCreation(laptop, 'Claims');
  expect(physicalIds(laptop)).toEqual(before);
  const touched = laptop.stack('Import').events.newestFirst().slice(0, -events)
    .map(({ LogicalResourceId: logicalId }) => logicalId.replace(/[0-9A-F]{8}$/, ''));
  expect(new Set(touched)).toEqual(new Set(['Import', 'ClaimsDataAccessRole', 'ClaimsOperatorRole', 'ClaimsReportRole', 'ClaimsJob', 'ClaimsOutcome']));

  await laptop.untilNoJobRuns();
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'FAILED']);
  expect(await laptop.deploy(app(data, { Patients: LONG_ENOUGH, Claims: LONG_ENOUGH }))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'FAILED', 'COMPLETED']);
  expect(laptop.output('Import', 'PatientsJobId')).toBe(laptop.jobs()[0].JobId);
  expect(laptop.output('Import', 'ClaimsJobId')).toBe(laptop.jobs()[2].JobId);
}));

/** Checks the reason in the stack event of an `Outcome` resource whose creation timed out. */
function expectReasonOfCreation(laptop: Laptop, name: string): void {
  const [{ status, reason }] = changesOf(laptop, 'Import', `${name}Outcome`);
  expect(status).toBe('CREATE_FAILED');
  expect(reason).toContain('the time is up and the job has not ended');
  expect(reason).toContain('a roll-back of this creation removes the data access role');
  expect(reason).toContain('--no-rollback');
  expect(reason).toContain('dataAccessRole');
}

function physicalIds(laptop: Laptop): Record<string, string | undefined> {
  return Object.fromEntries([...laptop.stack('Import').resources.values()].map(({ logicalId, physicalId }) => [logicalId, physicalId]));
}
