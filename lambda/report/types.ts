/** What the report function is invoked with. */
export interface ReportRequest {
  readonly DatastoreId: string;
  readonly JobId: string;
  /** Where the job's results are: `s3://bucket/prefix/<datastoreId>-FHIR_IMPORT-<jobId>/`. */
  readonly OutputLocation: string;
  /** What the job has read: `s3://bucket/prefix/`. The input files are named from it. */
  readonly InputS3Uri: string;
  /** The role that every call is made as. */
  readonly ReportRoleArn: string;
}

/** The report, as far as it may be shown: counts, FHIR types, issue codes and messages of our own list. No object keys, no values. */
export interface Report {
  readonly kind: 'report';
  /** Of `report.json`; undefined if it could not be written. */
  readonly location?: string;
  /** Whether every file of the results was read to its end. */
  readonly complete: boolean;
  /** What is missing, or why the report could not be written, in words. */
  readonly problem?: string;
  readonly filesRead: number;
  readonly filesTotal: number;
  /** False if the time was up before all files were listed: then there are more than `filesTotal`. */
  readonly filesTotalIsExact: boolean;
  /** Undefined if there is no manifest, or none that can be read as one. */
  readonly manifest?: ManifestCounts;
  /** Why there are no counts of the manifest. */
  readonly manifestProblem?: string;
  /** Resources that were not imported, as far as the files were read. */
  readonly failures: number;
  /** Resources that `minimal` imported although they failed checks that searching needs, as far as the files were read. */
  readonly searchValidationFailures: number;
  /** The most frequent reasons of `failures`, three at most. */
  readonly reasons: readonly ReportReason[];
}

/** Why there is no report. */
export interface NoReport {
  /** `no-manifest`: S3 says that there is no manifest and nothing to report on. `unreadable`: it can't be said. */
  readonly kind: 'no-manifest' | 'unreadable';
  readonly why: string;
}

/** What the report function answers. It throws nothing that it can word. */
export type ReportAnswer = Report | NoReport;

/** Why resources failed. */
export interface ReportReason {
  /** An issue type of FHIR R4, `other` for a code that is none, or one of our own that begin with `line-`. */
  readonly code: string;
  /** Undefined for a text that is not on our list. */
  readonly message?: string;
  /** Most frequent first. */
  readonly resourceTypes: readonly string[];
  /** Of resources. One that failed for several reasons is counted with each. */
  readonly count: number;
  /** Only for invalid JSON, and only if the line numbers hint at a cause. */
  readonly likelyCause?: JsonCause;
}

/**
 * The likely cause of invalid JSON in the input, guessed from the position of the failed lines in their files: three or more from the first on
 * (`whole-file`), only the first one or two (`start-of-file`), or others (`single-lines`). It is a guess, because the results show only failed lines.
 */
export type JsonCause = 'whole-file' | 'start-of-file' | 'single-lines';

/** The counts of a manifest; undefined where the manifest has none. */
export interface ManifestCounts {
  readonly filesScanned?: number;
  readonly filesImported?: number;
  /** Files that could not be read. */
  readonly filesWithCustomerError?: number;
  readonly filesWithServerError?: number;
  readonly resourcesScanned?: number;
  readonly resourcesImported?: number;
  readonly resourcesWithCustomerError?: number;
  readonly resourcesWithServerError?: number;
}
