import { setTimeout as sleep } from 'node:timers/promises';
import type { ExportJobProperties } from '@aws-sdk/client-healthlake';
import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Tick, TickFault } from '../../../packages/local-aws/src/scheduler/scheduler';
import type { JobOverride } from '../../../packages/local-healthlake/src/healthlake/options';
import { FhirExport } from '../../../src';
import { type ExportEventDetail, METRIC_NAMESPACE } from '../../../src/contract';
import { visibleText } from '../../support/channels';
import { arePaused } from '../../support/executions';
import { withPatients } from '../harness/export-app';
import type { Laptop } from '../harness/laptop';
import { skipTo } from '../harness/pauses';

jest.setTimeout(180_000);

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The id of a patient in a message of HealthLake. Only the history of an execution may have it. */
const PATIENT = 'Lovelace';

/** The time that one skip adds to the clock while executions pause. */
const STEP = 30 * SECOND;
/** The minutes of an hour at which a tick can arrive, and the end of the hour. */
const TICKS = [0, 20, 30, 60].map((minute) => minute * MINUTE);

/** The runs of the hourly export, counted from the first full hour after the deployment, that don't end well. */
const LONG = 8;
const FAILED = 14;
const WITH_ERRORS = 20;

/** Returns the fault of an hourly tick. The tick after the long run is late and still finds the job of that run. */
function faultOf(hour: number): TickFault | undefined {
  return ([undefined, 'twice', undefined, { lateByMs: 20 * MINUTE }, undefined, 'lost'] as const)[hour % 6];
}

const OVERRIDES: Readonly<Record<number, JobOverride>> = {
  [LONG]: { pace: { minimumDurationMs: 90 * MINUTE } },
  [FAILED]: { outcome: { status: 'FAILED', message: `the resource Patient/${PATIENT} was refused` } },
  [WITH_ERRORS]: { outcome: { status: 'COMPLETED_WITH_ERRORS' } },
};

/** Returns what an hourly tick leads to: an event, or nothing if it is lost. */
function endOf(hour: number): string[] {
  if (faultOf(hour) === 'lost') {
    return [];
  }
  return [hour === LONG + 1 ? 'Skipped' : hour === FAILED || hour === WITH_ERRORS ? 'Failed' : 'Succeeded'];
}

/** Returns a function that adds a stack with scheduled exports of the data store to an app. */
const backupsOf = (datastoreId: string, schedules: Readonly<Record<string, string>>) => (app: App): void => {
  const stack = new Stack(app, 'Backup');
  const datastore = CfnFHIRDatastore.fromDatastoreId(stack, 'Datastore', datastoreId);
  for (const [id, expression] of Object.entries(schedules)) {
    const { provider, storage } = new FhirExport(stack, id, { datastore, outputPrefix: id, schedule: ScheduleExpression.expression(expression) });
    if (!stack.node.tryFindChild('alarm')) {
      new CfnOutput(stack, 'alarm', { value: provider.exportMonitorAlarm().alarmName });
      new CfnOutput(stack, 'bucket', { value: storage.outputBucket.bucketName });
    }
  }
};

/** Lets time pass until the given time. Skips the pauses of executions, and the time without executions between two ticks. */
async function pass(laptop: Laptop, until: number): Promise<void> {
  const { aws, aws: { clock, states } } = laptop;
  while (clock.now() < until) {
    const running = states.executions().filter(({ status }) => status === 'RUNNING');
    const inHour = clock.now() % HOUR;
    const next = TICKS.findIndex((minutes) => minutes > inHour);
    if (running.length > 0 && arePaused(aws, running)) {
      laptop.skip(STEP);
    } else if (running.length === 0 && inHour > TICKS[next - 1] + 5 * SECOND) {
      skipTo(laptop, clock.now() - inHour + TICKS[next] - SECOND);
    }
    await sleep(2);
  }
  await aws.events.settled();
  await aws.cloudwatch.settled();
}

/** Returns the end of each run of an export, by its scheduled time. */
function eventsOf({ aws }: Laptop, id: string): Record<string, string[]> {
  const ends: Record<string, string[]> = {};
  for (const { event } of aws.events.entries.filter(({ event: { source } }) => source === 'cdk-healthlake-import')) {
    const { constructPath, scheduledTime } = event.detail as unknown as ExportEventDetail;
    if (constructPath === `Backup/${id}`) {
      (ends[scheduledTime!] ??= []).push(event['detail-type'].replace('FHIR Export ', ''));
    }
  }
  return ends;
}

const exportsOf = ({ aws }: Laptop, datastoreId: string, id: string): ExportJobProperties[] => aws.healthlake.healthLake.exportJobs(datastoreId)
  .filter(({ OutputDataConfig: output }) => output!.S3Configuration!.S3Uri!.includes(`/${id}/`));

/** Returns the ids of the jobs that have a folder with files and a report in the output of an export. */
async function copiesOf(laptop: Laptop, id: string): Promise<string[]> {
  const keys = (await laptop.keys(laptop.output('Backup', 'bucket'))).filter((key) => key.startsWith(`${id}/`));
  const jobIds = (pattern: RegExp) => new Set(keys.flatMap((key) => pattern.exec(key)?.[1] ?? []));
  const reported = jobIds(/-FHIR_EXPORT-(\w+)\/export\.json$/);
  return [...jobIds(/-FHIR_EXPORT-(\w+)\/Patient\/[^/]+\.ndjson$/)].filter((jobId) => reported.has(jobId));
}

test('scheduled exports make one copy a tick, whatever happens to the ticks, and say which runs were skipped or failed', async () => {
  let startedAt = Infinity;
  let laptop: Laptop | undefined;
  const hourOf = (time: number) => Math.floor((time - startedAt) / HOUR);
  const isOnTheHour = (time: number) => time % HOUR < 30 * MINUTE;
  await withPatients({
    timeScale: 60,
    skipsPauses: false,
    healthlake: {
      pace: { submitDelayMs: 0, minimumDurationMs: MINUTE },
      overrideJob: () => {
        const now = laptop!.aws.clock.now();
        return isOnTheHour(now) ? OVERRIDES[hourOf(now)] : undefined;
      },
    },
  }, async (opened, { datastoreId }) => {
    laptop = opened;
    const { cloudwatch, clock, scheduler } = laptop.aws;
    scheduler.beforeTick = ({ scheduledAt }: Tick) => isOnTheHour(scheduledAt) ? faultOf(hourOf(scheduledAt)) : undefined;
    skipTo(laptop, Math.ceil(clock.now() / (24 * HOUR)) * 24 * HOUR); // so that no tick falls into a deployment
    expect(await laptop.deploy(backupsOf(datastoreId, { Hourly: 'cron(0 * * * ? *)', Nightly: 'cron(30 2 * * ? *)' }))).toBe(0);
    startedAt = Math.ceil(clock.now() / HOUR) * HOUR;
    const hours = 24;
    await pass(laptop, startedAt + hours * HOUR - 50 * MINUTE); // the deployment below ends before the next tick

    const timeOf = (hour: number) => new Date(startedAt + hour * HOUR).toISOString().replace('.000Z', 'Z');
    const ticks = Array.from({ length: hours }, (_, hour) => [timeOf(hour), endOf(hour)] as const);
    const expected = Object.fromEntries(ticks.filter(([, ends]) => ends.length > 0));
    expect(eventsOf(laptop, 'Hourly')).toEqual(expected);
    const nights = Array.from({ length: hours }, (_, hour) => new Date(startedAt + hour * HOUR)).filter((time) => time.getUTCHours() === 2);
    expect(Object.values(eventsOf(laptop, 'Nightly'))).toEqual(nights.map(() => ['Succeeded']));

    const jobs = exportsOf(laptop, datastoreId, 'Hourly');
    const ends = Object.values(expected).flat();
    const numberOf = (end: string) => ends.filter((other) => other === end).length;
    expect(jobs).toHaveLength(ends.length - 1);
    expect(new Set(jobs.map(({ JobName }) => JobName)).size).toBe(jobs.length);
    const withFiles = jobs.filter(({ JobStatus }) => JobStatus !== 'FAILED').map(({ JobId }) => JobId);
    expect((await copiesOf(laptop, 'Hourly')).sort()).toEqual(withFiles.sort());
    const sum = (name: string) => cloudwatch.data(METRIC_NAMESPACE, name, { DatastoreId: datastoreId, ConstructPath: 'Backup/Hourly' })
      .reduce((total, { value }) => total + value, 0);
    expect(['Succeeded', 'Failed', 'Skipped', 'ResourcesExported'].map(sum)).toEqual([numberOf('Succeeded'), 2, 1, 3 * withFiles.length]);

    const { states } = cloudwatch.alarm(laptop.output('Backup', 'alarm'));
    expect(states.filter((state) => state === 'ALARM')).toHaveLength(2);
    expect(states.at(-1)).toBe('OK');
    expect(laptop.logs()).toMatch(/"message":"export run".*"decision":"skip"/);

    expect(await laptop.deploy(backupsOf(datastoreId, { Hourly: 'cron(0 0/6 * * ? *)' }))).toBe(0);
    const changedAt = clock.now();
    scheduler.beforeTick = undefined;
    await pass(laptop, changedAt + 24 * HOUR);
    const later = Object.keys(eventsOf(laptop, 'Hourly')).filter((time) => Date.parse(time) > changedAt);
    expect(later).toHaveLength(4);
    expect(later.every((time) => new Date(time).getUTCHours() % 6 === 0)).toBe(true);
    expect(exportsOf(laptop, datastoreId, 'Nightly')).toHaveLength(nights.length);
    expect(exportsOf(laptop, datastoreId, 'Hourly')).toHaveLength(jobs.length + 4);

    expect(scheduler.failed).toEqual([]);
    expect(visibleText(laptop.aws, () => undefined)).not.toContain(PATIENT);
  })();
});

test('a run of an hour makes at most 75 calls and 205 state transitions, which cost half a US cent', withPatients({
  timeScale: 20,
  skipsPauses: false,
  healthlake: { pace: { submitDelayMs: 0, minimumDurationMs: HOUR } },
}, async (laptop, { datastoreId }) => {
  const { clock, lambda, router, states } = laptop.aws;
  skipTo(laptop, Math.ceil(clock.now() / (12 * HOUR)) * 12 * HOUR); // so that no tick falls into the deployment
  expect(await laptop.deploy(backupsOf(datastoreId, { Nightly: 'cron(0 0/12 * * ? *)' }))).toBe(0);
  const deployedAt = clock.now();
  await pass(laptop, Math.ceil(deployedAt / (12 * HOUR)) * 12 * HOUR + 70 * MINUTE);

  const [run, monitor, ...others] = states.executions();
  expect([run, monitor].map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expect(others).toEqual([]);
  expect(lambda.invocations).toHaveLength(3);
  const calls = router.requests.entries.filter(({ time }) => time > deployedAt);
  const transitions = run.transitions + monitor.transitions;
  [[calls.length, 75], [transitions, 205]].forEach(([value, bound]) => {
    expect(value).toBeLessThanOrEqual(bound);
    expect(value).toBeGreaterThan(bound * 0.75); // if this fails, update the documented costs
  });
  const PRICE = 0.025e-3; // of a state transition in us-east-1, in USD; the functions add 0.04 US cents
  expect(transitions * PRICE).toBeLessThan(0.0052);
}));
