import { createHash } from 'node:crypto';
import type { StartFHIRImportJobRequest } from '@aws-sdk/client-healthlake';
import { type DataSet, dataSetFields } from '../../src/contract';

/**
 * Returns the fingerprint of a data set: 20 hex digits. The hashed string must never change, because jobs that were started years ago are found by their
 * fingerprint.
 */
export function fingerprintOf(dataSet: DataSet): string {
  return sha256(['fhir-import/1', ...dataSetFields(dataSet)]).slice(0, 20);
}

/** Returns the name for a job that imports a data set. */
export function jobNameOf(prefix: string, fingerprint: string): string {
  return `${prefix}-${fingerprint}`;
}

/** Returns whether a job name ends with this fingerprint. The job name may have any prefix. */
export function isJobOf(fingerprint: string, jobName?: string): boolean {
  return jobName?.endsWith(`-${fingerprint}`) ?? false;
}

/** The parameters of StartFHIRImportJob without the client token, which is computed from them. */
export type StartParameters = Omit<StartFHIRImportJobRequest, 'ClientToken'>;

/**
 * For each parameter of StartFHIRImportJob, the values that are hashed into the client token. The order of the values must never change. If the API gets a new
 * parameter, the compiler requires an entry for it.
 */
const HASHED: { readonly [Name in keyof Required<StartParameters>]: (start: StartParameters) => readonly (string | undefined)[] } = {
  DatastoreId: (start) => [start.DatastoreId],
  JobName: (start) => [start.JobName],
  InputDataConfig: (start) => [start.InputDataConfig?.S3Uri],
  JobOutputDataConfig: ({ JobOutputDataConfig: output }) => [output?.S3Configuration?.S3Uri, output?.S3Configuration?.KmsKeyId],
  DataAccessRoleArn: (start) => [start.DataAccessRoleArn],
  ValidationLevel: (start) => [start.ValidationLevel],
};

/**
 * Returns the client token for StartFHIRImportJob. A repeated call has the same client token. After a job of the data set has failed, the next call has a
 * different client token.
 */
export function clientTokenOf(start: StartParameters, failedJobIds: readonly string[]): string {
  const hashed = Object.values(HASHED).flatMap((valuesOf) => valuesOf(start));
  return sha256(['client-token/1', ...hashed.map((value) => value ?? ''), ...[...failedJobIds].sort()]);
}

function sha256(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
