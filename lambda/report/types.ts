/** The payload of an invocation of the report function. */
export interface ReportRequest {
  readonly DatastoreId: string;
  readonly JobId: string;
  /** The location of the job's results: `s3://bucket/prefix/<datastoreId>-FHIR_IMPORT-<jobId>/`. */
  readonly OutputLocation: string;
  /** The location of the job's input: `s3://bucket/prefix/`. The keys of the input files start with its prefix. */
  readonly InputS3Uri: string;
  /** The role that makes every S3 call. */
  readonly ReportRoleArn: string;
}

/** The part of a report that may be shown: counts, FHIR types, issue codes and known messages. It has no object keys and no values of the data. */
export interface Report {
  readonly kind: 'report';
  /** The location of `report.json`. Undefined if the report could not be written. */
  readonly location?: string;
  /** Whether every results file was read to its end. */
  readonly complete: boolean;
  /** A text that says what is missing, or why the report could not be written. Undefined if there is no problem. */
  readonly problem?: string;
  readonly filesRead: number;
  readonly filesTotal: number;
  /** False if not all files could be listed, so that there may be more than `filesTotal`. */
  readonly filesTotalIsExact: boolean;
  /** The counts of the manifest. Undefined if the job wrote no readable manifest. */
  readonly manifest?: ManifestCounts;
  /** The reason why there are no counts of a manifest. */
  readonly manifestProblem?: string;
  /** The number of resources that were not imported. Only files that were read count. */
  readonly failures: number;
  /** The number of resources that `minimal` imported although they failed checks for searches. Only files that were read count. */
  readonly searchValidationFailures: number;
  /** The most frequent reasons for `failures`, at most three. */
  readonly reasons: readonly ReportReason[];
}

/** The answer of the report function if there is no report. */
export interface NoReport {
  /** `no-manifest`: the results have no manifest and no failures to report on. `unreadable`: the results could not be read. */
  readonly kind: 'no-manifest' | 'unreadable';
  readonly why: string;
}

/** The answer of the report function. The function returns an error as `unreadable` instead of throwing it. */
export type ReportAnswer = Report | NoReport;

/** A reason why resources failed. */
export interface ReportReason {
  /** An issue type of FHIR R4, `other` for any other code, or one of our own codes, which begin with `line-`. */
  readonly code: string;
  /** The message of the issue. Undefined if it is not a known message. */
  readonly message?: string;
  /** The types of the resources, the most frequent first. */
  readonly resourceTypes: readonly string[];
  /** The number of resources. A resource with several reasons counts once for each reason. */
  readonly count: number;
  /** The likely cause of invalid JSON. Undefined for other reasons, or if the line numbers suggest no cause. */
  readonly likelyCause?: JsonCause;
}

/**
 * The likely cause of invalid JSON in the input. It is a guess, because the results show only failed lines.
 *
 * - `whole-file`: three or more lines failed, from the first line on.
 * - `start-of-file`: only the first one or two lines failed.
 * - `single-lines`: other lines failed.
 */
export type JsonCause = 'whole-file' | 'start-of-file' | 'single-lines';

/** The counts of a manifest. A count that the manifest doesn't have is undefined. */
export interface ManifestCounts {
  readonly filesScanned?: number;
  readonly filesImported?: number;
  /** The number of files that could not be read. */
  readonly filesWithCustomerError?: number;
  readonly filesWithServerError?: number;
  readonly resourcesScanned?: number;
  readonly resourcesImported?: number;
  readonly resourcesWithCustomerError?: number;
  readonly resourcesWithServerError?: number;
}
