import type { JobProgressReport } from '@aws-sdk/client-healthlake';

/** Counts the files, resources and bytes that an import job has processed. */
export class ImportTally {
  public filesScanned = 0;
  public bytesScanned = 0;
  public filesRead = 0;
  public filesUnreadable = 0;
  public resourcesScanned = 0;
  public resourcesImported = 0;
  public resourcesRejected = 0;
  public bytesImported = 0;

  public get hasErrors(): boolean {
    return this.resourcesRejected > 0 || this.filesUnreadable > 0;
  }

  /** Returns the progress report that DescribeFHIRImportJob shows. A file counts as imported once it is read to its end. */
  public report(elapsedMs: number): JobProgressReport {
    return {
      TotalNumberOfScannedFiles: this.filesScanned,
      TotalSizeOfScannedFilesInMB: megabytes(this.bytesScanned),
      TotalNumberOfImportedFiles: this.filesRead,
      TotalNumberOfResourcesScanned: this.resourcesScanned,
      TotalNumberOfResourcesImported: this.resourcesImported,
      TotalNumberOfResourcesWithCustomerError: this.resourcesRejected,
      TotalNumberOfFilesReadWithCustomerError: this.filesUnreadable,
      Throughput: elapsedMs > 0 ? Number((this.resourcesImported / elapsedMs * 1000).toFixed(2)) : 0,
    };
  }
}

/** Converts bytes into megabytes with six decimals, as in AWS's progress reports. */
export function megabytes(bytes: number): number {
  return Number((bytes / 1_000_000).toFixed(6));
}
