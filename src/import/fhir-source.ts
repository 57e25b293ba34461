import { Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { normalizePrefix } from '../private/s3-location';
import type { IFhirStorage } from '../storage/fhir-storage';

/** Options of `FhirSource.bucket()`. */
export interface FhirSourceBucketOptions {
  /**
   * The KMS key of the objects. Set it if the bucket is imported without its key, or if objects are encrypted with a key other than the bucket's key.
   *
   * @default - the key of the bucket, if the bucket construct knows it
   */
  readonly encryptionKey?: kms.IKeyRef;
}

/**
 * The bucket, prefix and keys of a source. `FhirSource._locate()` returns them for the storage of an import.
 *
 * @internal
 */
export interface FhirSourceLocation {
  readonly bucket: s3.IBucket;
  readonly prefix: string;
  /** The keys with which the objects may be encrypted. */
  readonly encryptionKeys: kms.IKeyRef[];
}

/**
 * The location of the NDJSON files: `.ndjson` objects with one FHIR R4 resource per line.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/importing-fhir-data.html
 * @example
 *
 * FhirSource.bucket(bucket, '2026-11/'); // s3://BUCKET/2026-11/*.ndjson
 * FhirSource.storage(); // input/ in the input bucket of the storage
 */
export class FhirSource {
  /**
   * All `.ndjson` objects under a prefix of a bucket. The bucket must be in the Region of the data store.
   *
   * @param bucket a bucket of this app, or an imported bucket.
   * @param prefix the key prefix. A missing `/` at the end is added, unless the prefix ends in a token. The empty string means the whole bucket.
   * @param options the key of the objects, if it is not the bucket's key.
   * @throws if the prefix names a file, is an S3 URI, or has folders or characters with which S3 or IAM would not find the objects.
   */
  public static bucket(bucket: s3.IBucket, prefix: string, options: FhirSourceBucketOptions = {}): FhirSource {
    const normalized = normalizeSource(prefix);
    return new FhirSource(normalized, () => locationOf(bucket, normalized, options.encryptionKey));
  }

  /**
   * All `.ndjson` objects under a prefix of the input bucket of the import's storage.
   *
   * @param prefix the key prefix. A missing `/` at the end is added, unless the prefix ends in a token. The default is `input/`.
   * @throws if the prefix names a file, is an S3 URI, or has folders or characters with which S3 or IAM would not find the objects.
   */
  public static storage(prefix: string = 'input/'): FhirSource {
    const normalized = normalizeSource(prefix);
    return new FhirSource(normalized, (storage) => locationOf(storage.inputBucket, normalized));
  }

  private constructor(
    /** The key prefix of the NDJSON files. It is empty for a whole bucket, and otherwise ends in `/` or in a token. */
    public readonly prefix: string,
    private readonly locate: (storage: IFhirStorage) => FhirSourceLocation,
  ) {}

  /** @internal */
  public _locate(storage: IFhirStorage): FhirSourceLocation {
    return this.locate(storage);
  }
}

function locationOf(bucket: s3.IBucket, prefix: string, encryptionKey?: kms.IKeyRef): FhirSourceLocation {
  const keys = [encryptionKey, bucket.encryptionKey].filter((key) => key !== undefined);
  return { bucket, prefix, encryptionKeys: [...new Set(keys)] };
}

function normalizeSource(prefix: string): string {
  if (!Token.isUnresolved(prefix) && /\.((ndjson|jsonl?|csv|parquet|gz|tgz|tar|zip|bz2|zst)\/?|tmp)$/i.test(prefix)) {
    throw new Error(`the prefix of a FHIR source must be a folder, got "${prefix}"; HealthLake imports all .ndjson objects of a folder, so name that`);
  }
  return normalizePrefix(prefix, 'the prefix of a FHIR source');
}
