import { CloudFormationClient, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { type App, Duration, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Completion, FhirImport, type FhirImportProps, FhirSource } from '../../../src';
import { addOutputs, existing, importApp } from '../harness/import-app';
import { type Existing, type Laptop, onLaptop, patients } from '../harness/laptop';
import { inTimeLapse, TimedJobs } from '../harness/time-lapse';

jest.setTimeout(600_000);

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The delay per custom resource that tests tolerate on a busy machine, on the scaled clock. */
const SLACK = 2 * MINUTE;

/** Returns a function that runs a test with `TimedJobs`. */
function withTimedJobs(test: (laptop: Laptop, data: Existing, jobs: TimedJobs) => Promise<void>) {
  const jobs = new TimedJobs();
  return onLaptop(jobs.options, async (laptop, data) => test(laptop, data, jobs));
}

/** Returns an app whose import has a time-out of the given number of minutes. */
const app = (data: Existing, minutes: number, props: Partial<FhirImportProps> = {}, change?: (stack: Stack, fhirImport: FhirImport) => void) =>
  importApp(data, { completion: Completion.waitFor({ timeout: Duration.minutes(minutes) }), ...props }, (stack, fhirImport) => {
    addOutputs(fhirImport, 'jobStatus', 'resourcesImported');
    change?.(stack, fhirImport);
  });

/** Returns the status of `Outcome` and of each `Wait` resource, by construct id. */
function waiters(laptop: Laptop): Record<string, string> {
  return Object.fromEntries([...laptop.stack('Import').resources.values()].flatMap(({ logicalId, status }) => {
    const [, name] = /^Patients(Wait\d+|Outcome)[0-9A-F]{8}$/.exec(logicalId) ?? [];
    return name === undefined ? [] : [[name, status]];
  }));
}

/** Returns the expected result of `waiters` when `Outcome` and all `Wait` resources have this status. `legs` is the number of `Wait` resources. */
function all(status: string, legs: number): Record<string, string> {
  return Object.fromEntries([...Array.from({ length: legs }, (_, n) => `Wait${n + 1}`), 'Outcome'].map((name) => [name, status]));
}

/** Deploys an app in time lapse and returns the exit code. */
function deploy(laptop: Laptop, jobs: TimedJobs, ...args: [define: (root: App) => void, ...args: string[]]): Promise<number> {
  return inTimeLapse(laptop, jobs, laptop.deploy(...args));
}

async function until(laptop: Laptop, condition: () => boolean): Promise<void> {
  while (!condition()) {
    await laptop.aws.clock.sleep(SECOND);
  }
}

/** Returns the times of the DescribeFHIRImportJob calls after the end of the job. */
function pollsAfterEnd(laptop: Laptop): number[] {
  const [{ EndTime: endedAt }] = laptop.jobs();
  return laptop.aws.router.requests.of('healthlake', 'DescribeFHIRImportJob').map(({ time }) => time).filter((time) => time > endedAt!.getTime());
}

test.each([
  ['2 hours', 120, 3 * 60, 3, 2],
  ['11.5 hours', 690, 12 * 60, 14, 1],
])('a deployment waits for a job that takes %s', async (_what, minutes, timeout, legs, left) => {
  await withTimedJobs(async (laptop, data, jobs) => {
    jobs.minutes = minutes;
    const { exitCode, output } = await inTimeLapse(laptop, jobs, laptop.cdk('deploy', app(data, timeout)));
    const completedAt = laptop.aws.clock.now();
    expect(output).toContain('Import.jobStatus = COMPLETED');
    expect(exitCode).toBe(0);
    const [{ JobId: jobId, EndTime: endedAt }, ...others] = laptop.jobs();
    expect(others).toEqual([]);
    expect(laptop.output('Import', 'jobId')).toBe(jobId);
    expect(laptop.output('Import', 'resourcesImported')).toBe('3');
    expect(waiters(laptop)).toEqual(all('CREATE_COMPLETE', legs));
    // After the job has ended, the current `Wait` resource, each later `Wait` resource and `Outcome` poll the job once.
    const polls = pollsAfterEnd(laptop);
    expect(polls.length).toBeGreaterThanOrEqual(left);
    expect(polls.length).toBeLessThanOrEqual(left + 1);
    expect(polls[0] - endedAt!.getTime()).toBeLessThan(MINUTE + SLACK);
    expect(completedAt - endedAt!.getTime()).toBeLessThan(MINUTE + left * SLACK);
  })();
});

test('a deployment waits for a job that is queued for three hours and runs for half an hour', withTimedJobs(async (laptop, data, jobs) => {
  await laptop.upload(data.bucket, 'before/Patient.ndjson', patients(3, 'b'));
  jobs.minutes = 180;
  const before = (root: App) => {
    const stack = new Stack(root, 'Before');
    const { datastore, data: bucket } = existing(stack, data);
    const completion = Completion.waitFor({ timeout: Duration.hours(4) });
    new FhirImport(stack, 'Other', { datastore, source: FhirSource.bucket(bucket, 'before/'), completion });
  };
  const first = laptop.deploy(before);
  await until(laptop, () => laptop.jobs().length === 1);
  jobs.minutes = 30;
  const second = laptop.deploy(app(data, 4 * 60));
  await until(laptop, () => laptop.jobs().length === 2);
  expect(await inTimeLapse(laptop, jobs, Promise.all([first, second]))).toEqual([0, 0]);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
  // The job is queued during the first three `Wait` resources. It starts during the fourth `Wait` resource. The time lapse skips most of the first
  // one, so no poll may be due there. Each later `Wait` resource polls at once.
  const queued = [...laptop.logs().matchAll(/"construct":"PatientsWait(\d)[^}]*"secondsQueued":(\d+)/g)];
  expect(new Set(['1', ...queued.map(([, leg]) => leg)])).toEqual(new Set(['1', '2', '3', '4']));
  expect(Math.max(...queued.map(([,, seconds]) => Number(seconds)))).toBeGreaterThan(2.5 * 3600);
}));

/** Deploys an import whose job takes one minute. Later jobs take three hours. */
async function deployedOnce(laptop: Laptop, data: Existing, jobs: TimedJobs, minutes: number): Promise<void> {
  jobs.minutes = 1;
  expect(await deploy(laptop, jobs, app(data, minutes))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
  jobs.minutes = 180;
}

test('Outcome says at its time-out that the job keeps running, and the next deployment adopts the job', withTimedJobs(async (laptop, data, jobs) => {
  await deployedOnce(laptop, data, jobs, 101);
  expect(await deploy(laptop, jobs, app(data, 101, { revision: '2' }))).toBe(1);
  const [late, ...others] = laptop.reasons('Import').filter((reason) => reason.includes('FHIR import job'));
  expect(others).toEqual([]);
  expect(late).toMatch(new RegExp(`FHIR import job ${laptop.jobs()[1].JobId}: the time is up and the job has not ended; status IN_PROGRESS`));
  expect(late).toContain('goes on at HealthLake; deploy again later, which finds it and starts no second one, or raise the timeout of completion');
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(waiters(laptop)).toEqual(all('UPDATE_COMPLETE', 2));
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'IN_PROGRESS']);

  expect(await deploy(laptop, jobs, app(data, 4 * 60, { revision: '2' }))).toBe(0);
  expect(Object.keys(waiters(laptop))).toHaveLength(5);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
  expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
}));

test('a repeated deployment after --no-rollback runs Outcome again, but not the completed Wait resources', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 180;
  for (const _attempt of [1, 2]) {
    expect(await deploy(laptop, jobs, app(data, 101), '--no-rollback')).toBe(1);
    expect(waiters(laptop)).toEqual({ Wait1: 'CREATE_COMPLETE', Wait2: 'CREATE_COMPLETE', Outcome: 'CREATE_FAILED' });
    expect(laptop.jobStatuses()).toEqual(['IN_PROGRESS']);
  }
  expect(laptop.aws.states.executions()).toHaveLength(5); // waiter executions: one for `Job`, one for each of two `Wait` resources, and two for `Outcome`
  expect(await deploy(laptop, jobs, app(data, 101), '--no-rollback')).toBe(0);
  expect(laptop.aws.states.executions()).toHaveLength(6);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
}));

test('CloudFormation refuses a second deployment during a wait, and the first deployment succeeds', withTimedJobs(async (laptop, data, jobs) => {
  await deployedOnce(laptop, data, jobs, 4 * 60);
  const running = laptop.deploy(app(data, 4 * 60, { revision: '2' }));
  await inTimeLapse(laptop, jobs, until(laptop, () => waiters(laptop).Wait2 === 'UPDATE_IN_PROGRESS'));
  const { exitCode, output } = await laptop.cdk('deploy', app(data, 4 * 60, { revision: '3' }));
  expect(output).toContain('UPDATE_IN_PROGRESS');
  expect(exitCode).toBe(1);
  expect(await inTimeLapse(laptop, jobs, running)).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
  expect(waiters(laptop)).toEqual(all('UPDATE_COMPLETE', 4));
  expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
}));

test('an update that fails during a wait rolls back at once, and the next deployment adopts the job', withTimedJobs(async (laptop, data, jobs) => {
  await deployedOnce(laptop, data, jobs, 4 * 60);
  const fails = (stack: Stack, fhirImport: FhirImport) =>
    new Bucket(stack, 'Taken', { bucketName: data.bucket }).node.addDependency(fhirImport.node.findChild('Wait1'));
  expect(await deploy(laptop, jobs, app(data, 4 * 60, { revision: '2' }, fails))).toBe(1);
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'IN_PROGRESS']);
  expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[0].JobId);
  expect(laptop.reasons('Import')).toContain('Resource update cancelled');
  expect(laptop.logs()).toContain('"why":"the stack is rolled back"');

  expect(await deploy(laptop, jobs, app(data, 4 * 60, { revision: '2' }))).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
  expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
}));

test('a stack that waits for a job can be deleted at once, and all polling ends', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 180;
  const running = laptop.deploy(app(data, 4 * 60));
  await until(laptop, () => laptop.jobs().length === 1);
  await inTimeLapse(laptop, jobs, until(laptop, () => waiters(laptop).Wait2 === 'CREATE_IN_PROGRESS'));
  const { endpoint, region, credentials } = laptop.aws;
  const cloudformation = new CloudFormationClient({ endpoint, region, credentials });
  await cloudformation.send(new DeleteStackCommand({ StackName: laptop.stack('Import').id }));
  cloudformation.destroy();
  expect(await running).toBe(1);
  await until(laptop, () => laptop.aws.cloudformation.stacks.live().length === 0);
  await until(laptop, () => laptop.aws.states.executions().every(({ status }) => status !== 'RUNNING'));
  expect(laptop.jobs()).toHaveLength(1);
}));

test('a changed time-out adds or removes Wait resources and starts no job', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 1;
  for (const [minutes, legs] of [[50, 0], [720, 14], [101, 2], [50, 0]]) {
    expect(await deploy(laptop, jobs, app(data, minutes))).toBe(0);
    expect(Object.keys(waiters(laptop))).toHaveLength(legs + 1);
    expect(laptop.jobStatuses()).toEqual(['COMPLETED']);
    expect([laptop.output('Import', 'jobId'), laptop.output('Import', 'resourcesImported')]).toEqual([laptop.jobs()[0].JobId, '3']);
  }
}));
