import type { S3Context } from '../../../local-healthlake/src/s3/request';
import type { ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';

interface BucketPolicyProperties {
  readonly Bucket: string;
  readonly PolicyDocument: unknown;
}

/** Plays AWS::S3::BucketPolicy. */
export class BucketPolicyProvider implements ResourceProvider {
  public constructor(private readonly s3: S3Context) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const { Bucket, PolicyDocument } = request.properties as BucketPolicyProperties;
    const bucket = this.s3.buckets.get(Bucket);
    if (bucket.policy) {
      throw new Error(`The bucket policy already exists on bucket ${Bucket}.`);
    }
    return this.put(request, Bucket, PolicyDocument);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const { Bucket, PolicyDocument } = request.properties as BucketPolicyProperties;
    if (Bucket !== request.physicalId) {
      return this.create(request);
    }
    return this.put(request, Bucket, PolicyDocument);
  }

  public async delete(request: ResourceDelete): Promise<void> {
    const bucket = this.s3.buckets.find(request.physicalId);
    if (!bucket) {
      return;
    }
    await this.s3.access.onBucket(request.caller, 's3:DeleteBucketPolicy', bucket);
    bucket.policy = undefined;
  }

  private async put(request: ResourceRequest, name: string, policy: unknown): Promise<ResourceResult> {
    const bucket = this.s3.buckets.get(name);
    await this.s3.access.onBucket(request.caller, 's3:PutBucketPolicy', bucket);
    await this.s3.access.checkPolicy(policy);
    bucket.policy = policy;
    return { physicalId: name };
  }
}
