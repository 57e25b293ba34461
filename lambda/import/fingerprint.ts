import type { StartFHIRImportJobRequest } from '@aws-sdk/client-healthlake';
import { type DataSet, dataSetFields } from '../../src/contract';
import { type Hashed, hashDataSet, hashRequest, type WithoutToken } from '../jobs/fingerprint';

/**
 * Returns the fingerprint of a data set: 20 hex digits. The hashed string must never change, because jobs that were started years ago are found by their
 * fingerprint.
 */
export function fingerprintOf(dataSet: DataSet): string {
  return hashDataSet('fhir-import/1', dataSetFields(dataSet));
}

/** The parameters of StartFHIRImportJob without the client token. */
export type StartParameters = WithoutToken<StartFHIRImportJobRequest>;

const HASHED: Hashed<StartFHIRImportJobRequest> = {
  DatastoreId: (start) => [start.DatastoreId],
  JobName: (start) => [start.JobName],
  InputDataConfig: (start) => [start.InputDataConfig?.S3Uri],
  JobOutputDataConfig: ({ JobOutputDataConfig: output }) => [output?.S3Configuration?.S3Uri, output?.S3Configuration?.KmsKeyId],
  DataAccessRoleArn: (start) => [start.DataAccessRoleArn],
  ValidationLevel: (start) => [start.ValidationLevel],
};

/** Returns the client token for StartFHIRImportJob. */
export function clientTokenOf(start: StartParameters, failedJobIds: readonly string[]): string {
  return hashRequest(HASHED, start, failedJobIds);
}
