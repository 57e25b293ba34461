import { Access } from './access';
import type { Bucket } from './bucket';
import { Buckets } from './buckets';
import { settingOperations } from './operations/bucket-settings';
import { bucketOperations } from './operations/buckets';
import { copyOperations } from './operations/copy';
import { deleteOperations } from './operations/delete';
import { listOperations } from './operations/list';
import { multipartOperations } from './operations/multipart';
import { objectOperations, readObject } from './operations/objects';
import { redirectOf } from './redirect';
import { readRequest, type S3Context, type S3Operations } from './request';
import type { Kms } from '../kms/kms';
import { ServiceError, type Authorizer, type Caller, type Environment, type PolicyChecker, type WireRequest, type WireResponse, type WireService } from '../service';

export type { Bucket } from './bucket';

const OPERATIONS: S3Operations = {
  ...bucketOperations,
  ...settingOperations,
  ...listOperations,
  ...objectOperations,
  ...copyOperations,
  ...deleteOperations,
  ...multipartOperations,
};

/** Plays S3, in memory. */
export class S3 implements WireService {
  /** What the operations work on, and the providers of buckets. */
  public readonly context: S3Context;

  public constructor(environment: Environment, authorizer: Authorizer & PolicyChecker, kms: Kms) {
    this.context = { environment, buckets: new Buckets(environment.clock), access: new Access(environment, authorizer, kms) };
  }

  public async handle(request: WireRequest): Promise<WireResponse> {
    const s3Request = readRequest(request, this.context.environment.accountId);
    const operation = OPERATIONS[s3Request.operation];
    if (!operation) {
      throw new ServiceError('NotImplemented', `the local AWS does not play S3 ${s3Request.operation}`, 501);
    }
    return redirectOf(this.context.buckets.find(s3Request.bucket), s3Request.operation, request.region) ?? operation(this.context, s3Request);
  }

  /** Makes a bucket. Asks nobody for permission. */
  public createBucket(name: string): Bucket {
    return this.context.buckets.create(name);
  }

  /** A bucket as it is. Asks nobody for permission. */
  public bucket(name: string): Bucket {
    return this.context.buckets.get(name);
  }

  /** The content of an object, if the caller may read it: for templates and for the code of functions. */
  public async getObject(caller: Caller, bucket: string, key: string, versionId?: string): Promise<Buffer> {
    return (await readObject(this.context, caller, this.context.buckets.get(bucket), key, versionId)).body;
  }
}
