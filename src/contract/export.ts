import type {
  ContractReport, JobEventDetail, JobOutcomeAttributes, JobOutcomeProperties, JobResourceTypes, JobStartProperties, WatchedJob,
} from './job';

/** The types of the custom resources of an export. */
export const EXPORT_RESOURCE_TYPES: JobResourceTypes = { job: 'Custom::FhirExportJob', wait: 'Custom::FhirExportWait', outcome: 'Custom::FhirExportOutcome' };

/** Properties by which an export is judged. */
interface ExportProperties {
  readonly Report: ContractReport;
  /** Set if an export without files succeeds. */
  readonly AllowEmpty?: 'true';
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
}

/** The names of the metrics that the handler emits for an export that it judged. */
export const EXPORT_METRICS = ['FilesExported', 'BytesExported', 'ResourcesExported', 'Duration', 'Succeeded', 'Failed'] as const;

/** The detail types of the event at the end of an export. */
export const EXPORT_EVENTS = { succeeded: 'FHIR Export Succeeded', failed: 'FHIR Export Failed' } as const;

/** The detail of the event at the end of an export. docs/event.schema.json has the schema. */
export interface ExportEventDetail extends JobEventDetail {
  readonly filesExported?: number;
  readonly bytesExported?: number;
  readonly resourcesExported?: number;
}

/** The input of an execution of the monitor of an export. The execution passes this input to the handler, which judges the job. */
export interface WatchedExport extends WatchedJob {
  readonly Export: ExportOutcomeProperties;
}
