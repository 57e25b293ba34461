import {
  GetBucketEncryptionCommand, GetBucketLocationCommand, GetPublicAccessBlockCommand, type ListObjectsV2CommandInput, paginateListObjectsV2,
  type S3Client,
  type _Object as S3Object,
} from '@aws-sdk/client-s3';
import { type InputObjects, InputTally } from './input-objects';
import { locationOf, type PreflightRequest, type S3Location } from './request';
import { ask, type Fact } from '../../aws/errors';

/** The default encryption of a bucket. */
export interface DefaultEncryption {
  /** The encryption algorithm. Undefined if the bucket has no default encryption. */
  readonly algorithm?: string;
  /** The ARN, id or alias of the KMS key. Undefined for the AWS managed key, and for algorithms without a key. */
  readonly keyId?: string;
}

/** The answers of S3 about the input of an import. */
export interface InputFindings {
  readonly region: Fact<string>;
  readonly objects: Fact<InputObjects>;
}

/** The answers of S3 about the buckets of a job. An export has no input. */
export interface BucketFindings {
  readonly input?: InputFindings;
  readonly output: {
    readonly region: Fact<string>;
    readonly encryption: Fact<DefaultEncryption>;
    /** Whether all Block Public Access settings of the output bucket itself are on. The settings of the account are not read. */
    readonly publicAccessBlock: Fact<boolean>;
  };
}

/** The maximum number of pages of objects that are listed. A page has up to 1,000 objects. */
const MAX_PAGES = 1_000;

/** Inspects the buckets. All S3 calls run concurrently, and a failed call doesn't end the others. No object is read. */
export async function inspectBuckets(s3: S3Client, request: Pick<PreflightRequest, 'input' | 'OutputS3Uri'>, abortSignal: AbortSignal):
Promise<BucketFindings> {
  const [input, output] = await Promise.all([
    request.input && inspectInput(s3, locationOf(request.input.InputS3Uri), abortSignal),
    inspectOutput(s3, locationOf(request.OutputS3Uri), abortSignal),
  ]);
  return { input, output };
}

async function inspectInput(s3: S3Client, location: S3Location, abortSignal: AbortSignal): Promise<InputFindings> {
  const [region, objects] = await Promise.all([
    ask(() => bucketRegion(s3, location, abortSignal)),
    ask(() => listObjects(s3, location, abortSignal)),
  ]);
  return { region: orInErrors(region, [objects]), objects };
}

async function inspectOutput(s3: S3Client, location: S3Location, abortSignal: AbortSignal): Promise<BucketFindings['output']> {
  const [region, encryption, publicAccessBlock] = await Promise.all([
    ask(() => bucketRegion(s3, location, abortSignal)),
    ask(() => defaultEncryption(s3, location, abortSignal)),
    ask(() => isPublicAccessBlocked(s3, location, abortSignal)),
  ]);
  return { region: orInErrors(region, [encryption, publicAccessBlock]), encryption, publicAccessBlock };
}

/**
 * Returns the Region of a bucket. If GetBucketLocation failed, takes the Region from an S3 error that names it. S3 can refuse GetBucketLocation from another
 * Region even if the bucket policy allows the call.
 */
function orInErrors(region: Fact<string>, others: readonly Fact<unknown>[]): Fact<string> {
  const named = [region, ...others].map((fact) => ('error' in fact ? regionInError(fact.error) : undefined)).find((name) => name !== undefined);
  return 'error' in region && named !== undefined ? { value: named } : region;
}

async function bucketRegion(s3: S3Client, { bucket }: S3Location, abortSignal: AbortSignal): Promise<string> {
  const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket: bucket }), { abortSignal });
  return regionOf(LocationConstraint);
}

/**
 * Returns the Region of the bucket with this location constraint. The location constraint is empty in us-east-1, and can be `EU` in eu-west-1.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
 */
export function regionOf(locationConstraint: string | undefined): string {
  return locationConstraint === 'EU' ? 'eu-west-1' : locationConstraint || 'us-east-1';
}

/** Returns the Region of the bucket if an S3 error names it. S3 names the Region even to callers without permissions. */
export function regionInError(error: unknown): string | undefined {
  const { $response } = Object(error) as { readonly $response?: { readonly headers?: Readonly<Record<string, string>> } };
  return $response?.headers?.['x-amz-bucket-region'];
}

/**
 * Counts the objects of the input. Throws only if the first page fails. If a later page fails, returns the counts so far.
 *
 * @param since the time after which a modified file counts as newer, in milliseconds since the epoch.
 */
export async function listObjects(client: S3Client, { bucket, prefix }: S3Location, abortSignal: AbortSignal, since?: number): Promise<InputObjects> {
  const tally = new InputTally(since);
  const input: ListObjectsV2CommandInput = { Bucket: bucket, Prefix: prefix, OptionalObjectAttributes: ['RestoreStatus'] };
  let pages = 0;
  try {
    for await (const { Contents, IsTruncated } of paginateListObjectsV2({ client }, input, { abortSignal })) {
      (Contents ?? []).forEach((object) =>
        tally.add(object.Key ?? '', object.Size ?? 0, { isArchived: isArchived(object), modifiedAt: object.LastModified?.getTime() }));
      pages += 1;
      if (IsTruncated && pages >= MAX_PAGES) {
        return tally.result({ complete: false });
      }
    }
  } catch (error) {
    if (pages === 0) {
      throw error;
    }
    return tally.result({ complete: false, error });
  }
  return tally.result({ complete: true });
}

/**
 * Returns whether an object is archived and not restored, so that S3 refuses GetObject. A restored object keeps its storage class, but has a restore expiry
 * date.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/archived-objects.html
 */
function isArchived({ StorageClass, RestoreStatus }: S3Object): boolean {
  return (StorageClass === 'GLACIER' || StorageClass === 'DEEP_ARCHIVE') && RestoreStatus?.RestoreExpiryDate === undefined;
}

async function defaultEncryption(s3: S3Client, { bucket }: S3Location, abortSignal: AbortSignal): Promise<DefaultEncryption> {
  const command = new GetBucketEncryptionCommand({ Bucket: bucket });
  const answer = await unlessNotSet('ServerSideEncryptionConfigurationNotFoundError', s3.send(command, { abortSignal }));
  // The configuration may have rules without default encryption.
  const byDefault = answer?.ServerSideEncryptionConfiguration?.Rules?.find((rule) => rule.ApplyServerSideEncryptionByDefault)
    ?.ApplyServerSideEncryptionByDefault;
  return { algorithm: byDefault?.SSEAlgorithm, keyId: byDefault?.KMSMasterKeyID };
}

async function isPublicAccessBlocked(s3: S3Client, { bucket }: S3Location, abortSignal: AbortSignal): Promise<boolean> {
  const command = new GetPublicAccessBlockCommand({ Bucket: bucket });
  const block = (await unlessNotSet('NoSuchPublicAccessBlockConfiguration', s3.send(command, { abortSignal })))?.PublicAccessBlockConfiguration;
  return Boolean(block?.BlockPublicAcls && block.BlockPublicPolicy && block.IgnorePublicAcls && block.RestrictPublicBuckets);
}

/** Returns the response of S3. Returns undefined if S3 fails with the given error code, because the bucket then doesn't have the setting. */
async function unlessNotSet<T>(code: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name === code) {
      return undefined;
    }
    throw error;
  }
}
