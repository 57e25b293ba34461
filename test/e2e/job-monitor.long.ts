import { DeleteFHIRDatastoreCommand, HealthLakeClient } from '@aws-sdk/client-healthlake';
import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { AlarmBase } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { JobLoad, overrideOf } from './harness/job-load';
import { type Laptop, onLaptop } from './harness/laptop';
import type { Tick, TickFault } from '../../packages/local-aws/src/scheduler/scheduler';
import { allow, policy } from '../../packages/local-aws/test/foundation';
import { FhirJobMonitor } from '../../src';
import { DATASTORES_NOT_LISTED, ENDED_JOB_METRICS, JOB_KINDS, type JobKind, METRIC_NAMESPACE } from '../../src/contract';
import { CANARY } from '../support/canary';

jest.setTimeout(300_000);

const MINUTE = 60_000;
const STUCK_AFTER = Duration.minutes(3);
const STARTED_JOBS = ['completed', 'failed', 'cancelled', 'completed'];
/** The number of further jobs of each kind in each data store. The lists then have more than one page. */
const FURTHER_JOBS = 620;
const ENDS = ['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCEL_COMPLETED'] as const;

/** Returns a function that adds a stack with a monitor of the data stores to an app. */
const monitorOf = (datastoreIds: readonly string[]) => (app: App): void => {
  const stack = new Stack(app, 'Monitor');
  const jobs = new FhirJobMonitor(stack, 'Jobs', {
    datastores: datastoreIds.map((id, index) => CfnFHIRDatastore.fromDatastoreId(stack, `Datastore${index}`, id)),
    interval: Duration.minutes(1),
    notificationTopic: new Topic(stack, 'Alarms'),
  });
  const outputs: Record<string, string> = { role: jobs.role.roleName };
  const alarms: Record<string, AlarmBase> = {
    failed: jobs.alarmOnFailedJobs(), stuck: jobs.alarmOnStuckJob({ age: STUCK_AFTER }), missing: jobs.alarmOnMissingJobs(),
  };
  Object.entries(alarms).forEach(([name, { alarmName }]) => {
    outputs[name] = alarmName;
  });
  jobs.addDashboard('Dashboard', { dashboardName: 'jobs' });
  const failures = new Topic(stack, 'Failures');
  jobs.onJobFailed('JobFailed', { target: new SnsTopic(failures) });
  outputs.failures = failures.topicArn;
  Object.entries(outputs).forEach(([name, value]) => new CfnOutput(stack, name, { value }));
};

/** Delivers some ticks twice, some late, and loses some, but never two in a row. */
function unreliable(tick: Tick): TickFault | undefined {
  return ([undefined, 'twice', 'lost', { lateByMs: 1.5 * MINUTE }] as const)[Math.floor(tick.scheduledAt / MINUTE) % 4];
}

/** Resolves when the condition is true. Rejects after 15 minutes on the clock of the local AWS. */
async function until(laptop: Laptop, condition: () => boolean): Promise<void> {
  const deadline = laptop.aws.clock.now() + 15 * MINUTE;
  while (!condition()) {
    if (laptop.aws.clock.now() > deadline) {
      throw new Error(`not true within 15 minutes: ${condition}`);
    }
    await laptop.aws.clock.sleep(1_000);
  }
}

const windowOf = (time: number): number => Math.floor(time / MINUTE) * MINUTE;

type Outcomes = Readonly<Record<string, Readonly<Record<number, number>>>>;

const STATUSES: Readonly<Record<string, string>> = {
  COMPLETED: 'JobsCompleted', COMPLETED_WITH_ERRORS: 'JobsCompletedWithErrors', FAILED: 'JobsFailed', CANCEL_COMPLETED: 'JobsCancelled',
};

/**
 * Returns the figures of the jobs that ended, by metric and window, from HealthLake's own lists. Leaves out zeros, and the resources of a window in which an
 * import without a progress report ended.
 */
function listed(load: JobLoad, kind: JobKind, datastoreId: string): Outcomes {
  const ended = load.jobs(kind, datastoreId).filter(({ EndTime }) => EndTime !== undefined);
  const figures: Record<string, Record<number, number>> = {};
  const add = (metric: string, window: number, value = NaN): void => {
    (figures[metric] ??= {})[window] = (figures[metric][window] ?? 0) + value;
  };
  for (const { JobStatus, EndTime, ...job } of ended) {
    const progress = 'JobProgressReport' in job ? job.JobProgressReport : undefined;
    const window = windowOf(EndTime!.getTime());
    add(STATUSES[JobStatus!], window, 1);
    add('JobResourcesImported', window, progress?.TotalNumberOfResourcesImported);
    add('JobResourcesFailed', window, progress?.TotalNumberOfResourcesWithCustomerError);
  }
  return withoutZeros(figures);
}

/** Leaves out the values that are not above 0, and the metrics without other values. */
function withoutZeros(figures: Outcomes): Outcomes {
  const known = Object.entries(figures).map(([name, values]) => [name, Object.entries(values).filter(([, value]) => value > 0)] as const);
  return Object.fromEntries(known.filter(([, values]) => values.length > 0).map(([name, values]) => [name, Object.fromEntries(values)]));
}

/** Returns the figures of the jobs that ended, by metric and window, from CloudWatch. Throws if two ticks wrote different values for one window. */
function measured({ aws }: Laptop, JobKind: JobKind, DatastoreId: string): Outcomes {
  return withoutZeros(Object.fromEntries(ENDED_JOB_METRICS.map((name) => {
    const windows: Record<number, number> = {};
    for (const { time, value } of aws.cloudwatch.data(METRIC_NAMESPACE, name, { DatastoreId, JobKind })) {
      if ((windows[time] ?? value) !== value) {
        throw new Error(`${name} of ${JobKind} has the values ${windows[time]} and ${value} in one window`);
      }
      windows[time] = value;
    }
    return [name, windows];
  })));
}

/** Returns the HTML of the custom widget on the dashboard, as CloudWatch gets it. */
async function shownOnDashboard({ aws }: Laptop): Promise<unknown> {
  const { widgets } = aws.cloudwatch.dashboards.get('jobs') as { widgets: { type: string; properties: { endpoint: string; params: object } }[] };
  const { endpoint, params } = widgets.find(({ type }) => type === 'custom')!.properties;
  const context = { dashboardName: 'jobs', theme: 'light', params };
  return (await aws.lambda.invoke(aws.iam.admin, endpoint, { ...params, widgetContext: context })).payload;
}

test('a FhirJobMonitor counts each job once, notices each fault, and shows no patient data', onLaptop({
  timeScale: 20,
  healthlake: {
    datastoreDeletionMs: 0,
    deletedDatastoreRetentionMs: 0,
    pace: { submitDelayMs: 0, minimumDurationMs: 1_000 },
    overrideJob: ({ jobName }) => jobName === 'slow' ? { pace: { minimumDurationMs: 6 * MINUTE } } : overrideOf(jobName),
  },
}, async (laptop, { bucket, datastoreId: first }) => {
  const { cloudwatch, clock, iam, scheduler, sns } = laptop.aws;
  const load = new JobLoad(laptop, bucket);
  await laptop.upload(bucket, 'in/Wrong.ndjson', [{ resourceType: 'Patient', id: CANARY, gender: 7 }]);
  const second = await load.createDatastore();
  const datastores = [first, second];
  const allJobs = () => datastores.flatMap((id) => JOB_KINDS.flatMap((kind) => load.jobs(kind, id)));
  const gauges = (name: string, DatastoreId: string, since: number, JobKind: JobKind = 'IMPORT') =>
    cloudwatch.data(METRIC_NAMESPACE, name, { DatastoreId, JobKind }).filter(({ time }) => time >= since).map(({ value }) => value);
  const stateOf = (name: string) => cloudwatch.alarm(laptop.output('Monitor', name)).state;
  const expectTheListedFigures = (...ids: string[]) => {
    for (const id of ids) {
      for (const kind of JOB_KINDS) {
        expect({ id, kind, figures: measured(laptop, kind, id) }).toEqual({ id, kind, figures: listed(load, kind, id) });
      }
    }
  };
  scheduler.beforeTick = unreliable;
  expect(await laptop.deploy(monitorOf(datastores))).toBe(0);
  await until(laptop, () => stateOf('missing') === 'OK');
  await shownOnDashboard(laptop); // starts the process of the widget function, which otherwise takes a large part of the function's time

  for (const name of STARTED_JOBS) {
    await Promise.all(datastores.flatMap((id) => JOB_KINDS.map((kind) => load.start(kind, id, name))));
  }
  await load.start('IMPORT', first, 'slow');
  const html = await shownOnDashboard(laptop);
  expect(html).toContain('slow');
  expect(html).not.toContain(CANARY);
  for (let n = 0; n < FURTHER_JOBS; n += 1) {
    datastores.forEach((id) => JOB_KINDS.forEach((kind) => load.addEnded(kind, id, ENDS[n % ENDS.length], n)));
    if (n % 40 === 39) {
      await clock.sleep(0.3 * MINUTE);
    }
  }
  await until(laptop, () => ['failed', 'stuck'].every((name) => cloudwatch.alarm(laptop.output('Monitor', name)).states.includes('ALARM')));
  await until(laptop, () => allJobs().every(({ EndTime }) => EndTime !== undefined));
  const ended = clock.now();
  scheduler.beforeTick = undefined;
  await until(laptop, () => stateOf('failed') === 'OK' && stateOf('stuck') === 'OK' && clock.now() > ended + 4 * MINUTE);
  const delivered = scheduler.delivered.map(({ scheduledAt }) => scheduledAt);
  expect(new Set(delivered).size).toBeLessThan(delivered.length);
  expect(allJobs()).toHaveLength(4 * (STARTED_JOBS.length + FURTHER_JOBS) + 1);
  expectTheListedFigures(...datastores);
  const failedJobs = allJobs().filter(({ JobStatus }) => JobStatus === 'FAILED');
  const notified = sns.published(laptop.output('Monitor', 'failures')).map(({ message }) => JSON.parse(message));
  expect(notified.map(({ detail }) => detail.jobId).sort()).toEqual(failedJobs.map(({ JobId }) => JobId).sort());
  expect(new Set(notified.map((event) => event['detail-type']))).toEqual(new Set(['Import Job Failed', 'Export Job Failed']));

  const denied = clock.now();
  const { settings } = iam.roles.get(laptop.output('Monitor', 'role'));
  const { inlinePolicies } = settings.latest;
  const deny = { ...allow('healthlake:ListFHIRExportJobs', `arn:aws:healthlake:*:*:datastore/fhir/${second}`), Effect: 'Deny' };
  await iam.changeRole(laptop.output('Monitor', 'role'), () => ({ inlinePolicies: { ...inlinePolicies, deny: policy(deny) } }));
  await until(laptop, () => stateOf('missing') === 'ALARM');
  const afterDenial = windowOf(denied) + 2 * MINUTE;
  expect(gauges('JobsRunning', second, afterDenial, 'EXPORT')).toEqual([]);
  expect(gauges('JobsRunning', first, afterDenial, 'EXPORT')).toContain(0);
  expect(laptop.logs()).toMatch(new RegExp(`could not be listed.*${second}.*AccessDenied`));
  await iam.changeRole(laptop.output('Monitor', 'role'), () => ({ inlinePolicies }));
  await until(laptop, () => stateOf('missing') === 'OK');
  await shownOnDashboard(laptop); // starts the process of the widget function, which otherwise takes a large part of the function's time

  const client = new HealthLakeClient({ endpoint: laptop.aws.endpoint, region: laptop.aws.region, credentials: laptop.aws.credentials });
  await client.send(new DeleteFHIRDatastoreCommand({ DatastoreId: second }));
  client.destroy();
  JOB_KINDS.forEach((kind) => load.addEnded(kind, first, 'FAILED', 1));
  const deleted = clock.now();
  await until(laptop, () => stateOf('missing') === 'ALARM' && clock.now() > deleted + 4 * MINUTE);
  const afterDeletion = windowOf(deleted) + 2 * MINUTE;
  expect(JOB_KINDS.map((kind) => gauges('JobsRunning', second, afterDeletion, kind))).toEqual([[], []]);
  expectTheListedFigures(first);
  expect(cloudwatch.data(METRIC_NAMESPACE, DATASTORES_NOT_LISTED, { ConstructPath: 'Monitor/Jobs' }).at(-1)!.value).toBe(1);
  expect(scheduler.failed).toEqual([]);

  expect(failedJobs.every(({ Message }) => Message?.includes(CANARY))).toBe(true);
  expect(laptop.visibleText()).not.toContain(CANARY);
  load.close();
}));
