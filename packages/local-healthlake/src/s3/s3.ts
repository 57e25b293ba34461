import { Access } from './access';
import type { Bucket } from './bucket';
import { Buckets } from './buckets';
import { settingOperations } from './operations/bucket-settings';
import { bucketOperations } from './operations/buckets';
import { deleteOperations } from './operations/delete';
import { listOperations } from './operations/list';
import { multipartOperations } from './operations/multipart';
import { objectOperations, readObject } from './operations/objects';
import { readRequest, type S3Context, type S3Operations, type S3Request } from './request';
import { renderXml } from '../http/xml';
import type { Kms } from '../kms/kms';
import { ServiceError, type Authorizer, type Caller, type Environment, type PolicyChecker, type WireRequest, type WireResponse, type WireService } from '../service';

export type { Bucket } from './bucket';

const OPERATIONS: S3Operations = {
  ...bucketOperations,
  ...settingOperations,
  ...listOperations,
  ...objectOperations,
  ...deleteOperations,
  ...multipartOperations,
};

/** Emulates S3, in memory. */
export class S3 implements WireService {
  /** The state of S3, for its operations and for the resource providers of CloudFormation. */
  public readonly context: S3Context;

  public constructor(environment: Environment, authorizer: Authorizer & PolicyChecker, kms: Kms) {
    this.context = { environment, buckets: new Buckets(environment.clock), access: new Access(environment, authorizer, kms) };
  }

  public async handle(request: WireRequest): Promise<WireResponse> {
    const s3Request = readRequest(request, this.context.environment.accountId);
    const operation = OPERATIONS[s3Request.operation];
    if (!operation) {
      throw new ServiceError('NotImplemented', `the local AWS does not emulate S3 ${s3Request.operation}`, 501);
    }
    return redirectOf(this.context.buckets.find(s3Request.bucket), s3Request.operation, request.region) ?? operation(this.context, s3Request);
  }

  /** Creates a bucket without authorization. */
  public createBucket(name: string): Bucket {
    return this.context.buckets.create(name);
  }

  /** Returns a bucket without authorization. */
  public bucket(name: string): Bucket {
    return this.context.buckets.get(name);
  }

  /** Returns the content of an object. Rejects if the caller may not read it. CloudFormation calls this method to read templates, and Lambda to read code. */
  public async getObject(caller: Caller, bucket: string, key: string, versionId?: string): Promise<Buffer> {
    return (await readObject(this.context, caller, this.context.buckets.get(bucket), key, versionId)).body;
  }
}

/** Returns a redirect if the bucket is not in the Region for which the request is signed. GetBucketLocation is never redirected. */
function redirectOf(bucket: Bucket | undefined, operation: S3Request['operation'], signedFor: string): WireResponse | undefined {
  if (bucket?.region === undefined || bucket.region === signedFor || operation === 'GetBucketLocation') {
    return undefined;
  }
  return {
    status: 301,
    headers: { 'content-type': 'application/xml', 'x-amz-bucket-region': bucket.region },
    body: renderXml({
      Error: {
        Code: 'PermanentRedirect',
        Message: 'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
        Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`,
        Bucket: bucket.name,
      },
    }),
  };
}
