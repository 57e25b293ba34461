import type { Bucket } from '../../../local-healthlake/src/s3/bucket';
import type { S3Context } from '../../../local-healthlake/src/s3/request';
import type { S3 } from '../../../local-healthlake/src/s3/s3';
import { encryptionFrom, publicAccessBlockFrom } from '../../../local-healthlake/src/s3/settings';
import {
  physicalName, replacing, type Caller, type ResourceDelete, type ResourceProvider, type ResourceProviders, type ResourceRequest, type ResourceResult,
  type ResourceUpdate,
} from '../contract';

/** Returns the resource providers of S3, by resource type. */
export function s3Providers({ context }: S3): ResourceProviders {
  return {
    'AWS::S3::Bucket': replacing(['BucketName'], new BucketProvider(context)),
    'AWS::S3::BucketPolicy': replacing(['Bucket'], new BucketPolicyProvider(context)),
  };
}

interface BucketProperties {
  readonly BucketName?: string;
  readonly BucketEncryption?: {
    readonly ServerSideEncryptionConfiguration: readonly {
      readonly BucketKeyEnabled?: boolean;
      readonly ServerSideEncryptionByDefault?: { readonly SSEAlgorithm: string; readonly KMSMasterKeyID?: string };
    }[];
  };
  readonly VersioningConfiguration?: { readonly Status: 'Enabled' | 'Suspended' };
  readonly PublicAccessBlockConfiguration?: Record<string, unknown>;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

/** The S3 action for which the caller must be authorized to set each property. */
const ACTIONS: Readonly<Record<keyof Omit<BucketProperties, 'BucketName'>, string>> = {
  BucketEncryption: 's3:PutEncryptionConfiguration',
  VersioningConfiguration: 's3:PutBucketVersioning',
  PublicAccessBlockConfiguration: 's3:PutBucketPublicAccessBlock',
  Tags: 's3:PutBucketTagging',
};

/** Emulates AWS::S3::Bucket. Ignores properties that have no effect on the emulated S3, such as life-cycle rules. */
class BucketProvider implements ResourceProvider {
  public constructor(private readonly s3: S3Context) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const properties = request.properties as BucketProperties;
    const name = properties.BucketName ?? physicalName(request.stackName, request.logicalId, 63).toLowerCase();
    await this.s3.access.onAccount(request.caller, 's3:CreateBucket', this.s3.access.arn(name));
    if (this.s3.buckets.find(name)) {
      throw new Error(`${name} already exists`);
    }
    const bucket = this.s3.buckets.create(name);
    try {
      await this.apply(request.caller, bucket, properties);
    } catch (error) {
      this.s3.buckets.delete(name);
      throw error;
    }
    return this.result(bucket);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const properties = request.properties as BucketProperties;
    const bucket = this.s3.buckets.get(request.physicalId);
    await this.apply(request.caller, bucket, properties);
    return this.result(bucket);
  }

  public async delete(request: ResourceDelete): Promise<void> {
    const bucket = this.s3.buckets.find(request.physicalId);
    if (!bucket) {
      return;
    }
    await this.s3.access.onBucket(request.caller, 's3:DeleteBucket', bucket);
    this.s3.buckets.delete(bucket.name);
  }

  private async apply(caller: Caller, bucket: Bucket, properties: BucketProperties): Promise<void> {
    const given = (Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]).filter((name) => properties[name] !== undefined);
    for (const name of given) {
      await this.s3.access.onBucket(caller, ACTIONS[name], bucket);
    }

    const rule = properties.BucketEncryption?.ServerSideEncryptionConfiguration[0];
    const byDefault = rule?.ServerSideEncryptionByDefault;
    bucket.encryption = byDefault
      ? encryptionFrom(byDefault.SSEAlgorithm, byDefault.KMSMasterKeyID, rule.BucketKeyEnabled)
      : { algorithm: 'AES256' };
    // Removing the property only suspends versioning: S3 can't return a bucket to the unversioned state.
    bucket.versioning = properties.VersioningConfiguration?.Status ?? (bucket.versioning && 'Suspended');
    if (properties.PublicAccessBlockConfiguration) {
      bucket.publicAccessBlock = publicAccessBlockFrom(properties.PublicAccessBlockConfiguration);
    }
    bucket.tags = properties.Tags ?? [];
  }

  private result({ name }: Bucket): ResourceResult {
    const { region } = this.s3.environment;
    return {
      physicalId: name,
      attributes: {
        Arn: this.s3.access.arn(name),
        DomainName: `${name}.s3.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
        DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      },
    };
  }
}

interface BucketPolicyProperties {
  readonly Bucket: string;
  readonly PolicyDocument: unknown;
}

/** Emulates AWS::S3::BucketPolicy. */
class BucketPolicyProvider implements ResourceProvider {
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
