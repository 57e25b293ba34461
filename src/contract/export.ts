import type {
  ContractMonitor, ContractReport, JobEventDetail, JobOutcomeAttributes, JobOutcomeProperties, JobResourceTypes, JobStartProperties, WatchedJob,
} from './job';

/** The types of the custom resources of an export. */
export const EXPORT_RESOURCE_TYPES: JobResourceTypes = { job: 'Custom::FhirExportJob', wait: 'Custom::FhirExportWait', outcome: 'Custom::FhirExportOutcome' };

/** Properties by which an export is judged. */
interface ExportProperties {
  readonly Report: ContractReport;
  /** Set if an export that wrote no files succeeds. */
  readonly AllowEmpty?: 'true';
  /** The scheduled time of a run, in ISO 8601. The handler sets it. Templates don't have it. */
  readonly ScheduledTime?: string;
}

/** Properties of `Custom::FhirExportJob`. */
export interface ExportJobProperties extends JobStartProperties, ExportProperties {
  readonly Report: ContractReport;
}

/** The properties that identify the data set of an export. */
export type ExportedDataSet = Pick<ExportJobProperties, 'DatastoreId' | 'Revision'>;

/** Returns the values that identify the data set of an export, in the order in which the fingerprint hashes them. The order never changes. */
export function exportedDataSetFields({ DatastoreId, Revision = '' }: ExportedDataSet): readonly string[] {
  return [DatastoreId, Revision];
}

/** Properties of `Custom::FhirExportOutcome`. */
export interface ExportOutcomeProperties extends JobOutcomeProperties, ExportProperties {
  readonly Report: ContractReport;
}

/** Attributes of `Custom::FhirExportOutcome`. */
export interface ExportOutcomeAttributes extends JobOutcomeAttributes {
  readonly FilesExported: string;
  readonly BytesExported: string;
  readonly ResourcesExported: string;
  /** The key prefix of the folder, without the bucket. */
  readonly OutputFolder: string;
}

/** The names of the metrics that the handler emits for an export that it judged. */
export const EXPORT_RESULT_METRICS = ['FilesExported', 'BytesExported', 'ResourcesExported', 'Duration', 'Succeeded', 'Failed'] as const;

/** The names of all metrics of an export. `Skipped` counts runs of a schedule that started no job, because another run had not ended. */
export const EXPORT_METRICS = [...EXPORT_RESULT_METRICS, 'Skipped'] as const;

/** The detail types of the events of an export. `skipped` is sent for a run of a schedule that started no job, because another run had not ended. */
export const EXPORT_EVENTS = { succeeded: 'FHIR Export Succeeded', failed: 'FHIR Export Failed', skipped: 'FHIR Export Skipped' } as const;

/** The detail of the events of an export. docs/event.schema.json has the schema. */
export interface ExportEventDetail extends JobEventDetail {
  readonly filesExported?: number;
  readonly bytesExported?: number;
  readonly resourcesExported?: number;
}

/** The time within which HealthLake must accept the job of a run. */
export const RUN_TIMEOUT_MINUTES = 60;

/** The input of an execution that starts a run of a schedule. EventBridge Scheduler writes the scheduled time into `ScheduledTime`, in ISO 8601. */
export interface ScheduledExport {
  /** The properties of the export without a revision, because every run is a revision of its own. */
  readonly Run: Omit<ExportJobProperties, 'Revision' | 'ScheduledTime'> & { readonly ConstructPath: string; readonly Watch: ContractMonitor };
  readonly ScheduledTime: string;
}

/** The request of the state machine to start a run. */
export interface RunRequest extends ScheduledExport {
  /** The time at which the execution started, in ISO 8601. */
  readonly StartedAt: string;
}

/** The handler's response to a request to start a run. */
export interface RunAnswer {
  readonly Decision: 'wait' | 'started' | 'skipped' | 'failed';
}

/** The input of an execution of the monitor of an export. The execution passes this input to the handler, which judges the job. */
export interface WatchedExport extends WatchedJob {
  readonly Export: ExportOutcomeProperties;
}
