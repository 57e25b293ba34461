import type { Size } from 'aws-cdk-lib';

/**
 * The limits of one import job. Before a job starts, the handler logs a warning if the input exceeds them. Only HealthLake enforces the limits.
 *
 * AWS has changed these quotas over the years and raises some of them for an account on request.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/reference-healthlake-endpoints-quotas.html
 */
export interface ImportQuotas {
  /**
   * The maximum number of files. The default is the quota in the AWS General Reference. If HealthLake accepts more files in your account, set that number.
   *
   * @see https://docs.aws.amazon.com/general/latest/gr/Amazon-HealthLake.html
   * @default 10000
   */
  readonly maxFiles?: number;

  /**
   * The maximum size of one file.
   *
   * @default - 50 GB
   */
  readonly maxFileSize?: Size;

  /**
   * The maximum size of all files together.
   *
   * @default - 5,000 GB
   */
  readonly maxTotalSize?: Size;
}
