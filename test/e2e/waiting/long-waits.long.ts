import { CloudFormationClient, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { CdkRun } from '../../../packages/local-aws/src/cdk-cli';
import { Completion, FhirImport, type FhirImportProps, FhirSource } from '../../../src';
import { type Existing, existing, type Laptop, on, patients } from '../harness/laptop';
import { inTimeLapse, TimedJobs } from '../harness/time-lapse';

jest.setTimeout(600_000);

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** What a machine that is busy takes for one resource, by the clock. */
const SLACK = 2 * MINUTE;

/** Runs a test with data that are there, and jobs whose duration it sets. */
function waits(test: (laptop: Laptop, data: Existing, jobs: TimedJobs) => Promise<void>) {
  return async () => {
    const jobs = new TimedJobs();
    await on(jobs.options, async (laptop, data) => {
      await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
      await test(laptop, data, jobs);
    })();
  };
}

/** A stack with one import, which waits for so many minutes. */
const app = (data: Existing, minutes: number, props: Partial<FhirImportProps> = {},
  change: (stack: Stack, fhirImport: FhirImport) => void = () => {}) => (root: App) => {
  const stack = new Stack(root, 'Import');
  const { datastore, data: bucket } = existing(stack, data);
  const fhirImport = new FhirImport(stack, 'Patients', {
    datastore,
    source: FhirSource.bucket(bucket, 'in/'),
    completion: Completion.waitFor({ timeout: Duration.minutes(minutes) }),
    ...props,
  });
  for (const name of ['jobId', 'jobStatus', 'resourcesImported'] as const) {
    new CfnOutput(stack, name, { value: fhirImport[name] });
  }
  change(stack, fhirImport);
};

/** The status of each resource that waits, by its construct id. */
function waiters(laptop: Laptop): Record<string, string> {
  return Object.fromEntries([...laptop.stack('Import').resources.values()].flatMap(({ logicalId, status }) => {
    const [, name] = /^Patients(Wait\d+|Outcome)[0-9A-F]{8}$/.exec(logicalId) ?? [];
    return name === undefined ? [] : [[name, status]];
  }));
}

/** What `waiters` gives when all are in one status. */
function all(status: string, legs: number): Record<string, string> {
  return Object.fromEntries([...Array.from({ length: legs }, (_, n) => `Wait${n + 1}`), 'Outcome'].map((name) => [name, status]));
}

function statuses(laptop: Laptop): (string | undefined)[] {
  return laptop.jobs().map(({ JobStatus: status }) => status);
}

/** `cdk deploy`, whose quiet hours pass at once. */
function deploy(laptop: Laptop, jobs: TimedJobs, ...args: [define: (root: App) => void, ...args: string[]]): Promise<CdkRun> {
  return inTimeLapse(laptop, jobs, laptop.cdk('deploy', ...args));
}

async function until(laptop: Laptop, condition: () => boolean): Promise<void> {
  while (!condition()) {
    await laptop.aws.clock.sleep(SECOND);
  }
}

/** When HealthLake was asked about the job after it had ended. */
function looksAfterEnd(laptop: Laptop): number[] {
  const [{ EndTime: endedAt }] = laptop.jobs();
  return laptop.aws.router.requests.of('healthlake', 'DescribeFHIRImportJob').map(({ time }) => time).filter((time) => time > endedAt!.getTime());
}

describe('a job of', () => {
  test.each([
    ['30 minutes', 30, 3 * 60, 3, 4],
    ['2 hours', 120, 3 * 60, 3, 2],
    ['6 hours', 360, 8 * 60, 9, 3],
    ['11.5 hours', 690, 12 * 60, 14, 1],
  ])('%s is waited for', async (_what, minutes, timeout, legs, left) => {
    await waits(async (laptop, data, jobs) => {
      jobs.minutes = minutes;
      const { exitCode, output } = await deploy(laptop, jobs, app(data, timeout));
      const completedAt = laptop.aws.clock.now();
      expect(output).toContain('Import.jobStatus = COMPLETED');
      expect(exitCode).toBe(0);
      const [{ JobId: jobId, EndTime: endedAt }, ...others] = laptop.jobs();
      expect(others).toEqual([]);
      expect(laptop.output('Import', 'jobId')).toBe(jobId);
      expect(laptop.output('Import', 'resourcesImported')).toBe('3');
      expect(waiters(laptop)).toEqual(all('CREATE_COMPLETE', legs));
      // The leg in which it ended, those after it and the outcome have looked once each.
      const looks = looksAfterEnd(laptop);
      expect(looks.length).toBeGreaterThanOrEqual(left);
      expect(looks.length).toBeLessThanOrEqual(left + 1);
      expect(looks[0] - endedAt!.getTime()).toBeLessThan(MINUTE + SLACK);
      expect(completedAt - endedAt!.getTime()).toBeLessThan(MINUTE + left * SLACK);
    })();
  });
});

test('three hours in the queue and half an hour of work are waited for', waits(async (laptop, data, jobs) => {
  await laptop.upload(data.bucket, 'before/Patient.ndjson', patients(3, 'b'));
  jobs.minutes = 180;
  const before = (root: App) => {
    const stack = new Stack(root, 'Before');
    const { datastore, data: bucket } = existing(stack, data);
    const completion = Completion.waitFor({ timeout: Duration.hours(4) });
    new FhirImport(stack, 'Other', { datastore, source: FhirSource.bucket(bucket, 'before/'), completion });
  };
  const first = laptop.cdk('deploy', before);
  await until(laptop, () => laptop.jobs().length === 1);
  jobs.minutes = 30;
  const second = laptop.cdk('deploy', app(data, 4 * 60));
  await until(laptop, () => laptop.jobs().length === 2);
  const [{ exitCode: other }, { exitCode }] = await inTimeLapse(laptop, jobs, Promise.all([first, second]));
  expect([other, exitCode]).toEqual([0, 0]);
  expect(statuses(laptop)).toEqual(['COMPLETED', 'COMPLETED']);
  // The queue takes three legs and a part of the fourth.
  const queued = [...laptop.logs().matchAll(/"construct":"PatientsWait(\d)[^}]*"secondsQueued":(\d+)/g)];
  expect(new Set(queued.map(([, leg]) => leg))).toEqual(new Set(['1', '2', '3', '4']));
  expect(Math.max(...queued.map(([,, seconds]) => Number(seconds)))).toBeGreaterThan(2.5 * 3600);
}));

/** A stack whose first import was quick, about to get one that takes three hours. */
async function deployedOnce(laptop: Laptop, data: Existing, jobs: TimedJobs, minutes: number): Promise<void> {
  jobs.minutes = 1;
  expect((await deploy(laptop, jobs, app(data, minutes))).exitCode).toBe(0);
  expect(statuses(laptop)).toEqual(['COMPLETED']);
  jobs.minutes = 180;
}

test('a time-out in the outcome says that the job goes on; with a longer one the next deployment finds it', waits(async (laptop, data, jobs) => {
  await deployedOnce(laptop, data, jobs, 101);
  expect((await deploy(laptop, jobs, app(data, 101, { revision: '2' }))).exitCode).toBe(1);
  const [late, ...others] = laptop.reasons('Import').filter((reason) => reason.includes('FHIR import job'));
  expect(others).toEqual([]);
  expect(late).toMatch(new RegExp(`FHIR import job ${laptop.jobs()[1].JobId}: the time is up and the job has not ended; status IN_PROGRESS`));
  expect(late).toContain('goes on at HealthLake; deploy again later, which finds it and starts no second one, or raise the timeout of completion');
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(waiters(laptop)).toEqual(all('UPDATE_COMPLETE', 2));
  expect(statuses(laptop)).toEqual(['COMPLETED', 'IN_PROGRESS']);

  expect((await deploy(laptop, jobs, app(data, 4 * 60, { revision: '2' }))).exitCode).toBe(0);
  expect(Object.keys(waiters(laptop))).toHaveLength(5);
  expect(statuses(laptop)).toEqual(['COMPLETED', 'COMPLETED']);
  expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
}));

test('after --no-rollback the legs that are through are not asked again, and the outcome waits its 50 minutes once more', waits(async (laptop, data, jobs) => {
  jobs.minutes = 180;
  for (const _attempt of [1, 2]) {
    expect((await deploy(laptop, jobs, app(data, 101), '--no-rollback')).exitCode).toBe(1);
    expect(waiters(laptop)).toEqual({ Wait1: 'CREATE_COMPLETE', Wait2: 'CREATE_COMPLETE', Outcome: 'CREATE_FAILED' });
    expect(statuses(laptop)).toEqual(['IN_PROGRESS']);
  }
  expect(laptop.aws.states.executions()).toHaveLength(5); // of the job, two legs, and the outcome twice
  expect((await deploy(laptop, jobs, app(data, 101), '--no-rollback')).exitCode).toBe(0);
  expect(laptop.aws.states.executions()).toHaveLength(6);
  expect(statuses(laptop)).toEqual(['COMPLETED']);
}));

test('a deployment while legs wait is refused, and changes nothing for the one that runs', waits(async (laptop, data, jobs) => {
  await deployedOnce(laptop, data, jobs, 4 * 60);
  const running = laptop.cdk('deploy', app(data, 4 * 60, { revision: '2' }));
  await inTimeLapse(laptop, jobs, until(laptop, () => waiters(laptop).Wait2 === 'UPDATE_IN_PROGRESS'));
  const { exitCode, output } = await laptop.cdk('deploy', app(data, 4 * 60, { revision: '3' }));
  expect(output).toContain('UPDATE_IN_PROGRESS');
  expect(exitCode).toBe(1);
  expect((await inTimeLapse(laptop, jobs, running)).exitCode).toBe(0);
  expect(statuses(laptop)).toEqual(['COMPLETED', 'COMPLETED']);
  expect(waiters(laptop)).toEqual(all('UPDATE_COMPLETE', 4));
  expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
}));

test('an update that fails while legs wait is rolled back at once and starts nothing; the next deployment finds the job that goes on', waits(async (laptop, data, jobs) => {
  await deployedOnce(laptop, data, jobs, 4 * 60);
  const fails = (stack: Stack, fhirImport: FhirImport) =>
    new Bucket(stack, 'Taken', { bucketName: data.bucket }).node.addDependency(fhirImport.node.findChild('Wait1'));
  expect((await deploy(laptop, jobs, app(data, 4 * 60, { revision: '2' }, fails))).exitCode).toBe(1);
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(statuses(laptop)).toEqual(['COMPLETED', 'IN_PROGRESS']);
  expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[0].JobId);
  expect(laptop.reasons('Import')).toContain('Resource update cancelled');
  expect(laptop.logs()).toContain('"why":"the stack is rolled back"');

  expect((await deploy(laptop, jobs, app(data, 4 * 60, { revision: '2' }))).exitCode).toBe(0);
  expect(statuses(laptop)).toEqual(['COMPLETED', 'COMPLETED']);
  expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
}));

test('a stack that is deleted while legs wait goes at once, and nothing asks any more', waits(async (laptop, data, jobs) => {
  jobs.minutes = 180;
  const running = laptop.cdk('deploy', app(data, 4 * 60));
  await until(laptop, () => laptop.jobs().length === 1);
  await inTimeLapse(laptop, jobs, until(laptop, () => waiters(laptop).Wait2 === 'CREATE_IN_PROGRESS'));
  const { endpoint, region, credentials } = laptop.aws;
  const cloudformation = new CloudFormationClient({ endpoint, region, credentials });
  await cloudformation.send(new DeleteStackCommand({ StackName: laptop.stack('Import').id }));
  cloudformation.destroy();
  expect((await running).exitCode).toBe(1);
  await until(laptop, () => laptop.aws.cloudformation.stacks.live().length === 0);
  await until(laptop, () => laptop.aws.states.executions().every(({ status }) => status !== 'RUNNING'));
  expect(laptop.jobs()).toHaveLength(1);
}));

test('a time-out that is raised and lowered adds and removes legs; no job is started, and none is judged again', waits(async (laptop, data, jobs) => {
  jobs.minutes = 1;
  for (const [minutes, legs] of [[50, 0], [720, 14], [101, 2], [50, 0]]) {
    expect((await deploy(laptop, jobs, app(data, minutes))).exitCode).toBe(0);
    expect(Object.keys(waiters(laptop))).toHaveLength(legs + 1);
    expect(statuses(laptop)).toEqual(['COMPLETED']);
    expect([laptop.output('Import', 'jobId'), laptop.output('Import', 'resourcesImported')]).toEqual([laptop.jobs()[0].JobId, '3']);
  }
}));
