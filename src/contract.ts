/**
 * The wire between the constructs and the handler: what CloudFormation carries from one to the other.
 *
 * CloudFormation turns every scalar into a string, so every scalar is a string here. Stacks keep the shape they were deployed with:
 * what an older version of the library wrote must stay readable, so a change of meaning takes a new `ContractVersion`. `ContractVersion`,
 * `OperatorRoleArn`, `DatastoreId` and `TimeoutSeconds` are in every version: without them not even a roll-back could be recognized.
 */

/**
 * The version of the shapes in this file. What is optional for want of a version that had it says so.
 */
export const CONTRACT_VERSION = '3';

/** Starts the import, and answers when HealthLake has accepted the job. */
export const JOB_RESOURCE_TYPE = 'Custom::FhirImportJob';

/** Waits for the terminal status of the job and judges it. */
export const OUTCOME_RESOURCE_TYPE = 'Custom::FhirImportOutcome';

/** One leg of a wait that is too long for one resource: waits for the job, and judges nothing. Since version 2. */
export const WAIT_RESOURCE_TYPE = 'Custom::FhirImportWait';

/** How long `Job` may take to get its job accepted, in minutes. */
export const JOB_TIMEOUT_MINUTES = 15;

/** What a resource may take beyond its own time-out until its answer is with CloudFormation, in minutes. */
export const ANSWER_MARGIN_MINUTES = 5;

/** What COMPLETED_WITH_ERRORS means. `Limit` is a number of resources, or a percentage of the scanned resources. */
export type ContractErrorTolerance =
  | { readonly Kind: 'NONE' }
  | { readonly Kind: 'ANY' }
  | { readonly Kind: 'RESOURCES' | 'PERCENT'; readonly Limit: string };

/** Who makes the report, and as whom. */
export interface ContractReport {
  readonly FunctionArn: string;
  readonly RoleArn: string;
}

/** Who watches the jobs of a detached import, and until when. */
export interface ContractMonitor {
  readonly StateMachineArn: string;
  readonly GiveUpAfterSeconds: string;
}

/** What one import job may read. A gigabyte has 10^9 bytes here: AWS doesn't say which it means, and this one warns earlier. */
export interface ContractQuotas {
  readonly MaxFiles: string;
  readonly MaxFileSizeInGB: string;
  readonly MaxTotalSizeInGB: string;
}

interface CommonProperties {
  readonly ContractVersion: string;
  /** Since version 2. As CloudWatch accepts it for a dimension. */
  readonly ConstructPath?: string;
  readonly DatastoreId: string;
  readonly OperatorRoleArn: string;
  readonly ErrorTolerance: ContractErrorTolerance;
  readonly OutputS3Uri: string;
  /** Since version 2; undefined if there are to be no reports. */
  readonly Report?: ContractReport;
  /** Where the event goes that tells how the job ended; undefined if there is to be none. Since version 2. */
  readonly EventBusArn?: string;
}

/** Properties of `Custom::FhirImportJob`: what identifies the data, and what StartFHIRImportJob needs. */
export interface ImportJobProperties extends CommonProperties {
  readonly InputS3Uri: string;
  readonly OutputKmsKeyId: string;
  readonly DataAccessRoleArn: string;
  readonly JobNamePrefix: string;
  readonly ValidationLevel: string;
  readonly Revision?: string;
  /** The user declares that this data set is already in this data store. Since version 3. */
  readonly AlreadyImported?: 'true';
  /** The data store is a resource of the same app, so its replacement is new and empty. Since version 3. */
  readonly DatastoreInApp?: 'true';
  /** Since version 2. */
  readonly Quotas?: ContractQuotas;
  /** Of a detached import. Since version 2. */
  readonly Watch?: ContractMonitor;
}

/** Attributes of `Custom::FhirImportJob`. */
export interface ImportJobAttributes {
  readonly JobId: string;
}

/** Properties of `Custom::FhirImportOutcome`. */
export interface ImportOutcomeProperties extends CommonProperties {
  readonly JobId: string;
  /** Without the legs before. */
  readonly TimeoutSeconds: string;
  /** Since version 2. */
  readonly InputS3Uri?: string;
  /** How many legs come before; undefined if none. Since version 2. */
  readonly LegsBefore?: string;
  /**
   * Of the data set, as `InputS3Uri` is. Nobody reads them: with them CloudFormation asks for the outcome of a data set that was rolled back, even
   * if the roll-back left the id of its job in the properties. Since version 2.
   */
  readonly ValidationLevel?: string;
  readonly Revision?: string;
}

/** Properties of `Custom::FhirImportWait`: what a look at the job takes, so that another tolerance, say, leaves the legs alone. */
export interface ImportWaitProperties {
  readonly ContractVersion: string;
  readonly ConstructPath: string;
  readonly DatastoreId: string;
  readonly OperatorRoleArn: string;
  readonly JobId: string;
  readonly TimeoutSeconds: string;
  /** How many legs come before; undefined for the first. */
  readonly LegsBefore?: string;
}

/** Attributes of `Custom::FhirImportOutcome`. Every answer carries every one: `UNKNOWN` where not known, never empty. */
export interface ImportOutcomeAttributes {
  readonly JobId: string;
  readonly JobStatus: string;
  readonly ResourcesScanned: string;
  readonly ResourcesImported: string;
  readonly ResourcesFailed: string;
  readonly OutputLocation: string;
  readonly ReportLocation: string;
}

/** The namespace of the metrics. */
export const METRIC_NAMESPACE = 'CdkHealthLakeImport';

/** What is measured of a job that has ended. */
export type ResultMetricName = 'ResourcesScanned' | 'ResourcesImported' | 'ResourcesFailed' | 'Duration' | 'Succeeded' | 'Failed';

/** The metrics of an import that has ended. `AlreadyImported` counts imports that started no job because the data was already there. */
export type EndMetricName = ResultMetricName | 'AlreadyImported';

/** What tells the metrics of imports apart. */
export interface MetricDimensions {
  readonly DatastoreId: string;
  readonly ConstructPath: string;
}

/** The source of the events that tell how a job ended. */
export const EVENT_SOURCE = 'cdk-healthlake-import';

/** The detail types of these events. */
export const EVENT_SUCCEEDED = 'FHIR Import Succeeded';
export const EVENT_FAILED = 'FHIR Import Failed';

/** The detail of these events; docs/event.schema.json is its schema. What isn't known is left out. */
export interface ImportEventDetail {
  readonly version: '1';
  readonly constructPath: string;
  readonly datastoreId: string;
  readonly jobId: string;
  /**
   * The job status in HealthLake's words. `UNKNOWN` if HealthLake could not be asked. The status of a running job if the wait was given up.
   * `ALREADY_IMPORTED` if no job was started.
   */
  readonly jobStatus: string;
  readonly resourcesScanned?: number;
  readonly resourcesImported?: number;
  readonly resourcesFailed?: number;
  /** From the submission of the job to its end. */
  readonly durationInSeconds?: number;
}

/** What the state machine of detached imports hands to the handler when a job has to be judged: the input of its execution. */
export interface WatchedImport {
  readonly Import: ImportOutcomeProperties;
  /** When the wait began, in milliseconds since the epoch. */
  readonly RequestedAt: number;
  /** When it is given up, in milliseconds since the epoch. */
  readonly Deadline: number;
  /** The same, as the state machine compares times. */
  readonly GiveUpAt: string;
  readonly Poll: {
    /** How long the state machine waits until it looks again. */
    readonly Seconds: number;
    /** Since when the handler's looks at the job have failed one after the other, in milliseconds since the epoch; 0 if the last one has not. */
    readonly FailingSince: number;
  };
}

/** What the handler says of a watched job. */
export interface WatchAnswer {
  readonly Decision: 'wait' | 'succeeded' | 'failed';
  /** As in `WatchedImport`. */
  readonly FailingSince: number;
}

/** The value of an attribute that is not known. */
export const UNKNOWN = 'UNKNOWN';

/** Stands for the job id and for the job status if the data set was already in the data store. Since version 3. */
export const ALREADY_IMPORTED = 'ALREADY_IMPORTED';
