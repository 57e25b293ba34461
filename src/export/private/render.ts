import type { ContractReport, ExportJobProperties, ExportOutcomeProperties, ScheduledExport } from '../../contract';
import { type JobParts, renderStart, renderWait, type TurnProperties } from '../../jobs/private/render';
import type { FhirExportProps } from '../fhir-export-props';

/** Returns the properties of `Custom::FhirExportOutcome` except its `TurnProperties`. */
export function renderOutcome(props: FhirExportProps, parts: JobParts): Omit<ExportOutcomeProperties, keyof TurnProperties> {
  return { ...renderCommon(props, parts), Revision: props.revision, EventBusArn: parts.eventBusArn };
}

/** Returns the properties of `Custom::FhirExportJob`. */
export function renderJob(props: FhirExportProps, parts: JobParts): ExportJobProperties {
  return { ...renderCommon(props, parts), ...renderStart(parts), Revision: props.revision };
}

/** Returns the properties with which the handler starts the runs of a schedule. */
export function renderRun(props: FhirExportProps, parts: JobParts): ScheduledExport['Run'] {
  return renderJob(props, parts) as ScheduledExport['Run']; // every run has a monitor, and validateSchedule() allows no revision
}

function renderCommon({ allowEmpty }: FhirExportProps, parts: JobParts) {
  return {
    ...renderWait(parts),
    OutputS3Uri: parts.outputS3Uri,
    AllowEmpty: allowEmpty ? 'true' as const : undefined,
    Report: parts.report as ContractReport, // every export has a report
  };
}
