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

/** Expects that all events are about a job of the data store, with the same details. */
function expectDetails(details: object): void {
  for (const event of emitted) {
    expect(event).toEqual({
      'source': 'aws.healthlake',
      'detail-type': expect.any(String),
      'resources': [`arn:aws:healthlake:us-east-1:${ACCOUNT}:datastore/fhir/${aws.datastoreId}`],
      'detail': { ...details, datastoreId: aws.datastoreId },
    });
  }
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
  expectDetails({ jobId, submitTime: SubmitTime!.toISOString(), inputDataConfig: { s3Uri: `s3://${INPUT}/data/` } });
});

test.each([
  ['Import', () => aws.startImport(), (jobId: string) => aws.ended(jobId)],
  ['Export', () => aws.startExport(), (jobId: string) => aws.exportEnded(jobId)],
])('HealthLake emits an EventBridge event for the status QUEUED of an %s job, but none for an undocumented status', async (kind, begin, ended) => {
  // The first job stays in PAUSED_FOR_MAINTENANCE for minutes, so that it still runs when the second job is submitted, even on a busy machine.
  await start({ detour: { status: 'PAUSED_FOR_MAINTENANCE', ms: 5 * MINUTE } });
  const [first, second] = [await begin(), await begin()];
  await Promise.all([ended(first), ended(second)]);
  const of = (jobId: string) => emitted.filter((event) => event.detail.jobId === jobId).map((event) => event['detail-type']);
  expect(of(first)).toEqual(['Submitted', 'In Progress', 'Completed'].map((end) => `${kind} Job ${end}`));
  expect(of(second)).toEqual(['Submitted', 'Queued', 'In Progress', 'Completed'].map((end) => `${kind} Job ${end}`));
});

test.each<[string, JobOverride, string[]]>([
  ['completes', {}, ['Export Job Completed']],
  ['completes with errors', { outcome: { status: 'COMPLETED_WITH_ERRORS' } }, ['Export Job Completed With Errors']],
  ['fails', { outcome: { status: 'FAILED' } }, ['Export Job Failed']],
  ['is cancelled', { outcome: { status: 'CANCEL_COMPLETED' } }, []],
])('HealthLake emits events with the requested output location for an export job that %s', async (_, override, end) => {
  await start(override);
  const jobId = await aws.startExport();
  const { SubmitTime } = await aws.exportEnded(jobId);
  expect(emitted.map((event) => event['detail-type'])).toEqual(['Export Job Submitted', 'Export Job In Progress', ...end]);
  expectDetails({ jobId, submitTime: SubmitTime!.toISOString(), outputDataConfig: { s3Uri: `s3://${OUTPUT}/data/` } });
});
