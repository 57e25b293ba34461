import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { validateEnvironment } from '../private/checks/environment';
import { isOtherKey, validateKey } from '../private/checks/kms-key';
import { brand, ofStack } from '../private/of-stack';

/** Properties of `FhirStorage`. */
export interface FhirStorageProps {
  /**
   * The bucket for input data. If no import reads `FhirSource.storage()`, give the bucket of the source, so that the storage creates no input bucket. If the
   * storage is for exports only, give any bucket.
   *
   * @default - a new bucket
   */
  readonly inputBucket?: s3.IBucket;

  /**
   * The bucket for the results of imports and the files of exports. It must be in the Region of the data store, be encrypted with a KMS key, and
   * block all public access.
   *
   * @see https://docs.aws.amazon.com/healthlake/latest/devguide/getting-started-setting-up.html#setting-up-import-permissions
   * @default - a new bucket
   */
  readonly outputBucket?: s3.IBucket;

  /**
   * The customer managed, symmetric KMS key of the new buckets and of the results, not an alias of it. HealthLake requires a key for results, so this
   * property is required with an `outputBucket` whose construct doesn't know its key.
   *
   * @default - the key of the `outputBucket`, or a new key with rotation
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The bucket for the server access logs of the new buckets. The logs are under `fhir-input/` and `fhir-output/`. The bucket must be in the Region and
   * account of the storage, and be encrypted with SSE-S3.
   *
   * @default - no access logs
   */
  readonly serverAccessLogsBucket?: s3.IBucket;

  /**
   * The time after which S3 deletes results and exported files, in whole days. It applies to a new output bucket only.
   *
   * @default - results are kept
   */
  readonly resultsExpiration?: Duration;

  /**
   * The removal policy of the new buckets and of the new key. DESTROY requires `autoDeleteObjects`, because CloudFormation can't delete a bucket with
   * results.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether to delete all objects in the new buckets when the buckets are deleted. Use it in development only: the data is lost.
   *
   * @default false
   */
  readonly autoDeleteObjects?: boolean;
}

/** The buckets and the key of imports and exports: a `FhirStorage`, or an object with buckets and a key of your own. */
export interface IFhirStorage {
  /** The bucket for input data, which `FhirSource.storage()` reads. */
  readonly inputBucket: s3.IBucket;

  /** The bucket for results and exported files. It must be in the Region of the data store, be encrypted with `outputKey`, and block all public access. */
  readonly outputBucket: s3.IBucket;

  /** The customer managed, symmetric KMS key that encrypts the output. */
  readonly outputKey: kms.IKey;
}

/**
 * An input bucket, an output bucket and one KMS key for imports and exports.
 *
 * New buckets are versioned, block public access, accept TLS only, and are retained. They are encrypted with a customer managed key that rotates.
 *
 * @example
 *
 * const storage = new FhirStorage(this, 'Storage', { resultsExpiration: Duration.days(90) });
 * new FhirImport(this, 'Import', { datastore, source: FhirSource.storage('2026-11/'), storage });
 */
export class FhirStorage extends Construct implements IFhirStorage {
  /**
   * Returns the storage that the imports and exports of a stack share if they have no `storage` property. Its input bucket is created on first use.
   *
   * @internal
   */
  public static _ofStack(scope: Construct): FhirStorage {
    return ofStack(scope, 'FhirStorage', 'storage', (stack, id) => new FhirStorage(stack, id, OF_STACK));
  }

  /** The bucket for results and exported files. */
  public readonly outputBucket: s3.IBucket;

  /** The key that encrypts the output. */
  public readonly outputKey: kms.IKey;

  private readonly props: FhirStorageProps;
  private _inputBucket?: s3.IBucket;
  private isInputBucketRead = false;

  /**
   * @throws if the key of the output bucket is unknown, if `encryptionKey` is not the key of the supplied output bucket, if `removalPolicy` is SNAPSHOT or
   *   contradicts `autoDeleteObjects`, if `resultsExpiration` is not in whole days or too long, if a property would not apply to a supplied bucket, or if
   *   `encryptionKey` or `serverAccessLogsBucket` is known to be unusable.
   */
  constructor(scope: Construct, id: string, props: FhirStorageProps = {}) {
    super(scope, id);
    validateRemoval(props);
    validateSupplied(props);
    validateExpiration(props.resultsExpiration);
    validateResources(this, props);
    this.props = props;
    this.outputKey = this.keyOfOutput(props);
    this.outputBucket = props.outputBucket ?? this.createBucket('OutputBucket', 'fhir-output/', expiration(props.resultsExpiration));
    if (props !== OF_STACK) {
      this.ensureInputBucket();
    }
  }

  /** The bucket for input data. */
  public get inputBucket(): s3.IBucket {
    this.isInputBucketRead = true;
    return this.ensureInputBucket();
  }

  /**
   * Whether the storage has created an input bucket and no code has read `inputBucket`.
   *
   * @internal
   */
  public get _hasUnusedInputBucket(): boolean {
    return this._inputBucket !== undefined && this._inputBucket !== this.props.inputBucket && !this.isInputBucketRead;
  }

  private ensureInputBucket(): s3.IBucket {
    this._inputBucket ??= this.props.inputBucket ?? this.createBucket('InputBucket', 'fhir-input/', []);
    return this._inputBucket;
  }

  private keyOfOutput(props: FhirStorageProps): kms.IKey {
    const own = props.outputBucket?.encryptionKey;
    if (own && props.encryptionKey && isOtherKey(own, props.encryptionKey)) {
      throw new Error(`the encryptionKey "${props.encryptionKey.node.path}" is not the output bucket's own key "${own.node.path}"; `
        + 'leave encryptionKey out, or give the bucket this key');
    }
    if (props.outputBucket && !own && !props.encryptionKey) {
      throw new Error(`the key of the output bucket "${props.outputBucket.node.path}" is not known, and HealthLake demands one for its output; `
        + 'give encryptionKey, or import the bucket with its encryptionKey');
    }
    return own ?? props.encryptionKey ?? new kms.Key(this, 'Key', {
      description: 'FHIR import data and results',
      enableKeyRotation: true,
      removalPolicy: this.removalPolicy,
    });
  }

  private createBucket(id: string, logPrefix: string, lifecycleRules: s3.LifecycleRule[]): s3.Bucket {
    return new s3.Bucket(this, id, {
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: this.props.encryptionKey ?? this.outputKey,
      bucketKeyEnabled: true,
      enforceSSL: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }, ...lifecycleRules],
      ...(this.props.serverAccessLogsBucket && {
        serverAccessLogsBucket: this.props.serverAccessLogsBucket,
        serverAccessLogsPrefix: logPrefix,
      }),
      removalPolicy: this.removalPolicy,
      autoDeleteObjects: this.props.autoDeleteObjects,
    });
  }

  private get removalPolicy(): RemovalPolicy {
    return this.props.removalPolicy ?? RemovalPolicy.RETAIN;
  }
}

brand(FhirStorage, 'FhirStorage');

/**
 * The properties of the storage that the imports and exports of a stack share. The constructor recognizes this storage by the identity of this object. The shared storage
 * creates its input bucket on first use. Every other storage creates its input bucket in the constructor, even if its properties are empty too.
 */
const OF_STACK: FhirStorageProps = {};

/** S3 stores the days of a lifecycle rule as a 32-bit integer. */
const MAX_EXPIRATION_DAYS = 2 ** 31 - 1;

function expiration(after?: Duration): s3.LifecycleRule[] {
  return after ? [{ expiration: after, noncurrentVersionExpiration: after }] : [];
}

function validateRemoval(props: FhirStorageProps): void {
  if (props.removalPolicy === RemovalPolicy.SNAPSHOT) {
    throw new Error('removalPolicy must not be SNAPSHOT, because buckets and keys have no snapshots; leave it out to retain them');
  }
  const destroys = props.removalPolicy === RemovalPolicy.DESTROY;
  if (destroys && !props.autoDeleteObjects) {
    throw new Error('removalPolicy DESTROY needs autoDeleteObjects: true, because a bucket with results in it can\'t be deleted; '
      + 'add it if losing data and results is intended');
  }
  if (props.autoDeleteObjects && !destroys) {
    throw new Error(`autoDeleteObjects needs removalPolicy DESTROY, got ${props.removalPolicy ?? 'the default, retain'}; set both or neither`);
  }
  const supplied = props.autoDeleteObjects && (props.inputBucket ?? props.outputBucket);
  if (supplied) {
    throw new Error(`autoDeleteObjects doesn't apply to the supplied bucket "${supplied.node.path}"; set it where that bucket is made`);
  }
}

function validateExpiration(after?: Duration): void {
  const days = after && !after.isUnresolved() ? after.toDays({ integral: false }) : 1;
  if (days < 1 || !Number.isInteger(days)) {
    throw new Error(`resultsExpiration must be in whole days, got ${after?.toHumanString()}; S3 counts days`);
  }
  if (days > MAX_EXPIRATION_DAYS) {
    throw new Error(`resultsExpiration must be at most ${MAX_EXPIRATION_DAYS} days, got ${days}; leave it out to keep the results`);
  }
}

/** Throws if a property was set that has no effect on a supplied bucket. */
function validateSupplied({ inputBucket, outputBucket, resultsExpiration, serverAccessLogsBucket }: FhirStorageProps): void {
  if (outputBucket && resultsExpiration) {
    throw new Error(`resultsExpiration doesn't apply to the supplied bucket "${outputBucket.node.path}"; give that bucket a lifecycle rule`);
  }
  if (inputBucket && outputBucket && serverAccessLogsBucket) {
    throw new Error(`serverAccessLogsBucket doesn't apply to the supplied buckets "${inputBucket.node.path}" and "${outputBucket.node.path}"; `
      + 'set it where they are made');
  }
}

/** Throws if the key or the bucket for access logs is known to be unusable. */
function validateResources(scope: Construct, { encryptionKey, serverAccessLogsBucket }: FhirStorageProps): void {
  if (encryptionKey) {
    validateKey(scope, 'encryptionKey', encryptionKey);
    validateEnvironment(scope, 'the storage', { what: 'encryptionKey', construct: encryptionKey, env: encryptionKey.env }, ['region']);
  }
  if (!serverAccessLogsBucket) {
    return;
  }
  validateEnvironment(scope, 'the storage', { what: 'serverAccessLogsBucket', construct: serverAccessLogsBucket, env: serverAccessLogsBucket.env },
    ['region', 'account']);
  if (serverAccessLogsBucket.encryptionKey) { // https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    throw new Error(`serverAccessLogsBucket "${serverAccessLogsBucket.node.path}" is encrypted with a KMS key, and S3 writes access logs only to buckets with `
      + 'SSE-S3; give a bucket with encryption: BucketEncryption.S3_MANAGED');
  }
}
