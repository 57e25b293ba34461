import { setTimeout as sleep } from 'node:timers/promises';
import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Code, determineLatestNodeRuntime, Function } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Completion, FhirImport, type FhirImportProps, FhirSource } from '../../../src';
import { CANARY } from '../../support/canary';
import { existing, importApp } from '../harness/import-app';
import { type Existing, type Laptop, onLaptop } from '../harness/laptop';
import { alarmState, events, executions, monitor } from '../harness/monitors';
import { TimedJobs } from '../harness/time-lapse';

jest.setTimeout(300_000);

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Returns a function that runs a test with `TimedJobs` and then checks that no patient data is visible outside the buckets. */
function withTimedJobs(test: (laptop: Laptop, data: Existing, jobs: TimedJobs) => Promise<void>) {
  const jobs = new TimedJobs();
  return onLaptop(jobs.options, async (laptop, data) => {
    await test(laptop, data, jobs);
    expect(laptop.visibleText()).not.toContain(CANARY);
  });
}

/** Returns an app with a detached import, a notification topic and an alarm on failure. */
const app = (data: Existing, props: Partial<FhirImportProps> = {}) => importApp(data, (stack) => {
  const notificationTopic = new Topic(stack, 'Topic');
  new CfnOutput(stack, 'topicArn', { value: notificationTopic.topicArn });
  return { completion: Completion.detached(), notificationTopic, ...props };
}, (_, fhirImport) => fhirImport.alarmOnFailure());

/** Returns the messages that EventBridge and the alarms published to the notification topic. */
function notified(laptop: Laptop): string[] {
  return laptop.aws.sns.published(laptop.output('Import', 'topicArn')).map(({ message }) => message);
}

test('a detached deployment ends before its job of six hours, and the monitor sends one event', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 360;
  const startedAt = laptop.aws.clock.now();
  expect(await laptop.deploy(app(data))).toBe(0);
  expect(laptop.aws.clock.now() - startedAt).toBeLessThan(60 * MINUTE);
  const [{ JobId: jobId, JobStatus: status }] = laptop.jobs();
  expect(status).not.toBe('COMPLETED');
  expect(laptop.output('Import', 'jobId')).toBe(jobId);
  expect(events(laptop)).toEqual([]);

  await monitor(laptop);
  const [{ SubmitTime: submittedAt, EndTime: endedAt }, ...others] = laptop.jobs();
  expect(others).toEqual([]);
  const [execution, ...more] = executions(laptop);
  expect(more).toEqual([]);
  expect(execution).toMatchObject({ status: 'SUCCEEDED', output: JSON.stringify({ Decision: 'succeeded', FailingSince: 0 }) });
  expect(execution.setup.name).toMatch(new RegExp(`^${jobId}-`));
  expect(events(laptop)).toEqual([['FHIR Import Succeeded', {
    version: '1',
    constructPath: 'Import/Patients',
    datastoreId: data.datastoreId,
    jobId,
    jobStatus: 'COMPLETED',
    resourcesScanned: 3,
    resourcesImported: 3,
    resourcesFailed: 0,
    durationInSeconds: expect.any(Number),
    submitted: submittedAt!.toISOString(),
    ended: endedAt!.toISOString(),
  }]]);
  expect(notified(laptop)).toEqual([`"FHIR Import Succeeded: job ${jobId} of data store ${data.datastoreId} (Import/Patients), status COMPLETED, `
    + 'resources scanned 3, imported 3, failed 0"']);
  expect(execution.stoppedAt! - endedAt!.getTime()).toBeLessThan(6 * MINUTE);
  expect(laptop.calls('healthlake', 'DescribeFHIRImportJob')).toBeLessThan(150);
  expect(execution.transitions).toBeLessThan(600);
  expect([alarmState(laptop, 'Import', /^PatientsFailureAlarm/), alarmState(laptop, 'Import', /WatchAlarm/)]).not.toContain('ALARM');
}));

test('a function that is the target of onSucceeded runs once, after the job', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 30;
  const nextStep = importApp(data, { completion: Completion.detached() }, (stack, fhirImport) => {
    const target = new LambdaFunction(new Function(stack, 'NextStep', {
      runtime: determineLatestNodeRuntime(stack),
      handler: 'index.handler',
      timeout: Duration.minutes(5),
      code: Code.fromInline('exports.handler = async ({ detail }) => console.log("imported", detail.jobId, detail.resourcesImported);'),
    }));
    fhirImport.onSucceeded('Succeeded', { target });
  });
  expect(await laptop.deploy(nextStep)).toBe(0);
  expect(laptop.logs()).not.toContain('imported ');
  await monitor(laptop);
  const [{ JobId: jobId }] = laptop.jobs();
  expect(laptop.aws.events.undelivered).toEqual([]);
  const lines = () => laptop.logs().split('\n').filter((line) => line.includes(`imported ${jobId} 3`));
  for (const until = Date.now() + 10 * SECOND; lines().length === 0 && Date.now() < until;) {
    await sleep(10);
  }
  expect(lines()).toHaveLength(1);
}));

test('the monitor sends an event and the alarms fire when a job fails; a new revision imports repaired data', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 30;
  await laptop.upload(data.bucket, `in/${CANARY}.ndjson`, [{ resourceType: 'Patient', id: CANARY, gender: CANARY }, { resourceType: 'Patient', name: CANARY }]);
  expect(await laptop.deploy(app(data))).toBe(0);
  await monitor(laptop);
  expect(executions(laptop)).toEqual([expect.objectContaining({ status: 'FAILED', error: 'FhirImportFailed' })]);
  expect(events(laptop)).toEqual([['FHIR Import Failed', expect.objectContaining({
    jobStatus: 'COMPLETED_WITH_ERRORS', resourcesScanned: 5, resourcesImported: 4, resourcesFailed: 1,
  })]]);
  expect([alarmState(laptop, 'Import', /^PatientsFailureAlarm/), alarmState(laptop, 'Import', /WatchAlarm/)]).toEqual(['ALARM', 'ALARM']);
  expect(notified(laptop)).toEqual([expect.stringContaining('FHIR Import Failed: job'), expect.stringContaining('could not be watched')]);
  expect(laptop.stack('Import').status).toBe('CREATE_COMPLETE');

  await laptop.remove(data.bucket, `in/${CANARY}.ndjson`);
  expect(await laptop.deploy(app(data, { revision: '2' }))).toBe(0);
  await monitor(laptop);
  expect(events(laptop).map(([detailType]) => detailType)).toEqual(['FHIR Import Failed', 'FHIR Import Succeeded']);
  expect(executions(laptop).map(({ setup: { name } }) => name.split('-')[0]).sort()).toEqual(laptop.jobs().map(({ JobId: id }) => id).sort());
}));

test('the monitor sends the event for a failed import when the job is cancelled', async () => {
  await onLaptop({ timeScale: 60, healthlake: { overrideJob: () => ({ outcome: { status: 'CANCEL_COMPLETED' } }) } }, async (laptop, data) => {
    expect(await laptop.deploy(app(data))).toBe(0);
    await monitor(laptop);
    expect(events(laptop)).toEqual([['FHIR Import Failed', expect.objectContaining({ jobStatus: 'CANCEL_COMPLETED' })]]);
  })();
});

test('a second deployment while the job runs starts neither another job nor another monitor execution', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 60;
  expect(await laptop.deploy(app(data))).toBe(0);
  await monitor(laptop, 10 * MINUTE);
  expect(await laptop.deploy(app(data, { outputPrefix: 'elsewhere/' }))).toBe(0);
  expect(laptop.calls('states', 'StartExecution')).toBeGreaterThan(1);
  await monitor(laptop);
  expect(laptop.jobs()).toHaveLength(1);
  expect(executions(laptop)).toHaveLength(1);
  expect(events(laptop)).toHaveLength(1);
}));

test('the monitor reports a failure when a job outlasts giveUpAfter, and the job keeps running', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 180;
  expect(await laptop.deploy(app(data, { completion: Completion.detached({ giveUpAfter: Duration.hours(1) }) }))).toBe(0);
  await monitor(laptop);
  expect(events(laptop)).toEqual([['FHIR Import Failed', expect.objectContaining({ jobStatus: 'IN_PROGRESS' })]]);
  const [{ startedAt, stoppedAt, status }] = executions(laptop);
  expect(status).toBe('FAILED');
  expect(stoppedAt! - startedAt).toBeGreaterThan(55 * MINUTE);
  expect(stoppedAt! - startedAt).toBeLessThan(65 * MINUTE);
  expect(laptop.jobs()).toEqual([expect.objectContaining({ JobStatus: 'IN_PROGRESS' })]);
}));

test('a deployment with a longer giveUpAfter starts a new monitor execution for the same job', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 120;
  expect(await laptop.deploy(app(data, { completion: Completion.detached({ giveUpAfter: Duration.minutes(30) }) }))).toBe(0);
  await monitor(laptop);
  expect(events(laptop).map(([detailType]) => detailType)).toEqual(['FHIR Import Failed']);
  expect(await laptop.deploy(app(data))).toBe(0);
  await monitor(laptop);
  expect(laptop.jobs()).toHaveLength(1);
  expect(events(laptop).map(([detailType, { jobStatus }]) => [detailType, jobStatus]).at(-1)).toEqual(['FHIR Import Succeeded', 'COMPLETED']);
}));

test('the monitor sends an event with the new construct path when the construct moves while the job runs', withTimedJobs(async (laptop, data, jobs) => {
  const moved = (root: App) => {
    const stack = new Stack(root, 'Import');
    const { datastore, data: bucket } = existing(stack, data);
    const notificationTopic = new Topic(stack, 'Topic');
    const source = FhirSource.bucket(bucket, 'in/');
    new FhirImport(stack, 'Moved', { datastore, source, completion: Completion.detached(), notificationTopic });
    new CfnOutput(stack, 'topicArn', { value: notificationTopic.topicArn });
  };
  jobs.minutes = 60;
  expect(await laptop.deploy(app(data))).toBe(0);
  await monitor(laptop, 10 * MINUTE);
  expect(await laptop.deploy(moved)).toBe(0);
  await monitor(laptop);
  expect(laptop.jobs()).toHaveLength(1);
  // The job fails, because its data access role was removed with the old construct.
  expect(events(laptop)).toEqual([['FHIR Import Failed', expect.objectContaining({ constructPath: 'Import/Moved', jobStatus: laptop.jobs()[0].JobStatus })]]);
}));

test('an import that changes from detached to waiting and back succeeds each time', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 1;
  for (const [index, completion] of [Completion.detached(), Completion.waitFor(), Completion.detached()].entries()) {
    expect(await laptop.deploy(app(data, { completion, revision: String(index) }))).toBe(0);
    await monitor(laptop);
  }
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
}));

test('a detached deployment adopts the job of a deployment that timed out', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 1;
  expect(await laptop.deploy(app(data))).toBe(0);
  jobs.minutes = 120;
  const waiting = app(data, { completion: Completion.waitFor({ timeout: Duration.minutes(2) }), revision: '2' });
  expect(await laptop.deploy(waiting)).toBe(1);
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await laptop.deploy(app(data, { revision: '2' }))).toBe(0);
  await monitor(laptop);
  expect(laptop.jobs()).toHaveLength(2);
  expect(events(laptop).at(-1)).toEqual(['FHIR Import Succeeded', expect.objectContaining({ jobId: laptop.jobs()[1].JobId })]);
}));

test('the monitor sends no event when the stack is destroyed while the job runs', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 60;
  expect(await laptop.deploy(app(data))).toBe(0);
  expect((await laptop.cdk('destroy', app(data))).exitCode).toBe(0);
  await monitor(laptop);
  expect(executions(laptop)).toEqual([expect.objectContaining({ status: 'ABORTED' })]);
  expect(events(laptop)).toEqual([]);
  expect(laptop.jobs()).toHaveLength(1);
}));

test('a waiting import with a notification topic sends an event', withTimedJobs(async (laptop, data, jobs) => {
  jobs.minutes = 2;
  expect(await laptop.deploy(app(data, { completion: Completion.waitFor() }))).toBe(0);
  await laptop.aws.events.settled();
  expect(events(laptop)).toEqual([['FHIR Import Succeeded', expect.objectContaining({ jobStatus: 'COMPLETED', resourcesImported: 3 })]]);
  expect(notified(laptop)).toHaveLength(1);
  expect(executions(laptop)).toEqual([]);
}));
