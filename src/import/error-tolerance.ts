import { inspect } from 'node:util';
import { Token } from 'aws-cdk-lib';
import type { ContractErrorTolerance } from '../contract';
import { text } from '../private/text';

/** The kinds of `ErrorTolerance`. */
export enum ErrorToleranceKind {
  /** No resource may fail. */
  NONE = 'NONE',

  /** At most a given number of resources may fail. */
  RESOURCES = 'RESOURCES',

  /** At most a given percentage of the scanned resources may fail. */
  PERCENT = 'PERCENT',

  /** Any number of resources may fail. */
  ANY = 'ANY',
}

/**
 * The number or percentage of resources that may fail before an import fails.
 *
 * The report function reads the number of failed resources from the manifest of the results. If the import has no `failureReport` or can't read its results,
 * the number comes from the job's progress report, which leaves out server errors.
 *
 * If the results have no manifest, or if the number of failed resources is not known, a job with errors fails the import, except under `any()`. A job that ends
 * with a status other than COMPLETED and COMPLETED_WITH_ERRORS fails the import under every tolerance.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_JobProgressReport.html
 * @example
 *
 * new FhirImport(this, 'Import', { datastore, source, errorTolerance: ErrorTolerance.percent(0.5) });
 */
export class ErrorTolerance {
  /** No resource may fail, and every file must be readable. */
  public static none(): ErrorTolerance {
    return new ErrorTolerance({ Kind: 'NONE' });
  }

  /**
   * Up to `count` resources may fail. A file that can't be read fails the import, because its resources are not counted.
   *
   * @param count a whole number of resources, 1 or more.
   * @throws if the count is not a whole number of 1 or more.
   */
  public static resources(count: number): ErrorTolerance {
    if (!Token.isUnresolved(count) && (!Number.isSafeInteger(count) || count < 1)) {
      throw new Error(`the number of resources that may fail must be a whole number of 1 or more, got ${inspect(count)}; for none use ErrorTolerance.none()`);
    }
    return new ErrorTolerance({ Kind: 'RESOURCES', Limit: text(count) });
  }

  /**
   * Up to `percent` per cent of the scanned resources may fail. A file that can't be read fails the import.
   *
   * @param percent a percentage, more than 0 and less than 100.
   * @throws if the percentage is out of this range.
   */
  public static percent(percent: number): ErrorTolerance {
    if (!Token.isUnresolved(percent) && !(Number.isFinite(percent) && percent > 0 && percent < 100)) {
      throw new Error(`the percentage of resources that may fail must be more than 0 and less than 100, got ${inspect(percent)}; `
        + 'use ErrorTolerance.none() or ErrorTolerance.any() for the ends of the range');
    }
    return new ErrorTolerance({ Kind: 'PERCENT', Limit: text(percent) });
  }

  /** Any number of resources may fail, and files may be unreadable. The import fails only if the job itself fails. */
  public static any(): ErrorTolerance {
    return new ErrorTolerance({ Kind: 'ANY' });
  }

  /** The kind of this tolerance. */
  public readonly kind: ErrorToleranceKind;

  private constructor(private readonly contract: ContractErrorTolerance) {
    this.kind = ErrorToleranceKind[contract.Kind];
  }

  /** @internal */
  public _render(): ContractErrorTolerance {
    return this.contract;
  }
}
