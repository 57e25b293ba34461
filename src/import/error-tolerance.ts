import { Token } from 'aws-cdk-lib';
import type { ContractErrorTolerance } from '../contract';
import { text } from '../private/text';

/**
 * What an import that ends with COMPLETED_WITH_ERRORS means for the deployment.
 *
 * In this version the counts are those of the job's progress report, as DescribeFHIRImportJob gives it; a job with errors whose report leaves
 * them out is judged as failed, except under `any()`. A job that ends with another status than COMPLETED or COMPLETED_WITH_ERRORS fails
 * the deployment under every tolerance.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_JobProgressReport.html
 */
export class ErrorTolerance {
  /**
   * No resource may fail, and every file must be readable.
   */
  public static none(): ErrorTolerance {
    return new ErrorTolerance({ Kind: 'NONE' });
  }

  /**
   * Up to `count` resources may fail. A file that can't be read fails the deployment, because nobody knows what was in it.
   *
   * @param count whole number of resources, 1 or more.
   * @throws if the count is not a whole number of 1 or more.
   */
  public static resources(count: number): ErrorTolerance {
    if (!Token.isUnresolved(count) && (!Number.isInteger(count) || count < 1)) {
      throw new Error(`the number of resources that may fail must be a whole number of 1 or more, got ${count}; for none use ErrorTolerance.none()`);
    }
    return new ErrorTolerance({ Kind: 'RESOURCES', Limit: text(count) });
  }

  /**
   * Up to `percent` per cent of the scanned resources may fail. A file that can't be read fails the deployment.
   *
   * @param percent more than 0, less than 100.
   * @throws if the percentage is out of range.
   */
  public static percent(percent: number): ErrorTolerance {
    if (!Token.isUnresolved(percent) && !(percent > 0 && percent < 100)) {
      throw new Error(`the percentage of resources that may fail must be more than 0 and less than 100, got ${percent}; `
        + 'use ErrorTolerance.none() or ErrorTolerance.any() for the ends of the range');
    }
    return new ErrorTolerance({ Kind: 'PERCENT', Limit: text(percent) });
  }

  /**
   * Any number of resources may fail, and files may be unreadable: the deployment fails only if the job itself does.
   */
  public static any(): ErrorTolerance {
    return new ErrorTolerance({ Kind: 'ANY' });
  }

  private constructor(private readonly wire: ContractErrorTolerance) {}

  /** @internal */
  public _render(): ContractErrorTolerance {
    return this.wire;
  }
}
