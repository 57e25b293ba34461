import type { ContractQuotas } from '../../../src/contract';

/** What the buckets are judged by. */
export interface PreflightRequest {
  readonly InputS3Uri: string;
  readonly OutputS3Uri: string;
  /** The key that the results are to be encrypted with: ARN, id or alias. */
  readonly OutputKmsKeyId: string;
  /** Of the data store. */
  readonly Region: string;
  readonly Quotas: ContractQuotas;
}

/** A bucket, and a key prefix in it that may be empty. */
export interface S3Location {
  readonly bucket: string;
  readonly prefix: string;
}

export function locationOf(s3Uri: string): S3Location {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(s3Uri) ?? [];
  return { bucket, prefix };
}
