import { DescribeFHIRImportJobCommand, ListFHIRExportJobsCommand, ListFHIRImportJobsCommand } from '@aws-sdk/client-healthlake';
import { JobLists, type ListBehaviour, Metrics, progress, row, TICK } from './job-lists';
import { BUDGETS } from '../../../lambda/budgets';
import { handler } from '../../../lambda/job-monitor';
import { ENDED_JOB_METRICS, JOB_GAUGES, JOB_KINDS, type JobMonitorInput } from '../../../src/contract';
import { Aws, DATASTORE, MINUTE, SECOND, sdkError, T0 } from '../harness';

const OTHER = 'ffffffffffffffffffffffffffffffff';
const WINDOW = 5 * MINUTE;

let aws: Aws;
beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

async function tick(input: Partial<JobMonitorInput> = {}): Promise<Metrics> {
  aws.lines.splice(0);
  await handler({ ...TICK, ...input });
  return new Metrics(aws.lines);
}

const warnings = () => aws.lines.map((line) => JSON.parse(line) as { message?: string }).filter(({ message }) => message !== undefined);

test('a tick emits every metric of both kinds', async () => {
  const { rows } = new JobLists(aws);
  rows.IMPORT.push(
    row('queued', 'SUBMITTED', 10, { EndTime: new Date(T0 - 1) }), row('waiting', 'QUEUED', 30), row('running', 'IN_PROGRESS', 60, progress(100, 1, 12.5)),
    row('stopping', 'CANCEL_IN_PROGRESS', 90), row('new', 'PAUSED', 1),
    row('done', 'COMPLETED', 70, { ...progress(10, 0), EndTime: new Date(T0 - 1) }),
    row('partly', 'COMPLETED_WITH_ERRORS', 80, { ...progress(20, 3), EndTime: new Date(T0 - WINDOW) }),
    row('earlier', 'COMPLETED', 90, { ...progress(40, 4), EndTime: new Date(T0 - WINDOW - 1) }),
    row('long ago', 'FAILED', 100, { EndTime: new Date(T0 - 2 * WINDOW - 1) }),
    row('just now', 'FAILED', 100, { EndTime: new Date(T0) }),
  );
  rows.EXPORT.push(
    row('failed', 'FAILED', 7, { EndTime: new Date(T0 - 1) }), row('stopped', 'CANCEL_COMPLETED', 8, { EndTime: new Date(T0 - 1) }),
    row('not stopped', 'CANCEL_FAILED', 9, { EndTime: new Date(T0 - 1) }),
  );
  const metrics = await tick({ scheduledTime: new Date(T0 + 20 * SECOND).toISOString() });

  expect(metrics.allAt(T0, DATASTORE, 'IMPORT')).toEqual({
    JobsRunning: 3, JobsQueued: 2, OldestRunningAge: 90 * 60, OldestQueuedAge: 30 * 60, ImportThroughput: 12.5,
  });
  expect(metrics.allAt(T0 - WINDOW, DATASTORE, 'IMPORT')).toEqual({
    JobsCompleted: 1, JobsCompletedWithErrors: 1, JobsFailed: 0, JobsCancelled: 0, JobResourcesImported: 30, JobResourcesFailed: 3,
  });
  expect(metrics.allAt(T0 - 2 * WINDOW, DATASTORE, 'IMPORT')).toMatchObject({ JobsCompleted: 1, JobsFailed: 0, JobResourcesImported: 40 });
  expect(metrics.allAt(T0, DATASTORE, 'EXPORT')).toEqual({ JobsRunning: 0, JobsQueued: 0, OldestRunningAge: 0, OldestQueuedAge: 0 });
  expect(metrics.allAt(T0 - WINDOW, DATASTORE, 'EXPORT')).toEqual({ JobsCompleted: 0, JobsCompletedWithErrors: 0, JobsFailed: 2, JobsCancelled: 1 });
  expect(metrics.allAt(T0 - 2 * WINDOW, DATASTORE, 'EXPORT')).toEqual({ JobsCompleted: 0, JobsCompletedWithErrors: 0, JobsFailed: 0, JobsCancelled: 0 });
  expect(metrics.allAt(T0, 'Stack/Jobs')).toEqual({ DatastoresNotListed: 0 });
  expect(Object.keys({ ...metrics.allAt(T0, DATASTORE, 'IMPORT'), ...metrics.allAt(T0 - WINDOW, DATASTORE, 'IMPORT') })).toEqual([...JOB_GAUGES, ...ENDED_JOB_METRICS]);
  expect(aws.sent('DescribeFHIRImportJob')).toEqual([]);
});

describe.each<[string, ListBehaviour]>([
  ['filters', {}],
  ['ignores the filters', { ignoresFilters: true }],
])('if HealthLake %s', (_what, behaviour) => {
  test('jobs before the look-back are counted only while they are queued or in progress', async () => {
    const { rows } = new JobLists(aws, behaviour);
    const old = 15 * 24 * 60;
    rows.IMPORT.push(
      row('old running', 'IN_PROGRESS', old, progress(1, 1, 1)), row('old queued', 'QUEUED', old), row('old submitted', 'SUBMITTED', old),
      row('old ended', 'FAILED', old, { EndTime: new Date(T0 - 1) }),
      row('at the look-back', 'COMPLETED', 14 * 24 * 60, { ...progress(1, 0), EndTime: new Date(T0 - 1) }),
    );
    const metrics = await tick();

    expect(metrics.allAt(T0, DATASTORE, 'IMPORT')).toMatchObject({ JobsRunning: 1, JobsQueued: 2, OldestRunningAge: old * 60, OldestQueuedAge: old * 60 });
    expect(metrics.allAt(T0 - WINDOW, DATASTORE, 'IMPORT')).toMatchObject({ JobsCompleted: 1, JobsFailed: 0 });
  });
});

test('only the running jobs and those that ended in the windows are described if the list has no progress', async () => {
  const { rows } = new JobLists(aws, { hidesProgress: true });
  rows.IMPORT.push(
    row('running', 'IN_PROGRESS', 60, progress(100, 1, 12.5)), row('queued', 'SUBMITTED', 10),
    row('done', 'COMPLETED', 70, { ...progress(10, 2), EndTime: new Date(T0 - 1) }),
    row('long ago', 'COMPLETED', 100, { EndTime: new Date(T0 - 60 * MINUTE) }),
  );
  const metrics = await tick();

  expect(aws.sent('DescribeFHIRImportJob')).toEqual(['running', 'done'].map((JobId) => ({ DatastoreId: DATASTORE, JobId })).sort());
  expect(metrics.at(T0, 'ImportThroughput', DATASTORE, 'IMPORT')).toBe(12.5);
  expect(metrics.allAt(T0 - WINDOW, DATASTORE, 'IMPORT')).toMatchObject({ JobResourcesImported: 10, JobResourcesFailed: 2 });
});

describe('a number that HealthLake doesn\'t report is missing, not zero:', () => {
  const ENDED = [row('a', 'COMPLETED', 9, { ...progress(10, 2), EndTime: new Date(T0 - 1) }), row('b', 'FAILED', 9, { EndTime: new Date(T0 - 1) })];

  test('a job without progress', async () => {
    new JobLists(aws).rows.IMPORT.push(...ENDED, row('running', 'IN_PROGRESS', 5));
    const metrics = await tick();

    expect(metrics.allAt(T0 - WINDOW, DATASTORE, 'IMPORT')).toEqual({ JobsCompleted: 1, JobsCompletedWithErrors: 0, JobsFailed: 1, JobsCancelled: 0 });
    expect(metrics.at(T0, 'ImportThroughput', DATASTORE, 'IMPORT')).toBeUndefined();
    expect(metrics.at(T0, 'DatastoresNotListed', 'Stack/Jobs')).toBe(0);
  });

  test('a job that can\'t be described', async () => {
    new JobLists(aws).rows.IMPORT.push(...ENDED);
    aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(sdkError('AccessDeniedException', 'Access Denied'));
    const metrics = await tick();

    expect(metrics.allAt(T0 - WINDOW, DATASTORE, 'IMPORT')).toEqual({ JobsCompleted: 1, JobsCompletedWithErrors: 0, JobsFailed: 1, JobsCancelled: 0 });
    expect(metrics.at(T0, 'DatastoresNotListed', 'Stack/Jobs')).toBe(1);
    expect(warnings()).toEqual([expect.objectContaining({ datastoreId: DATASTORE, IMPORT: 'AccessDeniedException: Access Denied' })]);
  });
});

test.each([
  ['the data store doesn\'t exist', sdkError('ResourceNotFoundException', `DataStore not found: ${OTHER}`), `ResourceNotFoundException (full text: CloudTrail): *** not found: ${OTHER}`],
  ['a policy denies the list', sdkError('AccessDeniedException', 'User: arn:aws:sts::1:assumed-role/Lovelace/x is not authorized'),
    'AccessDeniedException (full text: CloudTrail): User: *** is not authorized'],
])('if %s, its metrics are missing and the other data stores are counted', async (_what, error, why) => {
  new JobLists(aws).rows.IMPORT.push(row('a', 'QUEUED', 1));
  aws.healthlake.on(ListFHIRImportJobsCommand, { DatastoreId: OTHER }).rejects(error);
  aws.healthlake.on(ListFHIRExportJobsCommand, { DatastoreId: OTHER }).rejects(error);
  const metrics = await tick({ datastoreIds: [OTHER, DATASTORE] });

  expect(metrics.at(T0, 'JobsQueued', DATASTORE, 'IMPORT')).toBe(1);
  expect(aws.lines.filter((line) => line.includes(OTHER))).toHaveLength(1);
  expect(warnings()).toEqual([{
    message: 'warning: the jobs of a data store could not be listed', construct: 'Stack/Jobs', datastoreId: OTHER, IMPORT: why, EXPORT: why,
  }]);
  expect(metrics.allAt(T0, 'Stack/Jobs')).toEqual({ DatastoresNotListed: 1 });
});

test('a list that gets no answer ends with its budget, and only the metrics of its kind are missing', async () => {
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), ms);
    return controller.signal;
  });
  new JobLists(aws).rows.EXPORT.push(row('a', 'QUEUED', 1));
  aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(() => new Promise((_, reject) => {
    const { args } = aws.healthlake.calls().at(-1)! as unknown as { readonly args: [object, { readonly abortSignal: AbortSignal }] };
    args[1].abortSignal.addEventListener('abort', () => reject(sdkError('AbortError', 'Request aborted')));
  }));
  const done = handler(TICK);
  await jest.advanceTimersByTimeAsync(BUDGETS.jobs.listMs);
  await done;
  const metrics = new Metrics(aws.lines);

  expect(metrics.allAt(T0, DATASTORE, 'IMPORT')).toEqual({});
  expect(metrics.at(T0, 'JobsQueued', DATASTORE, 'EXPORT')).toBe(1);
  expect(metrics.at(T0, 'DatastoresNotListed', 'Stack/Jobs')).toBe(1);
  expect(warnings()).toEqual([expect.objectContaining({ IMPORT: 'Error: the jobs were not listed within 20 seconds' })]);
});

test('the budgets of a tick of 10 data stores add up to less than the time-out of the function', () => {
  const { listMs, pauseMs, timeoutMs } = BUDGETS.jobs;
  expect(10 * JOB_KINDS.length * (listMs + pauseMs)).toBeLessThan(timeoutMs);
});

test.each([[1, 8], [100, 8], [10_000, 8 + 19]])('a tick over %i import jobs makes %i calls', async (jobs, calls) => {
  new JobLists(aws).rows.IMPORT.push(...Array.from({ length: jobs }, (_, i) => row(String(i), 'COMPLETED', 60 + i, { EndTime: new Date(T0 - 60 * MINUTE) })));
  await tick();

  expect(aws.callCount).toBe(calls);
});

test('a tick without a scheduled time fails', async () => {
  await expect(handler({ ...TICK, scheduledTime: '<aws.scheduler.scheduled-time>' })).rejects.toThrow(
    'the input of the job monitor has no times: scheduledTime <aws.scheduler.scheduled-time>, periodMinutes 5',
  );
  expect(aws.callCount).toBe(0);
});
