import { DescribeFHIRExportJobCommand, type ExportJobProperties } from '@aws-sdk/client-healthlake';
import { DATA_ACCESS_ROLE, Harness, OUTPUT, patient } from './harness';

let aws: Harness;

beforeEach(async () => {
  aws = await Harness.start();
});

afterEach(() => aws.close());

async function describeExport(jobId: string): Promise<ExportJobProperties> {
  const { ExportJobProperties } = await aws.healthLake.send(new DescribeFHIRExportJobCommand({ DatastoreId: aws.datastoreId, JobId: jobId }));
  return ExportJobProperties!;
}

test('an export writes all resources, in one object for each type', async () => {
  await aws.put('data/1.ndjson', patient('a', { active: false }) + patient('b') + '{"resourceType":"Group","id":"g","quantity":1.00}');
  await aws.ended(await aws.startImport());
  await aws.put('data/1.ndjson', patient('a', { active: true }));
  const importJob = await aws.startImport();
  await aws.ended(importJob);

  const jobId = await aws.startExport('monthly');
  await aws.event(jobId, ({ status }) => status === 'COMPLETED');
  expect(aws.statuses(jobId)).toEqual(['SUBMITTED', 'IN_PROGRESS', 'COMPLETED']);
  const folder = `data/${aws.datastoreId}-FHIR_EXPORT-${jobId}/`;
  expect(await describeExport(jobId)).toEqual({
    JobId: jobId,
    JobName: 'monthly',
    JobStatus: 'COMPLETED',
    SubmitTime: expect.any(Date),
    EndTime: expect.any(Date),
    DatastoreId: aws.datastoreId,
    OutputDataConfig: { S3Configuration: { S3Uri: `s3://${OUTPUT}/${folder}`, KmsKeyId: aws.keyArn } },
    DataAccessRoleArn: DATA_ACCESS_ROLE,
  });
  expect((await aws.outputKeys()).filter((key) => key.startsWith(folder))).toEqual([`${folder}Group.ndjson`, `${folder}Patient.ndjson`]);
  expect(await aws.output(`${folder}Patient.ndjson`)).toBe(patient('a', { active: true }) + patient('b'));
  expect(await aws.output(`${folder}Group.ndjson`)).toBe('{"resourceType":"Group","id":"g","quantity":1.00}\n');

  await expect(describeExport(importJob)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(aws.describe(jobId)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('an export of an empty data store writes no object', async () => {
  const jobId = await aws.startExport();
  await aws.event(jobId, ({ status }) => status === 'COMPLETED');
  expect((await aws.outputKeys()).filter((key) => key.includes('EXPORT'))).toEqual([]);
});

test('an import and an export run at the same time', async () => {
  await aws.close();
  aws = await Harness.start({ pace: { minimumDurationMs: 1e12 } });
  await aws.put('data/1.ndjson', patient('a'));
  const [importJob, exportJob] = [await aws.startImport(), await aws.startExport()];
  await aws.event(importJob, ({ status }) => status === 'IN_PROGRESS');
  await aws.event(exportJob, ({ status }) => status === 'IN_PROGRESS');
  expect(aws.service.healthLake.exportJobs(aws.datastoreId)).toMatchObject([{ JobStatus: 'IN_PROGRESS' }]);
});
