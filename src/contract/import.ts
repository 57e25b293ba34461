import type {
  JobEventDetail, JobOutcomeAttributes, JobOutcomeProperties, JobResourceTypes, JobStartAttributes, JobStartProperties, UNKNOWN, WatchedJob,
} from './job';

/** The types of the custom resources of an import. `wait` is since version 2. */
export const IMPORT_RESOURCE_TYPES: JobResourceTypes = { job: 'Custom::FhirImportJob', wait: 'Custom::FhirImportWait', outcome: 'Custom::FhirImportOutcome' };

/** The job id and job status of an import that started no job because the data set was already in the data store. Since version 3. */
export const ALREADY_IMPORTED = 'ALREADY_IMPORTED';

/** Matches the prefix, or the S3 URI, of files that the library uploads from a repository. It contains the hash of their content, so the content never changes. */
export const CONTENT_PREFIX = /(^|\/)fhir\/[0-9a-f]{20}\/$/;

/** The errors that an import tolerates. `Limit` is a number of resources, or a percentage of the scanned resources. */
export type ContractErrorTolerance =
  | { readonly Kind: 'NONE' }
  | { readonly Kind: 'ANY' }
  | { readonly Kind: 'RESOURCES' | 'PERCENT'; readonly Limit: string };

/**
 * The quotas of one import job. A gigabyte has 10^9 bytes here. AWS doesn't document whether it has 10^9 or 2^30 bytes, and the smaller size makes the warning
 * come earlier.
 */
export interface ContractQuotas {
  readonly MaxFiles: string;
  readonly MaxFileSizeInGB: string;
  readonly MaxTotalSizeInGB: string;
}

/** Properties of `Custom::FhirImportJob`. */
export interface ImportJobProperties extends JobStartProperties {
  readonly InputS3Uri: string;
  readonly ErrorTolerance: ContractErrorTolerance;
  readonly ValidationLevel: string;
  /** Set if the user declares that this data set is already in this data store. Since version 3. */
  readonly AlreadyImported?: 'true';
  /** Set if the data store is a resource of the same app. If CloudFormation replaces such a data store, the new data store is empty. Since version 3. */
  readonly DatastoreInApp?: 'true';
  /** The quotas of one import job. Since version 2. */
  readonly Quotas?: ContractQuotas;
  /**
   * `FAIL`: the deployment fails if the input changed after the adopted job was submitted. `SHOW`: the deployment doesn't fail, and the template reads
   * `InputChanged`. A new value makes CloudFormation call the function, because the last response may come from a version without `InputChanged`. Since
   * version 3.
   */
  readonly ChangedInput?: 'FAIL' | 'SHOW';
}

/** Whether the input changed after its job was submitted. */
export type InputChanged = 'true' | 'false' | typeof UNKNOWN;

/** Attributes of `Custom::FhirImportJob`. */
export interface ImportJobAttributes extends JobStartAttributes {
  /** Since version 3. */
  readonly InputChanged: InputChanged;
}

/** The properties that identify the data set of an import. */
export type DataSet = Pick<ImportJobProperties, 'DatastoreId' | 'InputS3Uri' | 'ValidationLevel' | 'Revision'>;

/** Returns the values that identify a data set, in the order in which the fingerprint hashes them. The order never changes. */
export function dataSetFields({ DatastoreId, InputS3Uri, ValidationLevel, Revision = '' }: DataSet): readonly string[] {
  return [DatastoreId, InputS3Uri, ValidationLevel, Revision];
}

/** Properties of `Custom::FhirImportOutcome`. */
export interface ImportOutcomeProperties extends JobOutcomeProperties {
  readonly ErrorTolerance: ContractErrorTolerance;
  /** The input location. Since version 2. */
  readonly InputS3Uri?: string;
  /** The functions don't read it, like `Revision`. Since version 2. */
  readonly ValidationLevel?: string;
}

/** Attributes of `Custom::FhirImportOutcome`. */
export interface ImportOutcomeAttributes extends JobOutcomeAttributes {
  readonly ResourcesScanned: string;
  readonly ResourcesImported: string;
  readonly ResourcesFailed: string;
}

/** The names of the metrics that the handler emits for an import that it judged. */
export const RESULT_METRICS = ['ResourcesScanned', 'ResourcesImported', 'ResourcesFailed', 'Duration', 'Succeeded', 'Failed'] as const;

export type ResultMetricName = typeof RESULT_METRICS[number];

/** The names of the metrics that the handler emits for an import that has not ended. */
export const PROGRESS_METRICS = ['ResourcesScannedSoFar', 'ResourcesImportedSoFar', 'ResourcesFailedSoFar'] as const;

/** The names of the metrics at the end of an import. `AlreadyImported` counts imports that started no job because the data was already in the data store. */
export type EndMetricName = ResultMetricName | 'AlreadyImported';

/** The detail types of the event at the end of an import. */
export const IMPORT_EVENTS = { succeeded: 'FHIR Import Succeeded', failed: 'FHIR Import Failed' } as const;

/** The detail of the event at the end of an import. docs/event.schema.json has the schema. */
export interface ImportEventDetail extends JobEventDetail {
  readonly resourcesScanned?: number;
  readonly resourcesImported?: number;
  readonly resourcesFailed?: number;
}

/** The input of an execution of the monitor of an import. The execution passes this input to the handler, which judges the job. */
export interface WatchedImport extends WatchedJob {
  readonly Import: ImportOutcomeProperties;
}
