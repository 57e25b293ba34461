import type { JobProgressReport } from '@aws-sdk/client-healthlake';
import type { ManifestCounts, ReportAnswer } from '../../report/types';

/** How many resources, as far as HealthLake says. */
export interface Counts {
  readonly scanned?: number;
  readonly imported?: number;
  readonly failed?: number;
  readonly unreadableFiles?: number;
}

/** The counts of the manifest, which alone knows the server's errors; what it leaves out is that of the progress report. */
export function countsOf(progress: JobProgressReport = {}, report?: ReportAnswer): Counts {
  const manifest: ManifestCounts = report?.kind === 'report' ? report.manifest ?? {} : {};
  const scanned = manifest.resourcesScanned ?? progress.TotalNumberOfResourcesScanned;
  const imported = manifest.resourcesImported ?? progress.TotalNumberOfResourcesImported;
  // What was scanned and not imported has failed, also where HealthLake counts it as nobody's error.
  const missing = scanned !== undefined && imported !== undefined ? scanned - imported : undefined;
  const counted = sum(manifest.resourcesWithCustomerError ?? progress.TotalNumberOfResourcesWithCustomerError, manifest.resourcesWithServerError);
  const failures = [counted, missing].filter((n) => n !== undefined);
  return {
    scanned,
    imported,
    failed: failures.length > 0 ? Math.max(0, ...failures) : undefined,
    unreadableFiles: sum(manifest.filesWithCustomerError ?? progress.TotalNumberOfFilesReadWithCustomerError, manifest.filesWithServerError),
  };
}

/** Undefined only if neither is known. */
function sum(a?: number, b?: number): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}
