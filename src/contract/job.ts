/**
 * The version of the contract. A field that was added later is optional and says `Since version N`.
 *
 * - Version 1: `Custom::FhirImportJob` and `Custom::FhirImportOutcome`.
 * - Version 2: `Custom::FhirImportWait` for long waits, the failure report, metrics, events, quotas and detached imports.
 * - Version 3: `AlreadyImported`, `DatastoreInApp` and `ChangedInput`, the job id `ALREADY_IMPORTED`, and the attribute `InputChanged`.
 */
export const CONTRACT_VERSION = '3';

/** The types of the custom resources of a job. */
export interface JobResourceTypes {
  /** Starts the job. The resource is complete when HealthLake has accepted the job. */
  readonly job: string;
  /** Waits for the job if one resource can't wait long enough, and doesn't judge it. */
  readonly wait: string;
  /** Waits until the job has ended, and judges it. */
  readonly outcome: string;
}

/** The time that the resource that starts a job waits for HealthLake to accept the job. */
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

/** HealthLake's job statuses, grouped by their meaning. The handler treats an unknown status as running. */
export const JOB_STATUSES = {
  queued: ['SUBMITTED', 'QUEUED'],
  inProgress: ['IN_PROGRESS'],
  cancelling: ['CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS'],
  completed: ['COMPLETED', 'COMPLETED_WITH_ERRORS'],
  failed: ['FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED'],
} as const;

/** The value of an attribute that is not known. */
export const UNKNOWN = 'UNKNOWN';

/** The function that reports on jobs, and the role that the function assumes for one of them. */
export interface ContractReport {
  readonly FunctionArn: string;
  readonly RoleArn: string;
}

/** The monitor of a detached job, and the time for which the monitor follows the job. */
export interface ContractMonitor {
  readonly StateMachineArn: string;
  readonly GiveUpAfterSeconds: string;
}

/** Properties of every custom resource of a job. */
interface JobResourceProperties {
  readonly ContractVersion: string;
  /** The path of the construct, reduced to the characters that CloudWatch accepts in a dimension. Since version 2. */
  readonly ConstructPath?: string;
  readonly DatastoreId: string;
  readonly OperatorRoleArn: string;
}

/** Properties by which a job is judged and reported. */
interface JudgedProperties extends JobResourceProperties {
  readonly OutputS3Uri: string;
  /** The report function and its role. Undefined if an import makes no failure reports. Since version 2. */
  readonly Report?: ContractReport;
  /** The event bus that receives the event at the end of the job. Undefined if no event is sent. Since version 2. */
  readonly EventBusArn?: string;
}

/** Properties of the custom resource that starts a job. */
export interface JobStartProperties extends JudgedProperties {
  readonly OutputKmsKeyId: string;
  readonly DataAccessRoleArn: string;
  readonly JobNamePrefix: string;
  readonly Revision?: string;
  /** The monitor of a detached job. Undefined if the deployment waits for the job. Since version 2. */
  readonly Watch?: ContractMonitor;
}

/** Attributes of the custom resource that starts a job. */
export interface JobStartAttributes {
  readonly JobId: string;
}

/** The job that a custom resource waits for, and its share of the time. */
export interface JobTurn {
  readonly JobId: string;
  /** The time-out of this resource alone, without the waiting resources before it. */
  readonly TimeoutSeconds: string;
  /** The number of waiting resources before this one. Undefined if there are none. Since version 2. */
  readonly LegsBefore?: string;
}

/** Properties of a custom resource that only waits. It has only the properties that a poll needs, so that a change of another property doesn't update it. */
export interface JobWaitProperties extends JobResourceProperties, JobTurn {}

/** Properties of the custom resource that judges a job. */
export interface JobOutcomeProperties extends JudgedProperties, JobTurn {
  /**
   * The functions don't read `Revision`. It is here so that CloudFormation updates the resource whenever the data set changes, even if a roll-back left the job
   * id unchanged. Since version 2.
   */
  readonly Revision?: string;
}

/** Attributes of every custom resource that judges a job. The handler always returns all attributes. An unknown value is `UNKNOWN`, never empty. */
export interface JobOutcomeAttributes extends JobStartAttributes {
  readonly JobStatus: string;
  readonly OutputLocation: string;
  readonly ReportLocation: string;
}

/** The start and end of a job, and the restore point of an import. All times are in ISO 8601. Unknown times are left out. */
export interface JobWindow {
  readonly submitted?: string;
  readonly ended?: string;
  /** The latest time before the job to which the data store can be restored from its backup. */
  readonly restorePoint?: string;
}

/** The members that all events of imports and exports have. Unknown values are left out. */
export interface JobEventDetail extends JobWindow {
  readonly version: '1';
  readonly constructPath: string;
  readonly datastoreId: string;
  readonly jobId: string;
  /**
   * HealthLake's job status. `UNKNOWN` if the job could not be described or HealthLake accepted none, `ALREADY_IMPORTED` if no job was started because of
   * `alreadyImported`. After a time-out, the status of the running job, such as `IN_PROGRESS`.
   */
  readonly jobStatus: string;
  /** The time between the submission of the job and its end. */
  readonly durationInSeconds?: number;
  /** The scheduled time of the run. Only events of runs of a schedule have it. */
  readonly scheduledTime?: string;
}

/** The part of the monitor's input that is the same for imports and exports. A running execution keeps the format with which it was started. */
export interface WatchedJob {
  /** The time from which `Deadline` is counted, in milliseconds since the epoch: CloudFormation's request, or the start of the monitor of a run. */
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
  /** The next value of `WatchedJob.Poll.FailingSince`. */
  readonly FailingSince: number;
}
