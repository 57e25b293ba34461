import type { S3Client } from '@aws-sdk/client-s3';

/** A clock, possibly faster than real time. All durations are in the clock's own milliseconds. */
export interface Clock {
  /** Returns the clock's time in milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds. Rejects when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The signer of a request. */
export interface Caller {
  readonly arn: string;
  readonly accountId: string;
}

/** The access of an assumed data access role. Every call is authorized as that role. */
export interface DataAccess {
  readonly s3: S3Client;
  /** Returns the key's ARN. Rejects if the key doesn't exist or the role may not describe it. */
  describeKey(keyId: string): Promise<string>;
}

/** An error that the service returns; `name` is its error code. */
export class ServiceError extends Error {
  public constructor(name: string, message: string, public readonly status: number = 400) {
    super(message);
    this.name = name;
  }
}

/** The clock, the account and the other services that HealthLake needs. */
export interface HealthLakePorts {
  readonly clock: Clock;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** Returns the URL of the server, without a slash at its end. */
  endpoint(): string;

  /** Rejects with a `ServiceError` named AccessDeniedException if the caller may not perform `action` on `resource`. */
  authorize(caller: Caller, action: string, resource: string, context?: Record<string, string>): Promise<void>;

  /**
   * Rejects with a `ServiceError` if the KMS key can't be used, or if the caller may not perform the KMS action on it through HealthLake.
   * @param action e.g. `kms:Decrypt`
   */
  authorizeKey(caller: Caller, action: string, keyId: string): Promise<void>;

  /**
   * Assumes the role as healthlake.amazonaws.com, with `source` as aws:SourceArn and aws:SourceAccount. Rejects with a `ServiceError` if the
   * role doesn't exist or its trust policy doesn't allow this.
   */
  assumeDataAccessRole(roleArn: string, source: { readonly arn: string; readonly account: string }): Promise<DataAccess>;
}
