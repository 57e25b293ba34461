import { createHash } from 'node:crypto';
import type { StartFHIRImportJobRequest } from '@aws-sdk/client-healthlake';
import type { ImportJobProperties } from '../../src/contract';

type DataSet = Pick<ImportJobProperties, 'DatastoreId' | 'InputS3Uri' | 'ValidationLevel' | 'Revision'>;

/**
 * Identifies a data set in a data store, as 20 hex digits. Jobs that were started years ago are found by it, so what is hashed never changes.
 */
export function fingerprintOf(properties: DataSet): string {
  const { DatastoreId, InputS3Uri, ValidationLevel, Revision } = properties;
  return sha256(['fhir-import/1', DatastoreId, InputS3Uri, ValidationLevel, Revision ?? '']).slice(0, 20);
}

/** The name of the jobs that import a data set. */
export function jobNameOf(prefix: string, fingerprint: string): string {
  return `${prefix}-${fingerprint}`;
}

/** Whether a job imports the data set, whatever its name begins with. */
export function isJobOf(fingerprint: string, jobName?: string): boolean {
  return jobName?.endsWith(`-${fingerprint}`) ?? false;
}

/**
 * The client token of a start: the same for a repeated attempt at the same start, another one once that start has led to a failed job.
 */
export function clientTokenOf(start: Omit<StartFHIRImportJobRequest, 'ClientToken'>, failedJobIds: readonly string[]): string {
  return sha256([
    'client-token/1',
    start.DatastoreId ?? '',
    start.JobName ?? '',
    start.InputDataConfig?.S3Uri ?? '',
    start.JobOutputDataConfig?.S3Configuration?.S3Uri ?? '',
    start.JobOutputDataConfig?.S3Configuration?.KmsKeyId ?? '',
    start.DataAccessRoleArn ?? '',
    start.ValidationLevel ?? '',
    ...[...failedJobIds].sort(),
  ]);
}

function sha256(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
