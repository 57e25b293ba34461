import { setTimeout as sleep } from 'node:timers/promises';
import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Completion, FhirImport, type FhirImportProps, FhirSource } from '../../../src';
import type { ImportEventDetail } from '../../../src/contract';
import { CANARY } from '../../faults/run/data';
import { type Existing, existing, type Laptop, on, patients } from '../harness/laptop';
import { TimedJobs } from '../harness/time-lapse';

jest.setTimeout(300_000);

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What passes at once while nothing happens: shorter than any pause of the watch, which therefore ends no later than this. */
const STEP = 20 * SECOND;

/** The last event of an execution that waits for its next look, or for another attempt. */
const PAUSING = /^WaitStateEntered$|Failed$/;

/** Runs a test with data that are there, and jobs whose duration and outcome it sets. */
function detaches(test: (laptop: Laptop, data: Existing, jobs: TimedJobs) => Promise<void>) {
  return async () => {
    const jobs = new TimedJobs();
    await on(jobs.options, async (laptop, data) => {
      await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
      await test(laptop, data, jobs);
      expect(laptop.everythingSaid()).not.toContain(CANARY);
    })();
  };
}

/** A stack with one detached import, a rule for each event, and a topic. */
const app = (data: Existing, props: Partial<FhirImportProps> = {}, change: (stack: Stack) => void = () => {}) => (root: App) => {
  const stack = new Stack(root, 'Import');
  const { datastore, data: bucket } = existing(stack, data);
  const topic = new Topic(stack, 'Topic');
  const fhirImport = new FhirImport(stack, 'Patients', {
    datastore, source: FhirSource.bucket(bucket, 'in/'), completion: Completion.detached(), notificationTopic: topic, ...props,
  });
  fhirImport.alarmOnFailure();
  new CfnOutput(stack, 'jobId', { value: fhirImport.jobId });
  new CfnOutput(stack, 'topicArn', { value: topic.topicArn });
  change(stack);
};

async function deploy(laptop: Laptop, define: (root: App) => void, ...args: string[]): Promise<number> {
  return (await laptop.cdk('deploy', define, ...args)).exitCode;
}

/** Lets time pass until the watch of the newest job has ended, or has gone on for so long. */
async function watch(laptop: Laptop, forMs = Infinity): Promise<void> {
  const { aws, aws: { clock, lambda } } = laptop;
  const until = clock.now() + forMs;
  while (watches(laptop).some(({ status }) => status === 'RUNNING') && clock.now() < until) {
    const isQuiet = watches(laptop).every(({ status, history }) => status !== 'RUNNING' || PAUSING.test(history.events.at(-1)!.type))
      && lambda.invocations.every(({ endedAt }) => endedAt !== undefined);
    if (isQuiet) {
      clock.skip(STEP);
    }
    await sleep(2);
  }
  await aws.events.settled();
  await aws.cloudwatch.settled();
}

/** The executions that watch jobs; the framework's waiters are none. */
function watches({ aws }: Laptop) {
  return aws.states.executions().filter(({ setup }) => 'Import' in JSON.parse(setup.input));
}

/** What was announced, oldest first. */
function announced({ aws }: Laptop): [string, ImportEventDetail][] {
  return aws.events.entries.filter(({ event }) => event.source === 'cdk-healthlake-import')
    .map(({ event }) => [event['detail-type'], event.detail as unknown as ImportEventDetail]);
}

/** What the topic was told, by EventBridge and by alarms. */
function notified(laptop: Laptop): string[] {
  return laptop.aws.sns.published(laptop.output('Import', 'topicArn')).map(({ message }) => message);
}

function alarm(laptop: Laptop, logicalId: RegExp): string {
  const { physicalId } = [...laptop.stack('Import').resources.values()].find((resource) => logicalId.test(resource.logicalId))!;
  return laptop.aws.cloudwatch.alarm(physicalId!).state;
}

test('a job of six hours holds up no deployment, and its success is announced once', detaches(async (laptop, data, jobs) => {
  jobs.minutes = 360;
  const startedAt = laptop.aws.clock.now();
  expect(await deploy(laptop, app(data))).toBe(0);
  expect(laptop.aws.clock.now() - startedAt).toBeLessThan(15 * MINUTE);
  const [{ JobId: jobId, JobStatus: status }] = laptop.jobs();
  expect(status).not.toBe('COMPLETED');
  expect(laptop.output('Import', 'jobId')).toBe(jobId);
  expect(announced(laptop)).toEqual([]);

  await watch(laptop);
  const [{ EndTime: endedAt }, ...others] = laptop.jobs();
  expect(others).toEqual([]);
  const [execution, ...more] = watches(laptop);
  expect(more).toEqual([]);
  expect(execution).toMatchObject({ status: 'SUCCEEDED', output: JSON.stringify({ Decision: 'succeeded', FailingSince: 0 }) });
  expect(execution.setup.name).toMatch(new RegExp(`^${jobId}-`));
  expect(announced(laptop)).toEqual([['FHIR Import Succeeded', {
    version: '1',
    constructPath: 'Import/Patients',
    datastoreId: data.datastoreId,
    jobId,
    jobStatus: 'COMPLETED',
    resourcesScanned: 3,
    resourcesImported: 3,
    resourcesFailed: 0,
    durationInSeconds: expect.any(Number),
  }]]);
  expect(notified(laptop)).toEqual([`"FHIR Import Succeeded: job ${jobId} of data store ${data.datastoreId} (Import/Patients), status COMPLETED, `
    + 'resources scanned 3, imported 3, failed 0"']);
  expect(execution.stoppedAt! - endedAt!.getTime()).toBeLessThan(6 * MINUTE);
  expect(laptop.calls('healthlake', 'DescribeFHIRImportJob')).toBeLessThan(150);
  expect(execution.transitions).toBeLessThan(600);
  expect([alarm(laptop, /^PatientsFailureAlarm/), alarm(laptop, /WatchAlarm/)]).not.toContain('ALARM');
}));

test('a job that fails leaves the stack alone, is announced, and alarms; mended data takes a new revision', detaches(async (laptop, data, jobs) => {
  jobs.minutes = 30;
  await laptop.upload(data.bucket, `in/${CANARY}.ndjson`, [{ resourceType: 'Patient', id: CANARY, gender: CANARY }, { resourceType: 'Patient', name: CANARY }]);
  expect(await deploy(laptop, app(data))).toBe(0);
  await watch(laptop);
  expect(watches(laptop)).toEqual([expect.objectContaining({ status: 'FAILED', error: 'FhirImportFailed' })]);
  expect(announced(laptop)).toEqual([['FHIR Import Failed', expect.objectContaining({
    jobStatus: 'COMPLETED_WITH_ERRORS', resourcesScanned: 5, resourcesImported: 4, resourcesFailed: 1,
  })]]);
  expect([alarm(laptop, /^PatientsFailureAlarm/), alarm(laptop, /WatchAlarm/)]).toEqual(['ALARM', 'ALARM']);
  expect(notified(laptop)).toEqual([expect.stringContaining('FHIR Import Failed: job'), expect.stringContaining('could not be watched')]);
  expect(laptop.stack('Import').status).toBe('CREATE_COMPLETE');

  await laptop.remove(data.bucket, `in/${CANARY}.ndjson`);
  expect(await deploy(laptop, app(data, { revision: '2' }))).toBe(0);
  await watch(laptop);
  expect(announced(laptop).map(([detailType]) => detailType)).toEqual(['FHIR Import Failed', 'FHIR Import Succeeded']);
  expect(watches(laptop).map(({ setup: { name } }) => name.split('-')[0]).sort()).toEqual(laptop.jobs().map(({ JobId: id }) => id).sort());
}));

test('a job that was cancelled has failed', async () => {
  await on({ timeScale: 60, healthlake: { overrideJob: () => ({ outcome: { status: 'CANCEL_COMPLETED' } }) } }, async (laptop, data) => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    expect(await deploy(laptop, app(data))).toBe(0);
    await watch(laptop);
    expect(announced(laptop)).toEqual([['FHIR Import Failed', expect.objectContaining({ jobStatus: 'CANCEL_COMPLETED' })]]);
  })();
});

test('an hour of throttling delays the announcement and changes nothing else', detaches(async (laptop, data, jobs) => {
  jobs.minutes = 20;
  expect(await deploy(laptop, app(data))).toBe(0);
  const until = laptop.aws.clock.now() + HOUR;
  laptop.aws.router.faults.hook = (_service, operation) =>
    operation === 'DescribeFHIRImportJob' && laptop.aws.clock.now() < until ? { kind: 'throttle' } : undefined;
  await watch(laptop);
  expect(announced(laptop)).toEqual([['FHIR Import Succeeded', expect.objectContaining({ jobStatus: 'COMPLETED', resourcesImported: 3 })]]);
  expect(watches(laptop)).toEqual([expect.objectContaining({ status: 'SUCCEEDED' })]);
  expect(watches(laptop)[0].stoppedAt!).toBeGreaterThan(until);
  expect(watches(laptop)[0].stoppedAt! - until).toBeLessThan(20 * MINUTE);
}));

test('a bus that takes no events delays the announcement', detaches(async (laptop, data, jobs) => {
  jobs.minutes = 5;
  expect(await deploy(laptop, app(data))).toBe(0);
  const until = laptop.aws.clock.now() + 40 * MINUTE;
  laptop.aws.router.faults.hook = (_service, operation) =>
    operation === 'PutEvents' && laptop.aws.clock.now() < until ? { kind: 'internal' } : undefined;
  await watch(laptop);
  expect(announced(laptop)).toEqual([['FHIR Import Succeeded', expect.objectContaining({ jobStatus: 'COMPLETED' })]]);
}));

test('a deployment while the job runs starts neither job nor watch again', detaches(async (laptop, data, jobs) => {
  jobs.minutes = 60;
  expect(await deploy(laptop, app(data))).toBe(0);
  await watch(laptop, 10 * MINUTE);
  expect(await deploy(laptop, app(data, { outputPrefix: 'elsewhere/' }))).toBe(0);
  expect(laptop.calls('states', 'StartExecution')).toBeGreaterThan(1);
  await watch(laptop);
  expect(laptop.jobs()).toHaveLength(1);
  expect(watches(laptop)).toHaveLength(1);
  expect(announced(laptop)).toHaveLength(1);
}));

test('a job that outlasts giveUpAfter counts as failed and goes on', detaches(async (laptop, data, jobs) => {
  jobs.minutes = 180;
  expect(await deploy(laptop, app(data, { completion: Completion.detached({ giveUpAfter: Duration.hours(1) }) }))).toBe(0);
  await watch(laptop);
  expect(announced(laptop)).toEqual([['FHIR Import Failed', expect.objectContaining({ jobStatus: 'IN_PROGRESS' })]]);
  const [{ startedAt, stoppedAt, status }] = watches(laptop);
  expect(status).toBe('FAILED');
  expect(stoppedAt! - startedAt).toBeGreaterThan(55 * MINUTE);
  expect(stoppedAt! - startedAt).toBeLessThan(65 * MINUTE);
  expect(laptop.jobs()).toEqual([expect.objectContaining({ JobStatus: 'IN_PROGRESS' })]);
}));

test('a job that was given up is watched again by a deployment that has more patience', detaches(async (laptop, data, jobs) => {
  jobs.minutes = 120;
  expect(await deploy(laptop, app(data, { completion: Completion.detached({ giveUpAfter: Duration.minutes(30) }) }))).toBe(0);
  await watch(laptop);
  expect(announced(laptop).map(([detailType]) => detailType)).toEqual(['FHIR Import Failed']);
  expect(await deploy(laptop, app(data))).toBe(0);
  await watch(laptop);
  expect(laptop.jobs()).toHaveLength(1);
  expect(announced(laptop).map(([detailType, { jobStatus }]) => [detailType, jobStatus]).at(-1)).toEqual(['FHIR Import Succeeded', 'COMPLETED']);
}));

test('an import that has moved while its job runs is heard of, by its new path', detaches(async (laptop, data, jobs) => {
  const moved = (root: App) => {
    const stack = new Stack(root, 'Import');
    const { datastore, data: bucket } = existing(stack, data);
    const notificationTopic = new Topic(stack, 'Topic');
    const source = FhirSource.bucket(bucket, 'in/');
    new FhirImport(stack, 'Moved', { datastore, source, completion: Completion.detached(), notificationTopic });
    new CfnOutput(stack, 'topicArn', { value: notificationTopic.topicArn });
  };
  jobs.minutes = 60;
  expect(await deploy(laptop, app(data))).toBe(0);
  await watch(laptop, 10 * MINUTE);
  expect(await deploy(laptop, moved)).toBe(0);
  await watch(laptop);
  expect(laptop.jobs()).toHaveLength(1);
  // The role that HealthLake had was that of the construct before, and went with it.
  expect(announced(laptop)).toEqual([['FHIR Import Failed', expect.objectContaining({ constructPath: 'Import/Moved', jobStatus: laptop.jobs()[0].JobStatus })]]);
}));

test('a detached import may wait in between', detaches(async (laptop, data, jobs) => {
  jobs.minutes = 1;
  for (const [index, completion] of [Completion.detached(), Completion.waitFor(), Completion.detached()].entries()) {
    expect(await deploy(laptop, app(data, { completion, revision: String(index) }))).toBe(0);
    await watch(laptop);
  }
  expect(laptop.jobs().map(({ JobStatus: status }) => status)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
}));

test('a deployment that waited for too long becomes a detached one, which finds the job', detaches(async (laptop, data, jobs) => {
  jobs.minutes = 1;
  expect(await deploy(laptop, app(data))).toBe(0);
  jobs.minutes = 120;
  const waiting = app(data, { completion: Completion.waitFor({ timeout: Duration.minutes(2) }), revision: '2' });
  expect(await deploy(laptop, waiting)).toBe(1);
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await deploy(laptop, app(data, { revision: '2' }))).toBe(0);
  await watch(laptop);
  expect(laptop.jobs()).toHaveLength(2);
  expect(announced(laptop).at(-1)).toEqual(['FHIR Import Succeeded', expect.objectContaining({ jobId: laptop.jobs()[1].JobId })]);
}));

test('a stack can be removed while the job runs, and nobody is told any more', detaches(async (laptop, data, jobs) => {
  jobs.minutes = 60;
  expect(await deploy(laptop, app(data))).toBe(0);
  expect((await laptop.cdk('destroy', app(data))).exitCode).toBe(0);
  await watch(laptop);
  expect(watches(laptop)).toEqual([expect.objectContaining({ status: 'ABORTED' })]);
  expect(announced(laptop)).toEqual([]);
  expect(laptop.jobs()).toHaveLength(1);
}));

test('an import that is waited for announces its outcome too, if it is given a bus or a topic', detaches(async (laptop, data, jobs) => {
  jobs.minutes = 2;
  expect(await deploy(laptop, app(data, { completion: Completion.waitFor() }))).toBe(0);
  await laptop.aws.events.settled();
  expect(announced(laptop)).toEqual([['FHIR Import Succeeded', expect.objectContaining({ jobStatus: 'COMPLETED', resourcesImported: 3 })]]);
  expect(notified(laptop)).toHaveLength(1);
  expect(watches(laptop)).toEqual([]);
}));
