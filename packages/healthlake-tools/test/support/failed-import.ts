import { type Harness, INPUT, OUTPUT } from './aws';
import { reportOnImport } from '../../../../lambda/report/import-report';

/** A job that has ended, and the report on it. */
export interface FailedImport {
  readonly jobId: string;
  /** The S3 URI of report.json. */
  readonly report: string;
}

/** Imports files below a prefix, and writes the report that the library writes. */
export async function importWithReport(aws: Harness, prefix: string, files: Readonly<Record<string, string>>): Promise<FailedImport> {
  for (const [name, body] of Object.entries(files)) {
    await aws.put(`${prefix}${name}`, body);
  }
  const input = `s3://${INPUT}/${prefix}`;
  const jobId = await aws.startImport({ InputDataConfig: { S3Uri: input } });
  await aws.ended(jobId);
  const folder = { bucket: OUTPUT, prefix: `data/${aws.datastoreId}-FHIR_IMPORT-${jobId}/` };
  const output = `s3://${folder.bucket}/${folder.prefix}`;
  const request = { DatastoreId: aws.datastoreId, JobId: jobId, OutputLocation: output, InputS3Uri: input, ReportRoleArn: 'any' };
  const never = new AbortController().signal;
  expect(await reportOnImport(aws.s3, folder, request, { reading: never, listing: never })).toMatchObject({ kind: 'report', complete: true });
  return { jobId, report: `${output}report.json` };
}
