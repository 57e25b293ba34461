/**
 * The contract between the constructs and the Lambda functions: the properties and attributes of the custom resources, and the values on which both sides must
 * agree.
 *
 * CloudFormation turns every scalar into a string, so every scalar is a string here. A stack keeps the properties with which it was deployed, so the functions
 * must read properties that older versions of the library wrote. Names and values never change.
 */

/**
 * The version of the contract. A field that was added later is optional and says `Since version N`.
 *
 * - Version 1: `Custom::FhirImportJob` and `Custom::FhirImportOutcome`.
 * - Version 2: `Custom::FhirImportWait` for long waits, the failure report, metrics, events, quotas and detached imports.
 * - Version 3: `AlreadyImported` and `DatastoreInApp`, and the job id `ALREADY_IMPORTED`.
 */
export const CONTRACT_VERSION = '3';

/** The type of the custom resource that starts the import job. The resource is complete when HealthLake has accepted the job. */
export const JOB_RESOURCE_TYPE = 'Custom::FhirImportJob';

/** The type of the custom resource that waits until the job has ended, and judges the job. */
export const OUTCOME_RESOURCE_TYPE = 'Custom::FhirImportOutcome';

/** The type of the custom resources that wait for the job if one resource can't wait long enough. They don't judge the job. Since version 2. */
export const WAIT_RESOURCE_TYPE = 'Custom::FhirImportWait';

/** The type of the custom resource that fails a deployment before CloudFormation replaces a data store. */
export const REPLACEMENT_GUARD_RESOURCE_TYPE = 'Custom::FhirDatastoreReplacementGuard';

/** The time that `Custom::FhirImportJob` waits for HealthLake to accept its job. */
export const JOB_TIMEOUT_MINUTES = 15;

/**
 * The query interval of the provider framework: the time between two calls of `isComplete`. With a longer interval, the deployment could learn the end of a job
 * more than 30 seconds late. A shorter interval costs more, because each call causes two invocations and a state transition. The framework's time-out is a
 * multiple of the interval.
 */
export const QUERY_INTERVAL_SECONDS = 25;

/** The maximum time that CloudFormation needs to receive the response of a custom resource after the time-out of the resource. */
export const ANSWER_MARGIN_MINUTES = 5;

/**
 * The time-outs of the handler and of the report function. `lambda/budgets.ts` divides them into budgets. The time-out of the handler is longer, because the
 * handler waits for the report function.
 */
export const HANDLER_TIMEOUT_MINUTES = 5;
export const REPORT_TIMEOUT_MINUTES = 3;

/** The time-out of the function of the replacement guard. `lambda/budgets.ts` divides it into budgets. */
export const REPLACEMENT_GUARD_TIMEOUT_MINUTES = 8;

/** The time-out of the function of the job monitor. `lambda/budgets.ts` divides it into budgets. */
export const JOB_MONITOR_TIMEOUT_MINUTES = 15;

/** The form of all known ids of data stores. The API's pattern is wider: see U90 in docs/unverified.md. */
export const DATASTORE_ID = /^[0-9a-f]{32}$/;

/** HealthLake's job statuses, grouped by their meaning. The handler treats an unknown status as running. */
export const JOB_STATUSES = {
  queued: ['SUBMITTED', 'QUEUED'],
  inProgress: ['IN_PROGRESS'],
  cancelling: ['CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS'],
  completed: ['COMPLETED', 'COMPLETED_WITH_ERRORS'],
  failed: ['FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED'],
} as const;

/** The errors that an import tolerates. `Limit` is a number of resources, or a percentage of the scanned resources. */
export type ContractErrorTolerance =
  | { readonly Kind: 'NONE' }
  | { readonly Kind: 'ANY' }
  | { readonly Kind: 'RESOURCES' | 'PERCENT'; readonly Limit: string };

/** The function that writes failure reports, and the role that the function assumes. */
export interface ContractReport {
  readonly FunctionArn: string;
  readonly RoleArn: string;
}

/** The monitor of a detached import, and the time for which the monitor follows a job. */
export interface ContractMonitor {
  readonly StateMachineArn: string;
  readonly GiveUpAfterSeconds: string;
}

/**
 * The quotas of one import job. A gigabyte has 10^9 bytes here. AWS doesn't document whether it has 10^9 or 2^30 bytes, and the smaller size makes the warning
 * come earlier.
 */
export interface ContractQuotas {
  readonly MaxFiles: string;
  readonly MaxFileSizeInGB: string;
  readonly MaxTotalSizeInGB: string;
}

interface CommonProperties {
  readonly ContractVersion: string;
  /** The path of the construct, reduced to the characters that CloudWatch accepts in a dimension. Since version 2. */
  readonly ConstructPath?: string;
  readonly DatastoreId: string;
  readonly OperatorRoleArn: string;
  readonly ErrorTolerance: ContractErrorTolerance;
  readonly OutputS3Uri: string;
  /** The report function and its role. Undefined if the import makes no failure reports. Since version 2. */
  readonly Report?: ContractReport;
  /** The event bus that receives the event at the end of the job. Undefined if no event is sent. Since version 2. */
  readonly EventBusArn?: string;
}

/** Properties of `Custom::FhirImportJob`. */
export interface ImportJobProperties extends CommonProperties {
  readonly InputS3Uri: string;
  readonly OutputKmsKeyId: string;
  readonly DataAccessRoleArn: string;
  readonly JobNamePrefix: string;
  readonly ValidationLevel: string;
  readonly Revision?: string;
  /** Set if the user declares that this data set is already in this data store. Since version 3. */
  readonly AlreadyImported?: 'true';
  /** Set if the data store is a resource of the same app. If CloudFormation replaces such a data store, the new data store is empty. Since version 3. */
  readonly DatastoreInApp?: 'true';
  /** The quotas of one import job. Since version 2. */
  readonly Quotas?: ContractQuotas;
  /** The monitor of a detached import. Undefined if the deployment waits for the job. Since version 2. */
  readonly Watch?: ContractMonitor;
}

/** Attributes of `Custom::FhirImportJob`. */
export interface ImportJobAttributes {
  readonly JobId: string;
}

/** The properties that identify a data set. */
export type DataSet = Pick<ImportJobProperties, 'DatastoreId' | 'InputS3Uri' | 'ValidationLevel' | 'Revision'>;

/** Returns the values that identify a data set, in the order in which the fingerprint hashes them. The order never changes. */
export function dataSetFields({ DatastoreId, InputS3Uri, ValidationLevel, Revision = '' }: DataSet): readonly string[] {
  return [DatastoreId, InputS3Uri, ValidationLevel, Revision];
}

/** Properties of `Custom::FhirImportOutcome`. */
export interface ImportOutcomeProperties extends CommonProperties {
  readonly JobId: string;
  /** The time-out of this resource alone, without the `Custom::FhirImportWait` resources before it. */
  readonly TimeoutSeconds: string;
  /** The input location. Since version 2. */
  readonly InputS3Uri?: string;
  /** The number of `Custom::FhirImportWait` resources before this one. Undefined if there are none. Since version 2. */
  readonly LegsBefore?: string;
  /**
   * The functions don't read `ValidationLevel` and `Revision`. They are here so that CloudFormation updates the resource whenever the data set changes, even if
   * a roll-back left the job id unchanged. Since version 2.
   */
  readonly ValidationLevel?: string;
  readonly Revision?: string;
}

/** Properties of `Custom::FhirImportWait`. It has only the properties that a poll needs, so that a change of another property doesn't update the resource. */
export interface ImportWaitProperties {
  readonly ContractVersion: string;
  readonly ConstructPath: string;
  readonly DatastoreId: string;
  readonly OperatorRoleArn: string;
  readonly JobId: string;
  readonly TimeoutSeconds: string;
  /** The number of `Custom::FhirImportWait` resources before this one. Undefined for the first `Custom::FhirImportWait` resource. */
  readonly LegsBefore?: string;
}

/** Attributes of `Custom::FhirImportOutcome`. The handler always returns all attributes. An unknown value is `UNKNOWN`, never empty. */
export interface ImportOutcomeAttributes {
  readonly JobId: string;
  readonly JobStatus: string;
  readonly ResourcesScanned: string;
  readonly ResourcesImported: string;
  readonly ResourcesFailed: string;
  readonly OutputLocation: string;
  readonly ReportLocation: string;
}

/**
 * Properties of `Custom::FhirDatastoreReplacementGuard`: the logical id of the data store, and the settings in the template that CloudFormation changes only
 * by a replacement. The resource has no attributes.
 */
export interface ReplacementGuardProperties {
  readonly DatastoreLogicalId: string;
  readonly DatastoreTypeVersion: string;
  /** The ARN of the key. Undefined for the AWS owned key. */
  readonly KmsKeyId?: string;
  readonly PreloadDataType?: string;
  readonly AllowReplacement: 'true' | 'false';
}

/** The namespace of the metrics. */
export const METRIC_NAMESPACE = 'CdkHealthLakeImport';

/** The names of the metrics that the handler emits for a job that it judged. */
export const RESULT_METRICS = ['ResourcesScanned', 'ResourcesImported', 'ResourcesFailed', 'Duration', 'Succeeded', 'Failed'] as const;
export type ResultMetricName = typeof RESULT_METRICS[number];

/** The names of the metrics that the handler emits for a job that has not ended. */
export const PROGRESS_METRICS = ['ResourcesScannedSoFar', 'ResourcesImportedSoFar', 'ResourcesFailedSoFar'] as const;

/** The names of the metrics at the end of an import. `AlreadyImported` counts imports that started no job because the data was already in the data store. */
export type EndMetricName = ResultMetricName | 'AlreadyImported';

/** The dimensions of the metrics. */
export interface MetricDimensions {
  readonly DatastoreId: string;
  readonly ConstructPath: string;
}

/** The kinds of HealthLake's jobs, as they are named in the metrics. */
export const JOB_KINDS = ['IMPORT', 'EXPORT'] as const;
export type JobKind = typeof JOB_KINDS[number];

/** The limits of a job monitor, which the functions check too. */
export const MAX_MONITORED_DATASTORES = 10;
export const MAX_LOOK_BACK_DAYS = 90;

/** The input of a tick of the job monitor. EventBridge Scheduler writes the scheduled time of the tick into `scheduledTime`, in ISO 8601. */
export interface JobMonitorInput {
  readonly datastoreIds: readonly string[];
  readonly constructPath: string;
  /** The interval of the schedule, and the length of a window. */
  readonly periodMinutes: number;
  /** The monitor lists the jobs that were submitted within this time before the tick. */
  readonly lookBackDays: number;
  readonly scheduledTime: string;
}

/**
 * The metrics of the jobs at the time of a tick. An age is the time since the submission, because HealthLake doesn't tell when a job started. It is 0 if there
 * is no such job. `ImportThroughput` is HealthLake's `Throughput` of the running import. It has no unit, because AWS's pages contradict each other: megabytes
 * per second, or transactions. The dimensions are `JobDimensions`.
 */
export const JOB_GAUGES = ['JobsRunning', 'JobsQueued', 'OldestRunningAge', 'OldestQueuedAge', 'ImportThroughput'] as const;

/**
 * The metrics of the jobs that ended in a window. The timestamp is the start of the window, and several ticks may emit a metric of one window. So the metrics
 * are read by Maximum, with the length of the window as the period. The dimensions are `JobDimensions`.
 */
export const ENDED_JOB_METRICS = [
  'JobsCompleted', 'JobsCompletedWithErrors', 'JobsFailed', 'JobsCancelled', 'JobResourcesImported', 'JobResourcesFailed',
] as const;

export type JobMetricName = typeof JOB_GAUGES[number] | typeof ENDED_JOB_METRICS[number];

/** The dimensions of the metrics of the jobs. */
export interface JobDimensions {
  readonly DatastoreId: string;
  readonly JobKind: JobKind;
}

/** The number of data stores whose jobs a tick could not read completely. The only dimension is `ConstructPath`. */
export const DATASTORES_NOT_LISTED = 'DatastoresNotListed';

/** The source of the event at the end of an import. */
export const EVENT_SOURCE = 'cdk-healthlake-import';

/** The detail types of the event at the end of an import. */
export const EVENT_SUCCEEDED = 'FHIR Import Succeeded';
export const EVENT_FAILED = 'FHIR Import Failed';

/** The time during which a job may have changed its data store, and the way back. All times are in ISO 8601. Unknown times are left out. */
export interface JobWindow {
  readonly submitted?: string;
  readonly ended?: string;
  /** The latest time before the job to which the data store can be restored from its backup. */
  readonly restorePoint?: string;
}

/** The detail of the event at the end of an import. docs/event.schema.json has the schema. Unknown values are left out. */
export interface ImportEventDetail extends JobWindow {
  readonly version: '1';
  readonly constructPath: string;
  readonly datastoreId: string;
  readonly jobId: string;
  /**
   * HealthLake's job status. `UNKNOWN` if the job could not be described, `ALREADY_IMPORTED` if no job was started. After a time-out, the status of the running
   * job, such as `IN_PROGRESS`.
   */
  readonly jobStatus: string;
  readonly resourcesScanned?: number;
  readonly resourcesImported?: number;
  readonly resourcesFailed?: number;
  /** The time between the submission of the job and its end. */
  readonly durationInSeconds?: number;
}

/**
 * The input of an execution of the monitor. The execution passes this input to the handler, which judges the job. A running execution keeps the format with
 * which it was started.
 */
export interface WatchedImport {
  readonly Import: ImportOutcomeProperties;
  /** The time at which CloudFormation requested the import, in milliseconds since the epoch. */
  readonly RequestedAt: number;
  /** The time at which the monitor gives up, in milliseconds since the epoch. */
  readonly Deadline: number;
  /** `Deadline` as an ISO 8601 time, the form that Step Functions compares. */
  readonly GiveUpAt: string;
  readonly Poll: {
    /** The pause before the next poll, in seconds. */
    readonly Seconds: number;
    /** The time at which the handler's polls began to fail, in milliseconds since the epoch. 0 if the last poll did not fail. */
    readonly FailingSince: number;
  };
}

/** The handler's response to the monitor. */
export interface WatchAnswer {
  readonly Decision: 'wait' | 'succeeded' | 'failed';
  /** The next value of `WatchedImport.Poll.FailingSince`. */
  readonly FailingSince: number;
}

/** The value of an attribute that is not known. */
export const UNKNOWN = 'UNKNOWN';

/** The job id and job status of an import that started no job because the data set was already in the data store. Since version 3. */
export const ALREADY_IMPORTED = 'ALREADY_IMPORTED';
