import type { Size } from 'aws-cdk-lib';

/**
 * The limits of one import job. Before a job starts, the handler logs a warning if the input exceeds them. HealthLake alone enforces them.
 *
 * AWS has changed these quotas over the years and raises some of them for an account on request.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/reference-healthlake-endpoints-quotas.html
 */
export interface ImportQuotas {
  /**
   * The number of files.
   *
   * @default 1000000
   */
  readonly maxFiles?: number;

  /**
   * The size of one file.
   *
   * @default - 50 GB
   */
  readonly maxFileSize?: Size;

  /**
   * The size of all files together.
   *
   * @default - 5,000 GB
   */
  readonly maxTotalSize?: Size;
}
