import { Token } from 'aws-cdk-lib';
import type { ContractErrorTolerance } from '../contract';
import { text } from '../private/text';

/** The kinds of `ErrorTolerance`. */
export enum ErrorToleranceKind {
  /** No resource may fail. */
  NONE = 'NONE',

  /** Up to a number of resources may fail. */
  RESOURCES = 'RESOURCES',

  /** Up to a percentage of the scanned resources may fail. */
  PERCENT = 'PERCENT',

  /** Any number of resources may fail. */
  ANY = 'ANY',
}

/**
 * The number of resources that may fail in an import that counts as succeeded.
 *
 * The counts come from the manifest of the results, which the failure report reads. If the import has no failure report, or the manifest can't be
 * read, they come from the job's progress report, which leaves out errors of HealthLake itself. A job with errors whose counts are unknown fails
 * the import, except under `any()`. A job that ends with another status than COMPLETED or COMPLETED_WITH_ERRORS fails it under every tolerance.
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

  /** The kind of the tolerance. */
  public readonly kind: ErrorToleranceKind;

  private constructor(private readonly contract: ContractErrorTolerance) {
    this.kind = ErrorToleranceKind[contract.Kind];
  }

  /** @internal */
  public _render(): ContractErrorTolerance {
    return this.contract;
  }
}
