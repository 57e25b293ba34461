import { DeleteFHIRDatastoreCommand, ListFHIRImportJobsCommand } from '@aws-sdk/client-healthlake';
import { Harness, patient } from './harness';
import type { JobOverride } from '../src/healthlake/options';

const PAUSE_MS = 3_600_000;
const PAUSED = { status: 'PAUSED_FOR_MAINTENANCE', ms: PAUSE_MS };

let aws: Harness;

async function start(override: JobOverride, body = patient('a')): Promise<void> {
  aws = await Harness.start({ overrideJob: () => override });
  await aws.put('data/1.ndjson', body);
}

afterEach(() => aws.close());

test.each<[string, JobOverride, string, string[], string | undefined]>([
  ['completes', {}, patient('a'), ['COMPLETED'], undefined],
  ['completes with errors', {}, 'no JSON', ['COMPLETED_WITH_ERRORS'], undefined],
  ['has no input', {}, '', ['FAILED'], expect.stringContaining('No .ndjson files were found')],
  ['is made to fail', { outcome: { status: 'FAILED', message: 'too much' } }, patient('a'), ['FAILED'], 'too much'],
  ['is made to cancel', { outcome: { status: 'CANCEL_COMPLETED' } }, patient('a'), ['CANCEL_COMPLETED'], undefined],
])('before its end, a job that %s shows the status of its option `detour` for the specified time', async (_, override, body, end, message) => {
  await start({ ...override, detour: PAUSED }, body);
  const cancelling = override.outcome?.status === 'CANCEL_COMPLETED' ? ['CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS'] : [];
  let pausedAt = Infinity;
  aws.service.healthLake.observe(({ status }) => {
    if (String(status) === PAUSED.status) {
      pausedAt = Math.floor(aws.clock.now());
    }
  });
  const jobId = await aws.startImport();
  await aws.event(jobId, ({ status }) => String(status) === PAUSED.status);
  const paused = await aws.describe(jobId);
  expect(paused).toMatchObject({ JobStatus: PAUSED.status });
  expect([paused.EndTime, paused.Message]).toEqual([undefined, undefined]);

  aws.clock.skip(PAUSE_MS);
  const job = await aws.ended(jobId);
  expect(aws.statuses(jobId)).toEqual(['SUBMITTED', 'IN_PROGRESS', ...cancelling, PAUSED.status, ...end]);
  expect(job.Message).toEqual(message);
  expect(job.EndTime!.getTime() - pausedAt).toBeGreaterThanOrEqual(PAUSE_MS);
});

test('List returns the status of the option `detour`, and the next job stays QUEUED during this status', async () => {
  await start({ detour: PAUSED });
  const [first, second] = [await aws.startImport(), await aws.startImport()];
  await aws.event(first, ({ status }) => String(status) === PAUSED.status);
  await aws.event(second, ({ status }) => status === 'QUEUED');
  const { ImportJobPropertiesList } = await aws.healthLake.send(new ListFHIRImportJobsCommand({ DatastoreId: aws.datastoreId }));
  expect(ImportJobPropertiesList!.map(({ JobId, JobStatus }) => [JobId, JobStatus])).toEqual([[second, 'QUEUED'], [first, PAUSED.status]]);
});

test('an export job shows the status of its option `detour`', async () => {
  await start({ detour: PAUSED });
  const jobId = await aws.startExport();
  await aws.event(jobId, ({ status }) => String(status) === PAUSED.status);
  expect(await aws.describeExport(jobId)).toMatchObject({ JobStatus: PAUSED.status });
  aws.clock.skip(PAUSE_MS);
  expect(await aws.exportEnded(jobId)).toMatchObject({ JobStatus: 'COMPLETED' });
});

test('the status of the option `detour` ends when the data store is deleted', async () => {
  await start({ detour: { ...PAUSED, ms: 1e12 } });
  const jobId = await aws.startImport();
  await aws.event(jobId, ({ status }) => String(status) === PAUSED.status);
  await aws.healthLake.send(new DeleteFHIRDatastoreCommand({ DatastoreId: aws.datastoreId }));
  expect(await aws.ended(jobId)).toMatchObject({ JobStatus: 'FAILED', Message: 'The data store was deleted' });
});
