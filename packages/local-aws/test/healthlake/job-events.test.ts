import type { JobOverride } from '../../../local-healthlake/src/healthlake/options';
import { ACCOUNT, Harness, INPUT, OUTPUT, patient } from '../../../local-healthlake/test/harness';
import type { EventContent } from '../../src/events/events';
import { emitJobEvents } from '../../src/healthlake/job-events';

let aws: Harness;
const emitted: EventContent[] = [];

async function start(override: JobOverride, body = patient('a')): Promise<void> {
  emitted.length = 0;
  aws = await Harness.start({ overrideJob: () => override });
  emitJobEvents(aws.environment, aws.service.healthLake, (event) => emitted.push(event));
  await aws.put('data/1.ndjson', body);
}

afterEach(() => aws.close());

const MINUTE = 60_000;

const STARTED = ['Import Job Submitted', 'Import Job In Progress'];

test.each<[string, JobOverride, string, string[]]>([
  ['completes', {}, patient('a'), ['Import Job Completed']],
  ['completes with errors', {}, 'not JSON', ['Import Job Completed With Errors']],
  ['fails', {}, '', ['Import Job Failed']],
  ['is cancelled', { outcome: { status: 'CANCEL_COMPLETED' } }, patient('a'), []],
])('HealthLake emits one EventBridge event for each documented status of a job that %s', async (_, override, body, end) => {
  await start(override, body);
  const jobId = await aws.startImport();
  const { SubmitTime } = await aws.ended(jobId);
  expect(emitted.map((event) => event['detail-type'])).toEqual([...STARTED, ...end]);
  for (const event of emitted) {
    expect(event).toEqual({
      'source': 'aws.healthlake',
      'detail-type': expect.any(String),
      'resources': [`arn:aws:healthlake:us-east-1:${ACCOUNT}:datastore/fhir/${aws.datastoreId}`],
      'detail': { jobId, submitTime: SubmitTime!.toISOString(), datastoreId: aws.datastoreId, inputDataConfig: { s3Uri: `s3://${INPUT}/data/` } },
    });
  }
});

test('HealthLake emits an EventBridge event for the status QUEUED, but none for an undocumented status', async () => {
  // The first job stays in PAUSED_FOR_MAINTENANCE for minutes, so that it still runs when the second job is submitted, even on a busy machine.
  await start({ detour: { status: 'PAUSED_FOR_MAINTENANCE', ms: 5 * MINUTE } });
  const [first, second] = [await aws.startImport(), await aws.startImport()];
  await Promise.all([aws.ended(first), aws.ended(second)]);
  const of = (jobId: string) => emitted.filter((event) => event.detail.jobId === jobId).map((event) => event['detail-type']);
  expect(of(first)).toEqual([...STARTED, 'Import Job Completed']);
  expect(of(second)).toEqual(['Import Job Submitted', 'Import Job Queued', 'Import Job In Progress', 'Import Job Completed']);
});

test.each<[string, JobOverride, string[]]>([
  ['completes', {}, ['Export Job Completed']],
  ['fails', { outcome: { status: 'FAILED' } }, ['Export Job Failed']],
])('HealthLake emits events with the requested output location for an export job that %s', async (_, override, end) => {
  await start(override);
  const jobId = await aws.startExport();
  await aws.event(jobId, ({ status }) => status === 'COMPLETED' || status === 'FAILED');
  expect(emitted.map((event) => event['detail-type'])).toEqual(['Export Job Submitted', 'Export Job In Progress', ...end]);
  expect(emitted.at(-1)!.detail).toEqual({
    jobId, submitTime: expect.any(String), datastoreId: aws.datastoreId, outputDataConfig: { s3Uri: `s3://${OUTPUT}/data/` },
  });
});
