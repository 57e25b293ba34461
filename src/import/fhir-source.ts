import { Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { normalizePrefix } from '../private/s3-location';
import type { IFhirStorage } from '../storage/fhir-storage';

/** Options of `FhirSource.bucket`. */
export interface FhirSourceBucketOptions {
  /**
   * The KMS key that the objects are encrypted with, if the bucket construct doesn't know it (an imported bucket), or if objects are
   * encrypted with another key than the bucket's own.
   *
   * @default - the encryption key of the bucket construct, if it has one
   */
  readonly encryptionKey?: kms.IKeyRef;
}

/**
 * What a source is when an import uses it.
 *
 * @internal
 */
export interface FhirSourceLocation {
  readonly bucket: s3.IBucket;
  readonly prefix: string;
  /** Every key that objects may be encrypted with. */
  readonly encryptionKeys: kms.IKeyRef[];
}

/**
 * Where the NDJSON files are: `.ndjson` objects with one FHIR R4 resource a line.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/importing-fhir-data.html
 */
export class FhirSource {
  /**
   * All `.ndjson` objects under a prefix of a bucket, which must be in the Region of the data store.
   *
   * @param bucket the bucket, of this app or imported.
   * @param prefix key prefix; a missing `/` at the end is added, unless it ends in a token; the empty string means the whole bucket.
   * @throws if the prefix names a file, starts with `/`, or has characters that IAM would read as wildcards.
   */
  public static bucket(bucket: s3.IBucket, prefix: string, options: FhirSourceBucketOptions = {}): FhirSource {
    const normalized = normalizeSource(prefix);
    return new FhirSource(normalized, () => locationOf(bucket, normalized, options.encryptionKey));
  }

  /**
   * All `.ndjson` objects under a prefix of the input bucket of the import's storage.
   *
   * @param prefix key prefix; a missing `/` at the end is added, unless it ends in a token; the default is `input/`.
   * @throws if the prefix names a file, starts with `/`, or has characters that IAM would read as wildcards.
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
  if (!Token.isUnresolved(prefix) && /\.(ndjson|json|gz|zip)\/?$/i.test(prefix)) {
    throw new Error(`the prefix of a FHIR source must be a folder, got "${prefix}"; HealthLake imports all .ndjson objects of a folder, so name that`);
  }
  return normalizePrefix(prefix, 'the prefix of a FHIR source');
}
