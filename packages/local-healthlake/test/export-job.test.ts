import { DATA_ACCESS_ROLE, Harness, OUTPUT, patient } from './harness';
import type { ForcedOutcome } from '../src/healthlake/options';

const GROUP = '{"resourceType":"Group","id":"g","quantity":1.00}\n';

let aws: Harness;

afterEach(() => aws.close());

/** Starts HealthLake with five patients and a group in the data store. One of the patients has two versions, and a sixth patient is deleted. */
async function startWithResources(options: Parameters<typeof Harness.start>[0] = {}): Promise<void> {
  aws = await Harness.start(options);
  await aws.put('data/1.ndjson', ['a', 'b', 'c', 'd', 'e', 'gone'].map((id) => patient(id)).join('') + GROUP);
  await aws.ended(await aws.startImport());
  await aws.put('data/1.ndjson', patient('a', { active: true }));
  await aws.ended(await aws.startImport());
  expect((await aws.fhir('Patient/gone', 'DELETE')).status).toBe(204);
}

/** Returns the bodies of an export's files, by the path below the job's folder. */
async function filesOf(jobId: string): Promise<Record<string, string>> {
  const folder = `data/${aws.datastoreId}-FHIR_EXPORT-${jobId}/`;
  const keys = (await aws.outputKeys()).filter((key) => key.startsWith(folder));
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key.slice(folder.length), await aws.output(key)] as const)));
}

test('an export writes the current versions of all resources, in one or more files for each type', async () => {
  await startWithResources({ resourcesPerExportFile: 2 });
  const jobId = await aws.startExport({ JobName: 'monthly' });
  expect(await aws.exportEnded(jobId)).toEqual({
    JobId: jobId,
    JobName: 'monthly',
    JobStatus: 'COMPLETED',
    SubmitTime: expect.any(Date),
    EndTime: expect.any(Date),
    DatastoreId: aws.datastoreId,
    OutputDataConfig: { S3Configuration: { S3Uri: `s3://${OUTPUT}/data/${aws.datastoreId}-FHIR_EXPORT-${jobId}/`, KmsKeyId: aws.keyArn } },
    DataAccessRoleArn: DATA_ACCESS_ROLE,
  });
  expect(aws.statuses(jobId)).toEqual(['SUBMITTED', 'IN_PROGRESS', 'COMPLETED']);

  const files = await filesOf(jobId);
  const [, number] = /^Group\/Group-(\d+)-/.exec(Object.keys(files)[0])!;
  expect(files).toEqual({
    [`Group/Group-${number}-0-0.ndjson`]: GROUP,
    [`Patient/Patient-${number}-0-0.ndjson`]: patient('a', { active: true }) + patient('b'),
    [`Patient/Patient-${number}-1-0.ndjson`]: patient('c') + patient('d'),
    [`Patient/Patient-${number}-2-0.ndjson`]: patient('e'),
  });

  const importId = aws.service.healthLake.importJobs(aws.datastoreId)[0].JobId!;
  await expect(aws.describeExport(importId)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(aws.describe(jobId)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('an export writes the resources that the data store has when the job starts to run', async () => {
  await startWithResources();
  aws.service.healthLake.stallQueue();
  const jobId = await aws.startExport();
  await aws.fhir('Patient/a', 'DELETE');
  await aws.fhir('Group/g', 'DELETE');
  aws.service.healthLake.resumeQueue();
  await aws.exportEnded(jobId);
  expect(Object.values(await filesOf(jobId))).toEqual([['b', 'c', 'd', 'e'].map((id) => patient(id)).join('')]);
});

test('another data store can import the folder of an export', async () => {
  await startWithResources({ resourcesPerExportFile: 2 });
  const { OutputDataConfig } = await aws.exportEnded(await aws.startExport());
  const other = await aws.createDatastore();
  const InputDataConfig = { S3Uri: OutputDataConfig!.S3Configuration!.S3Uri! };
  expect(await aws.ended(await aws.startImport({ DatastoreId: other, InputDataConfig }), other)).toMatchObject({
    JobStatus: 'COMPLETED', JobProgressReport: { TotalNumberOfImportedFiles: 4, TotalNumberOfResourcesImported: 6 },
  });
  const resources = (datastoreId: string) => aws.service.healthLake.resources(datastoreId)
    .map(({ resourceType, id, json }) => ({ resourceType, id, json }));
  expect(resources(other)).toHaveLength(6);
  expect(resources(other)).toEqual(resources(aws.datastoreId));
});

test('an export of an empty data store writes no object', async () => {
  aws = await Harness.start();
  const jobId = await aws.startExport();
  expect(await aws.exportEnded(jobId)).toMatchObject({ JobStatus: 'COMPLETED' });
  expect(await filesOf(jobId)).toEqual({});
});

test('exports run one at a time, in the order of submission and beside an import', async () => {
  aws = await Harness.start({ overrideJob: ({ kind }) => kind === 'import' ? { pace: { minimumDurationMs: 1e12 } } : undefined });
  await aws.put('data/1.ndjson', patient('a'));
  const importJob = await aws.startImport();
  await aws.event(importJob, ({ status }) => status === 'IN_PROGRESS');
  const exports = [await aws.startExport(), await aws.startExport(), await aws.startExport()];
  await aws.exportEnded(exports[2]);
  const turns = aws.events.filter(({ kind, status }) => kind === 'export' && (status === 'IN_PROGRESS' || status === 'COMPLETED'));
  expect(turns.map(({ jobId, status }) => [jobId, status])).toEqual(exports.flatMap((jobId) => [[jobId, 'IN_PROGRESS'], [jobId, 'COMPLETED']]));
  expect(await aws.describe(importJob)).toMatchObject({ JobStatus: 'IN_PROGRESS' });
});

test.each<[ForcedOutcome, number]>([
  [{ status: 'FAILED', message: 'too much' }, 0],
  [{ status: 'COMPLETED_WITH_ERRORS' }, 2],
])('an export ends with the outcome that `overrideJob` returns: %j', async (outcome, files) => {
  await startWithResources({ overrideJob: ({ kind }) => kind === 'export' ? { outcome, pace: { minimumDurationMs: 60_000 } } : undefined });
  const jobId = await aws.startExport();
  const { JobStatus, Message, SubmitTime, EndTime } = await aws.exportEnded(jobId);
  expect({ JobStatus, Message }).toEqual({ JobStatus: outcome.status, Message: outcome.message });
  expect(EndTime!.getTime() - SubmitTime!.getTime()).toBeGreaterThanOrEqual(60_000);
  expect(Object.keys(await filesOf(jobId))).toHaveLength(files);
});
