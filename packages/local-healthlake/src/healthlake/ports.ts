import type { S3Client } from '@aws-sdk/client-s3';

/** Time, possibly faster than real time: all durations are in the clock's own milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` of the clock's own time; rejects when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Who signed a request. */
export interface Caller {
  readonly arn: string;
  readonly accountId: string;
}

/** What HealthLake can do once it has assumed a data access role. Every call is made, and may be denied, as that role. */
export interface DataAccess {
  readonly s3: S3Client;
  /** Rejects if the key doesn't exist or the role may not describe it. Returns the key's ARN. */
  describeKey(keyId: string): Promise<string>;
}

/** A service error as it travels on the wire: `name` is the error's code. */
export class ServiceError extends Error {
  public constructor(name: string, message: string, public readonly status: number = 400) {
    super(message);
    this.name = name;
  }
}

/** What HealthLake needs of the world around it. */
export interface HealthLakePorts {
  readonly clock: Clock;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;

  /**
   * Rejects with a `ServiceError` named AccessDeniedException unless the caller may do `action` on `resource`.
   */
  authorize(caller: Caller, action: string, resource: string, context?: Record<string, string>): Promise<void>;

  /**
   * Assumes the role as the service principal healthlake.amazonaws.com, with aws:SourceArn and aws:SourceAccount in the
   * context. Rejects with a `ServiceError` if the role doesn't exist or its trust policy denies it.
   */
  assumeDataAccessRole(roleArn: string, source: { readonly arn: string; readonly account: string }): Promise<DataAccess>;
}
