import { Bucket } from './bucket';
import { ServiceError, type Clock } from '../service';

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Matches the names that S3 refuses or reserves. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html. */
const RESERVED_NAME = /\.\.|^\d+\.\d+\.\d+\.\d+$|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;

/** The buckets of the account. */
export class Buckets {
  private readonly buckets = new Map<string, Bucket>();

  public constructor(private readonly clock: Clock) {}

  public create(name: string): Bucket {
    if (!BUCKET_NAME.test(name) || RESERVED_NAME.test(name)) {
      throw new ServiceError('InvalidBucketName', `The specified bucket is not valid: ${name}`);
    }
    if (this.buckets.has(name)) {
      throw new ServiceError('BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded and you already own it.', 409);
    }
    const bucket = new Bucket(name, this.clock.now());
    this.buckets.set(name, bucket);
    return bucket;
  }

  public get(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) {
      throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
    }
    return bucket;
  }

  public find(name: string): Bucket | undefined {
    return this.buckets.get(name);
  }

  /** All buckets, sorted by name. */
  public list(): Bucket[] {
    return [...this.buckets.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  public delete(name: string): void {
    const bucket = this.get(name);
    if (!bucket.empty) {
      const versions = bucket.versioning ? '. You must delete all versions in the bucket.' : '';
      throw new ServiceError('BucketNotEmpty', `The bucket you tried to delete is not empty${versions}`, 409);
    }
    this.buckets.delete(name);
  }
}
