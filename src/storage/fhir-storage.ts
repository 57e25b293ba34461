import { Duration, RemovalPolicy, Resource, Token } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ofStack } from '../private/of-stack';

/** Properties of `FhirStorage`. */
export interface FhirStorageProps {
  /**
   * The bucket for input data.
   *
   * @default - a new bucket
   */
  readonly inputBucket?: s3.IBucket;

  /**
   * The bucket that HealthLake writes results to: the manifest and one line for each resource. It must be in the Region of the data
   * store, encrypted with a KMS key, and have all of S3 Block Public Access on.
   *
   * @default - a new bucket
   */
  readonly outputBucket?: s3.IBucket;

  /**
   * The customer managed, symmetric KMS key of the buckets that this construct makes, and of the results.
   *
   * Required with an `outputBucket` whose key the bucket construct doesn't know: HealthLake demands a key for its output.
   *
   * @default - the key of the `outputBucket`, or a new key with rotation
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Where S3 server access logs of the buckets that this construct makes go, under `fhir-input/` and `fhir-output/`.
   *
   * @default - no access logs
   */
  readonly serverAccessLogsBucket?: s3.IBucket;

  /**
   * After how long results are deleted, in whole days. It applies to an output bucket that this construct makes.
   *
   * @default - results are kept
   */
  readonly resultsExpiration?: Duration;

  /**
   * What happens to the buckets and the key that this construct makes when it is removed from the stack or the stack is deleted.
   * DESTROY is accepted only together with `autoDeleteObjects`, because the results in the output bucket would block it.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Delete all objects when the buckets are deleted. For development: the data is lost.
   *
   * @default false
   */
  readonly autoDeleteObjects?: boolean;
}

/** The buckets and the key that imports use: a `FhirStorage`, or an object with buckets and a key of your own. */
export interface IFhirStorage {
  /** The bucket for input data, which `FhirSource.storage()` reads. */
  readonly inputBucket: s3.IBucket;

  /** The bucket that HealthLake writes results to. It must be in the Region of the data store, be encrypted with `outputKey`, and block all public access. */
  readonly outputBucket: s3.IBucket;

  /** The customer managed, symmetric KMS key that HealthLake encrypts results with. */
  readonly outputKey: kms.IKey;
}

/**
 * Where import data and results are: an input bucket, an output bucket and one KMS key.
 *
 * What it makes is encrypted with a rotating customer managed key, versioned, TLS only, closed to the public, and retained.
 */
export class FhirStorage extends Construct implements IFhirStorage {
  /**
   * The storage that imports of a stack share if they name none. Its input bucket is made only when something uses it.
   *
   * @internal
   */
  public static _ofStack(scope: Construct): FhirStorage {
    return ofStack(scope, 'FhirStorage', FhirStorage, 'storage', (stack, id) => new FhirStorage(stack, id, OF_STACK));
  }

  /** The bucket that HealthLake writes results to. */
  public readonly outputBucket: s3.IBucket;

  /** The key that HealthLake encrypts results with. */
  public readonly outputKey: kms.IKey;

  private readonly props: FhirStorageProps;
  private _inputBucket?: s3.IBucket;

  /**
   * @throws if the output bucket's key isn't known, if `encryptionKey` is not the supplied output bucket's own key, if
   *   `removalPolicy` and `autoDeleteObjects` don't go together, or if something is set for a bucket that is supplied.
   */
  constructor(scope: Construct, id: string, props: FhirStorageProps = {}) {
    super(scope, id);
    validateRemoval(props);
    validateSupplied(props);
    validateExpiration(props.resultsExpiration);
    this.props = props;
    this.outputKey = this.keyOfOutput(props);
    this.outputBucket = props.outputBucket ?? this.createBucket('OutputBucket', 'fhir-output/', expiration(props.resultsExpiration));
    if (props !== OF_STACK) {
      this._inputBucket = this.inputBucket;
    }
  }

  /** The bucket for input data. */
  public get inputBucket(): s3.IBucket {
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

/** The properties of the storage of a stack: known by identity, because only that one defers its input bucket. */
const OF_STACK: FhirStorageProps = {};

/** Whether two keys are known to differ: both ARNs are known, or this app makes both. */
function isOtherKey(a: kms.IKey, b: kms.IKey): boolean {
  const concrete = !Token.isUnresolved(a.keyArn) && !Token.isUnresolved(b.keyArn);
  const made = Resource.isOwnedResource(a) && Resource.isOwnedResource(b);
  return (concrete || made) && a.keyArn !== b.keyArn;
}

function expiration(after?: Duration): s3.LifecycleRule[] {
  return after ? [{ expiration: after, noncurrentVersionExpiration: after }] : [];
}

function validateRemoval(props: FhirStorageProps): void {
  const destroys = props.removalPolicy === RemovalPolicy.DESTROY;
  if (destroys && !props.autoDeleteObjects) {
    throw new Error('removalPolicy DESTROY needs autoDeleteObjects: true, because a bucket with results in it can\'t be deleted; '
      + 'add it if losing data and results is meant');
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
  const hours = after && !after.isUnresolved() ? after.toHours({ integral: false }) : 24;
  if (hours < 24 || hours % 24 !== 0) {
    throw new Error(`resultsExpiration must be in whole days, got ${after?.toHumanString()}; S3 counts days`);
  }
}

/** What is set for buckets that are not made here would be ignored in silence. */
function validateSupplied({ inputBucket, outputBucket, resultsExpiration, serverAccessLogsBucket }: FhirStorageProps): void {
  if (outputBucket && resultsExpiration) {
    throw new Error(`resultsExpiration doesn't apply to the supplied bucket "${outputBucket.node.path}"; give that bucket a lifecycle rule`);
  }
  if (inputBucket && outputBucket && serverAccessLogsBucket) {
    throw new Error(`serverAccessLogsBucket doesn't apply to the supplied buckets "${inputBucket.node.path}" and "${outputBucket.node.path}"; `
      + 'set it where they are made');
  }
}
