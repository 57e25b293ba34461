import type { Bucket, Encryption } from './bucket';
import type { Kms } from '../kms/kms';
import { ServiceError, type Authorizer, type Caller, type Environment, type PolicyChecker } from '../service';

/** Authorizes S3 calls, by IAM policies, bucket policies and key policies. */
export class Access {
  public constructor(
    private readonly environment: Environment, private readonly authorizer: Authorizer & PolicyChecker, private readonly kms: Kms,
  ) {}

  public arn(bucket: string, key?: string): string {
    return `arn:${this.environment.partition}:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;
  }

  /** Rejects if the caller may not perform the action on the bucket. */
  public async onBucket(caller: Caller, action: string, bucket: Bucket, context?: Record<string, string>): Promise<void> {
    await this.authorizer.authorize({ caller, action, resource: this.arn(bucket.name), context, resourcePolicy: bucket.policy });
  }

  /** Rejects if the caller may not perform the action on the object. */
  public async onObject(caller: Caller, action: string, bucket: Bucket, key: string, context?: Record<string, string>): Promise<void> {
    await this.authorizer.authorize({ caller, action, resource: this.arn(bucket.name, key), context, resourcePolicy: bucket.policy });
  }

  /** Rejects if the caller may not perform an action that needs no existing bucket, such as s3:CreateBucket. */
  public async onAccount(caller: Caller, action: string, resource: string): Promise<void> {
    await this.authorizer.authorize({ caller, action, resource });
  }

  /** Rejects a malformed bucket policy. */
  public async checkPolicy(policy: unknown): Promise<void> {
    await this.authorizer.checkResourcePolicy(policy);
  }

  /**
   * Returns the error for a missing object. Rejects if the caller may not list the bucket, because S3 doesn't tell such a caller that the object
   * is missing.
   */
  public async absent(caller: Caller, bucket: Bucket, error: ServiceError): Promise<ServiceError> {
    await this.onBucket(caller, 's3:ListBucket', bucket);
    return error;
  }

  /** Authorizes the use of an object's customer managed key and returns its ARN. Returns undefined if the object has no such key. */
  public async useKey(caller: Caller, action: 'kms:GenerateDataKey' | 'kms:Decrypt', encryption: Encryption, bucket: Bucket, key: string): Promise<string | undefined> {
    // The key policy of the AWS managed key for S3 allows every principal of the account.
    if (encryption.algorithm !== 'aws:kms' || !encryption.keyId || encryption.keyId.endsWith('alias/aws/s3')) {
      return undefined;
    }
    try {
      return await this.kms.use(caller, action, encryption.keyId, {
        'kms:ViaService': `s3.${this.environment.region}.amazonaws.com`,
        'kms:EncryptionContext:aws:s3:arn': this.arn(bucket.name, encryption.bucketKey ? undefined : key),
      });
    } catch (error) {
      throw error instanceof ServiceError ? s3Error(error) : error;
    }
  }
}

/** Converts an error of KMS into the error that S3 returns for it. */
function s3Error(error: ServiceError): ServiceError {
  return error.name === 'AccessDeniedException'
    ? new ServiceError('AccessDenied', error.message, 403)
    : new ServiceError(`KMS.${error.name}`, error.message);
}
