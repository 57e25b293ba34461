import type { Size } from 'aws-cdk-lib';

/**
 * What HealthLake reads in one import job. Data beyond it is warned of in the log before the job is started; HealthLake has the last word.
 *
 * AWS has moved these quotas over the years and adjusts some of them for an account.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/reference-healthlake-endpoints-quotas.html
 */
export interface ImportQuotas {
  /**
   * How many files.
   *
   * @default 1000000
   */
  readonly maxFiles?: number;

  /**
   * How large one file may be.
   *
   * @default - 50 GB
   */
  readonly maxFileSize?: Size;

  /**
   * How large all files together may be.
   *
   * @default - 5,000 GB
   */
  readonly maxTotalSize?: Size;
}
