import { createHash } from 'node:crypto';
import type { StartFHIRImportJobRequest } from '@aws-sdk/client-healthlake';
import { type DataSet, dataSetFields } from '../../src/contract';

/**
 * Returns the fingerprint of a data set: 20 hex digits. The hashed string never changes, because the fingerprint must find jobs that were started years ago.
 */
export function fingerprintOf(dataSet: DataSet): string {
  return sha256(['fhir-import/1', ...dataSetFields(dataSet)]).slice(0, 20);
}

/** Returns the name of the jobs that import a data set. */
export function jobNameOf(prefix: string, fingerprint: string): string {
  return `${prefix}-${fingerprint}`;
}

/** Returns whether a job imports the data set. The prefix of the job name doesn't matter. */
export function isJobOf(fingerprint: string, jobName?: string): boolean {
  return jobName?.endsWith(`-${fingerprint}`) ?? false;
}

/** The parameters of StartFHIRImportJob without the client token, which is computed from them. */
export type StartParameters = Omit<StartFHIRImportJobRequest, 'ClientToken'>;

/**
 * The values of each start parameter that are hashed into the client token. Their order never changes. If the API gets a new parameter, the compiler requires
 * an entry for it.
 */
const HASHED: { readonly [Name in keyof Required<StartParameters>]: (start: StartParameters) => readonly (string | undefined)[] } = {
  DatastoreId: (start) => [start.DatastoreId],
  JobName: (start) => [start.JobName],
  InputDataConfig: (start) => [start.InputDataConfig?.S3Uri],
  JobOutputDataConfig: ({ JobOutputDataConfig: output }) => [output?.S3Configuration?.S3Uri, output?.S3Configuration?.KmsKeyId],
  DataAccessRoleArn: (start) => [start.DataAccessRoleArn],
  ValidationLevel: (start) => [start.ValidationLevel],
};

/** Returns the client token of a start. A repeated attempt has the same token. After a job of the data set has failed, the next start has a different token. */
export function clientTokenOf(start: StartParameters, failedJobIds: readonly string[]): string {
  const hashed = Object.values(HASHED).flatMap((valuesOf) => valuesOf(start));
  return sha256(['client-token/1', ...hashed.map((value) => value ?? ''), ...[...failedJobIds].sort()]);
}

function sha256(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
