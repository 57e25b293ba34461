import type { ContractQuotas } from '../../../src/contract';

/** The properties of an import that are needed to check its buckets. */
export interface PreflightRequest {
  readonly InputS3Uri: string;
  readonly OutputS3Uri: string;
  /** The KMS key that encrypts the results: ARN, id or alias. */
  readonly OutputKmsKeyId: string;
  /** The Region of the data store. */
  readonly Region: string;
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
