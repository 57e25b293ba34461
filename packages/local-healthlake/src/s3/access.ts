import type { Bucket, Encryption } from './bucket';
import type { Kms } from '../kms/kms';
import { ServiceError, type Authorizer, type Caller, type Environment, type PolicyChecker } from '../service';

/** Asks IAM, the bucket policy and KMS whether a caller may do something in S3. */
export class Access {
  public constructor(
    private readonly environment: Environment, private readonly authorizer: Authorizer & PolicyChecker, private readonly kms: Kms,
  ) {}

  public arn(bucket: string, key?: string): string {
    return `arn:${this.environment.partition}:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;
  }

  /** Rejects unless the caller may do something with the bucket itself. */
  public async onBucket(caller: Caller, action: string, bucket: Bucket, context?: Record<string, string>): Promise<void> {
    await this.authorizer.authorize({ caller, action, resource: this.arn(bucket.name), context, resourcePolicy: bucket.policy });
  }

  /** Rejects unless the caller may do something with an object. */
  public async onObject(caller: Caller, action: string, bucket: Bucket, key: string, context?: Record<string, string>): Promise<void> {
    await this.authorizer.authorize({ caller, action, resource: this.arn(bucket.name, key), context, resourcePolicy: bucket.policy });
  }

  /** Rejects unless the caller may do something that concerns no bucket that is there. */
  public async onAccount(caller: Caller, action: string, resource: string): Promise<void> {
    await this.authorizer.authorize({ caller, action, resource });
  }

  /** Rejects a bucket policy that is malformed. */
  public async checkPolicy(policy: unknown): Promise<void> {
    await this.authorizer.checkResourcePolicy(policy);
  }

  /** The error for an object that isn't there: only who may list the bucket is told so. */
  public async absent(caller: Caller, bucket: Bucket, error: ServiceError): Promise<ServiceError> {
    await this.onBucket(caller, 's3:ListBucket', bucket);
    return error;
  }

  /** Lets the caller use the key of an object, if it has a customer managed one, and returns the key's ARN. */
  public async useKey(caller: Caller, action: 'kms:GenerateDataKey' | 'kms:Decrypt', encryption: Encryption, bucket: Bucket, key: string): Promise<string | undefined> {
    // The key that AWS manages for S3 lets everybody of the account in, by its own key policy.
    if (encryption.algorithm !== 'aws:kms' || !encryption.keyId || encryption.keyId.endsWith('alias/aws/s3')) {
      return undefined;
    }
    try {
      return await this.kms.use(caller, action, encryption.keyId, {
        'kms:ViaService': `s3.${this.environment.region}.amazonaws.com`,
        'kms:EncryptionContext:aws:s3:arn': this.arn(bucket.name, encryption.bucketKey ? undefined : key),
      });
    } catch (error) {
      throw error instanceof ServiceError ? wordedByS3(error) : error;
    }
  }
}

function wordedByS3(error: ServiceError): ServiceError {
  return error.name === 'AccessDeniedException'
    ? new ServiceError('AccessDenied', error.message, 403)
    : new ServiceError(`KMS.${error.name}`, error.message);
}
