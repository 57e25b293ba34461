import type { ContractQuotas } from '../../../src/contract';
import type { JobNoun } from '../healthlake-job';

/** The properties of a job that are needed to check its buckets. */
export interface PreflightRequest {
  readonly noun: JobNoun;
  /** The input of an import. Undefined for an export. */
  readonly input?: InputRequest;
  readonly OutputS3Uri: string;
  /** The KMS key that encrypts the output: ARN, id or alias. */
  readonly OutputKmsKeyId: string;
  /** The Region of the data store. */
  readonly Region: string;
}

/** The input of an import, and the quotas of one job. */
export interface InputRequest {
  readonly InputS3Uri: string;
  readonly Quotas: ContractQuotas;
}

/** A bucket and a key prefix, which may be empty. */
export interface S3Location {
  readonly bucket: string;
  readonly prefix: string;
}

export function locationOf(s3Uri: string): S3Location {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(s3Uri) ?? [];
  return { bucket, prefix };
}
