import type { JobProgressReport } from '@aws-sdk/client-healthlake';
import { jobFolder, type Job } from './job';
import type { JobKind } from '../options';

/** Optional details of a job that ends at once. */
export interface EndedJobDetails {
  readonly jobName?: string;
  readonly message?: string;
  readonly progress?: JobProgressReport;
}

const NOWHERE = { bucket: 'no-such-bucket', key: '' };
const NOWHERE_URI = `s3://${NOWHERE.bucket}/`;
const OUTPUT = { S3Configuration: { S3Uri: NOWHERE_URI, KmsKeyId: 'no-key' } };

/** Returns a job that never runs. Its role, key and locations don't exist. */
export function endedJob(
  kind: JobKind, datastoreId: string, jobId: string, sequence: number, submitTime: Date, { jobName, progress }: EndedJobDetails,
): Job {
  const isImport = kind === 'import';
  return {
    kind,
    jobId,
    datastoreId,
    dataAccessRoleArn: 'no-role',
    sequence,
    output: { folder: jobFolder(NOWHERE, kind, datastoreId, jobId), requestedUri: NOWHERE_URI, kmsKeyId: 'no-key' },
    pace: { submitDelayMs: 0, resourcesPerSecond: 0, minimumDurationMs: 0 },
    properties: {
      JobId: jobId,
      JobName: jobName,
      JobStatus: 'SUBMITTED',
      SubmitTime: submitTime,
      DatastoreId: datastoreId,
      DataAccessRoleArn: 'no-role',
      InputDataConfig: isImport ? { S3Uri: NOWHERE_URI } : undefined,
      JobOutputDataConfig: isImport ? OUTPUT : undefined,
      OutputDataConfig: isImport ? undefined : OUTPUT,
      JobProgressReport: progress,
    },
  };
}
