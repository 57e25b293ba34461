import type { StartFHIRExportJobRequest } from '@aws-sdk/client-healthlake';
import { type ExportedDataSet, exportedDataSetFields } from '../../src/contract';
import { type Hashed, hashDataSet, hashRequest, type WithoutToken } from '../jobs/fingerprint';

/**
 * Returns the fingerprint of a revision of a data store: 20 hex digits. The hashed string must never change, because jobs that were started years ago are
 * found by their fingerprint.
 */
export function fingerprintOf(dataSet: ExportedDataSet): string {
  return hashDataSet('fhir-export/1', exportedDataSetFields(dataSet));
}

/**
 * Returns the fingerprint of a revision of a data store in a bucket: 20 hex digits. Physical ids contain this fingerprint, because a copy in another bucket
 * doesn't count. The hashed string must never change.
 */
export function copyFingerprintOf(dataSet: ExportedDataSet, bucket: string): string {
  return hashDataSet('fhir-export-copy/1', [...exportedDataSetFields(dataSet), bucket]);
}

const HASHED: Hashed<StartFHIRExportJobRequest> = {
  DatastoreId: (start) => [start.DatastoreId],
  JobName: (start) => [start.JobName],
  OutputDataConfig: ({ OutputDataConfig: output }) => [output?.S3Configuration?.S3Uri, output?.S3Configuration?.KmsKeyId],
  DataAccessRoleArn: (start) => [start.DataAccessRoleArn],
};

/** Returns the client token for StartFHIRExportJob. */
export function clientTokenOf(start: WithoutToken<StartFHIRExportJobRequest>, failedJobIds: readonly string[]): string {
  return hashRequest(HASHED, start, failedJobIds);
}
