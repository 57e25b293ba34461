import type { ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import { askForReport } from './report-call';
import type { Evidence } from './verdict';
import { ALREADY_IMPORTED, UNKNOWN, type ContractReport } from '../../src/contract';
import type { Operator } from '../aws/operator';

/** The import that looks at the results of a job. */
export interface ResultsReader {
  readonly DatastoreId: string;
  readonly OutputS3Uri: string;
  readonly InputS3Uri?: string;
  readonly Report?: ContractReport;
}

/**
 * The location of a job's results: the folder that HealthLake returns. If HealthLake returns only the prefix that was sent, or the job is gone, the
 * folder that the developer guide documents.
 */
export function outputLocationOf({ DatastoreId, OutputS3Uri }: Pick<ResultsReader, 'DatastoreId' | 'OutputS3Uri'>, jobId: string, job?: ImportJob): string {
  if (jobId === UNKNOWN || jobId === ALREADY_IMPORTED) {
    return UNKNOWN;
  }
  const sent = withSlash(OutputS3Uri);
  const described = withSlash(job?.JobOutputDataConfig?.S3Configuration?.S3Uri ?? sent);
  return described === sent ? `${sent}${DatastoreId}-FHIR_IMPORT-${jobId}/` : described;
}

function withSlash(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`;
}

/** What a job that has ended is judged by. Its results are asked for only where this import may read. */
export async function evidenceOf(job: ImportJob, reader: ResultsReader, { lambda }: Operator, abortSignal: AbortSignal): Promise<Evidence> {
  const { DatastoreId, OutputS3Uri, InputS3Uri = '', Report } = reader;
  const JobId = job.JobId!;
  const OutputLocation = outputLocationOf(reader, JobId, job);
  const isOwn = OutputLocation.startsWith(OutputS3Uri);
  if (!Report || !isOwn) {
    return { job, isOwn };
  }
  const call = { FunctionArn: Report.FunctionArn, ReportRoleArn: Report.RoleArn, DatastoreId, JobId, OutputLocation, InputS3Uri };
  return { job, isOwn, report: await askForReport(lambda, call, abortSignal) };
}
