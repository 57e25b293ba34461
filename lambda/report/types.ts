/** The payload that the report function is invoked with. */
export interface ReportRequest {
  readonly DatastoreId: string;
  readonly JobId: string;
  /** The location of the job's results: `s3://bucket/prefix/<datastoreId>-FHIR_IMPORT-<jobId>/`. */
  readonly OutputLocation: string;
  /** The job's input location: `s3://bucket/prefix/`. Gives the keys of the input files. */
  readonly InputS3Uri: string;
  /** The role that makes every S3 call. */
  readonly ReportRoleArn: string;
}

/** The part of a report that may be shown: counts, FHIR types, issue codes and known messages. It has no object keys and no values of the data. */
export interface Report {
  readonly kind: 'report';
  /** The location of `report.json`. Undefined if it could not be written. */
  readonly location?: string;
  /** Whether every results file was read to its end. */
  readonly complete: boolean;
  /** Says what is missing, or why the report could not be written. */
  readonly problem?: string;
  readonly filesRead: number;
  readonly filesTotal: number;
  /** False if not all files could be listed. There may be more than `filesTotal`. */
  readonly filesTotalIsExact: boolean;
  /** Undefined if the job wrote no readable manifest. */
  readonly manifest?: ManifestCounts;
  /** Says why there are no counts of a manifest. */
  readonly manifestProblem?: string;
  /** The resources that were not imported, in the files that were read. */
  readonly failures: number;
  /** The resources that `minimal` imported although they failed checks for searches, in the files that were read. */
  readonly searchValidationFailures: number;
  /** The most frequent reasons of `failures`, at most three. */
  readonly reasons: readonly ReportReason[];
}

/** The answer if there is no report. */
export interface NoReport {
  /** `no-manifest`: the results have no manifest, and nothing to report on. `unreadable`: the results could not be read. */
  readonly kind: 'no-manifest' | 'unreadable';
  readonly why: string;
}

/** The answer of the report function. The function throws no error that it can describe in an answer. */
export type ReportAnswer = Report | NoReport;

/** A reason why resources failed. */
export interface ReportReason {
  /** An issue type of FHIR R4, `other` for any other code, or one of our own codes, which begin with `line-`. */
  readonly code: string;
  /** Undefined if the text is not on our list. */
  readonly message?: string;
  /** The most frequent type first. */
  readonly resourceTypes: readonly string[];
  /** The number of resources. A resource with several reasons counts for each. */
  readonly count: number;
  /** Only for invalid JSON, and only if the line numbers suggest a cause. */
  readonly likelyCause?: JsonCause;
}

/**
 * The likely cause of invalid JSON in the input: three or more failed lines from the first on (`whole-file`), only the first one or two
 * (`start-of-file`), or other lines (`single-lines`). It is a guess, because the results show only failed lines.
 */
export type JsonCause = 'whole-file' | 'start-of-file' | 'single-lines';

/** The counts of a manifest. A count that the manifest does not have is undefined. */
export interface ManifestCounts {
  readonly filesScanned?: number;
  readonly filesImported?: number;
  /** The files that could not be read. */
  readonly filesWithCustomerError?: number;
  readonly filesWithServerError?: number;
  readonly resourcesScanned?: number;
  readonly resourcesImported?: number;
  readonly resourcesWithCustomerError?: number;
  readonly resourcesWithServerError?: number;
}
