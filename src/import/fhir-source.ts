import { Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { FhirSourceBucketOptions, FhirSourceDirectoryOptions } from './fhir-source-options';
import { RepositoryFiles, type UploadContext } from './private/repository-files';
import { normalizePrefix } from '../private/s3-location';
import type { IFhirStorage } from '../storage/fhir-storage';

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
  /** The construct that uploads the objects before the job. Undefined if the library uploads nothing. */
  readonly upload?: Construct;
}

/**
 * The location of the NDJSON files: `.ndjson` objects with one FHIR R4 resource per line.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/importing-fhir-data.html
 * @example
 *
 * FhirSource.bucket(bucket, '2026-11/'); // s3://BUCKET/2026-11/*.ndjson
 * FhirSource.storage(); // input/ in the input bucket of the storage
 * FhirSource.directory('data/fhir', { dataIsSynthetic: true }); // data/fhir/*.ndjson of this repository
 * FhirSource.bundles('data/bundles', { dataIsSynthetic: true }); // FHIR Bundles, for example from Synthea
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
    return new FhirSource(() => normalized, () => locationOf(bucket, normalized, options.encryptionKey));
  }

  /**
   * All `.ndjson` objects under a prefix of the input bucket of the import's storage.
   *
   * @param prefix the key prefix. A missing `/` at the end is added, unless the prefix ends in a token. The default is `input/`.
   * @throws if the prefix names a file, is an S3 URI, or has folders or characters with which S3 or IAM would not find the objects.
   */
  public static storage(prefix: string = 'input/'): FhirSource {
    const normalized = normalizeSource(prefix);
    return new FhirSource(() => normalized, (storage) => locationOf(storage.inputBucket, normalized));
  }

  /**
   * All `.ndjson` files in a folder of the repository and in its subfolders. The deployment uploads the files into the input bucket of the import's storage, and
   * then imports them. The synthesis checks the files, and fails if a line is known to be rejected by HealthLake.
   *
   * The files are identified by their names and content: changed files are a new data set, which the next deployment imports. Unchanged files start no job. To go
   * back to files that were imported before, give the import a new `revision` too.
   *
   * @param path the folder. A relative path starts at the working directory of the app.
   * @param options the declaration that the data is synthetic, and the settings of the function that uploads the files.
   * @throws if `dataIsSynthetic` is not true, or if an option is not valid.
   */
  public static directory(path: string, options: FhirSourceDirectoryOptions): FhirSource {
    return FhirSource.ofRepository(new RepositoryFiles('FhirSource.directory()', path, 'ndjson', options));
  }

  /**
   * All FHIR Bundles in a folder of the repository and in its subfolders, as Synthea and FHIR servers write them. The synthesis converts the Bundles to NDJSON:
   * it writes each entry as a line, replaces `urn:uuid:` references with references to resources, and keeps only the newest of repeated resources. Otherwise,
   * the source behaves like `directory()`.
   *
   * @param path the folder. A relative path starts at the working directory of the app.
   * @param options the declaration that the data is synthetic, and the settings of the function that uploads the files.
   * @throws if `dataIsSynthetic` is not true, or if an option is not valid.
   */
  public static bundles(path: string, options: FhirSourceDirectoryOptions): FhirSource {
    return FhirSource.ofRepository(new RepositoryFiles('FhirSource.bundles()', path, 'bundles', options));
  }

  private static ofRepository(files: RepositoryFiles): FhirSource {
    return new FhirSource(() => files.prefix, (storage, context) => {
      if (!context) { // an import of an older version of this library doesn't wait for the upload
        throw new Error('a source from the repository needs an import of the same version of cdk-healthlake-import; install one version only');
      }
      const upload = files.upload(context, storage);
      return { ...locationOf(storage.inputBucket, files.prefix), upload };
    });
  }

  private constructor(
    private readonly prefixOf: () => string,
    private readonly locate: (storage: IFhirStorage, context?: UploadContext) => FhirSourceLocation,
  ) {}

  /**
   * The key prefix of the NDJSON files. It is empty for a whole bucket, and otherwise ends in `/` or in a token. For files of the repository, it contains the
   * hash of their content.
   */
  public get prefix(): string {
    return this.prefixOf();
  }

  /** @internal */
  public _locate(storage: IFhirStorage, context?: UploadContext): FhirSourceLocation {
    return this.locate(storage, context);
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
