import type { JobWindow } from '../../src/contract';

interface CommonRequest {
  readonly DatastoreId: string;
  readonly JobId: string;
  /** The location of the job's results: `s3://bucket/prefix/<datastoreId>-FHIR_IMPORT-<jobId>/`, or `FHIR_EXPORT` for an export. */
  readonly OutputLocation: string;
  /** The role that the function assumes for its S3 calls. */
  readonly ReportRoleArn: string;
  /** The times of the job, which the report repeats. Undefined while a deployment updates the two functions and the handler is still the older one. */
  readonly Window?: JobWindow;
}

/** The request for the report on an import. */
export interface ReportRequest extends CommonRequest {
  readonly Kind?: undefined;
  /** The location of the job's input: `s3://bucket/prefix/`. The keys of the input files start with the prefix of this location. */
  readonly InputS3Uri: string;
}

/** The request for the report on an export. */
export interface ExportReportRequest extends CommonRequest {
  readonly Kind: 'EXPORT';
  /** The status of the job, which the report repeats. */
  readonly JobStatus: string;
}

/** The request for the report on a job of any kind. */
export type AnyReportRequest = ReportRequest | ExportReportRequest;

/** The part of a report that the report function returns: counts, FHIR types, issue codes and known messages. It has no object keys and no patient data. */
export interface Report {
  readonly kind: 'report';
  /** The location of `report.json`. Undefined if the report could not be written. */
  readonly location?: string;
  /** Whether every results file was read to its end. */
  readonly complete: boolean;
  /** The reason why the report is incomplete or could not be written. Undefined if there is no such reason. */
  readonly problem?: string;
  readonly filesRead: number;
  readonly filesTotal: number;
  /** Whether all results files were listed. If not, there may be more files than `filesTotal`. */
  readonly filesTotalIsExact: boolean;
  /** The counts of the manifest. Undefined if the job wrote no readable manifest. */
  readonly manifest?: ManifestCounts;
  /** The reason why `manifest` is undefined. */
  readonly manifestProblem?: string;
  /** The number of resources that were not imported, in the results files that were read. */
  readonly failures: number;
  /** The number of resources that HealthLake imported although search can't index them completely, in the results files that were read. */
  readonly searchValidationFailures: number;
  /** The most frequent reasons for `failures`, at most three. */
  readonly reasons: readonly ReportReason[];
}

/** The part of the report on an export that the report function returns. It has no object keys and no patient data. */
export interface ExportReport {
  readonly kind: 'export';
  /** The location of `export.json`. Undefined if the report could not be written. */
  readonly location?: string;
  /** The reason why objects were not listed, resources were not counted, or the report was not written. Undefined if there is no such reason. */
  readonly problem?: string;
  /** Whether all objects were listed. If not, there may be more files and bytes. */
  readonly complete: boolean;
  readonly files: number;
  readonly bytes: number;
  /** The number of exported resources. Undefined if the resources were not counted. */
  readonly resources?: number;
}

/** The response of the report function if it can't create a report. */
export interface NoReport {
  /** `no-manifest`: the results have no manifest and no failures to report on. `unreadable`: the results could not be read. */
  readonly kind: 'no-manifest' | 'unreadable';
  readonly why: string;
}

/** The response of the report function. If an error occurs, the function returns `unreadable` instead of throwing the error. */
export type ReportAnswer = Report | ExportReport | NoReport;

/** A reason why resources failed. */
export interface ReportReason {
  /** An issue type of FHIR R4, a code of this library that begins with `line-`, or `other` for any other code. */
  readonly code: string;
  /** The message of the issue. Undefined if no message template matches it. */
  readonly message?: string;
  /** The types of the resources that failed for this reason, the most frequent first. */
  readonly resourceTypes: readonly string[];
  /** The number of resources that failed for this reason. A resource with several reasons counts once for each reason. */
  readonly count: number;
  /** The likely cause of invalid JSON. Undefined if the resources failed for another reason, or if the results have no line numbers of the input. */
  readonly likelyCause?: JsonCause;
}

/**
 * The likely cause of invalid JSON in the input. It is a guess, because the results show only failed lines.
 *
 * - `whole-file`: three or more lines of a file failed, beginning with the first line.
 * - `start-of-file`: only the first line or the first two lines of a file failed.
 * - `single-lines`: other lines failed.
 */
export type JsonCause = 'whole-file' | 'start-of-file' | 'single-lines';

/** The counts of a manifest. A count that the manifest doesn't have is undefined. */
export interface ManifestCounts {
  readonly filesScanned?: number;
  readonly filesImported?: number;
  /** The number of files that HealthLake could not read because of a customer error. */
  readonly filesWithCustomerError?: number;
  readonly filesWithServerError?: number;
  readonly resourcesScanned?: number;
  readonly resourcesImported?: number;
  readonly resourcesWithCustomerError?: number;
  readonly resourcesWithServerError?: number;
}
