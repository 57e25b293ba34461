import { renderQuotas } from './quotas';
import type { ImportJobProperties, ImportOutcomeProperties } from '../../contract';
import { type JobParts, renderStart, renderWait, type TurnProperties } from '../../jobs/private/render';
import { isOfApp } from '../../private/datastore';
import { ErrorTolerance } from '../error-tolerance';
import { type FhirImportProps, ValidationLevel } from '../fhir-import-props';

/** The properties of an import that its custom resources have. */
export interface RenderedImport extends FhirImportProps {
  readonly inputS3Uri: string;
  /** The contract property `ChangedInput`, as a token that may resolve to undefined. */
  readonly changedInput: string;
}

/** Returns the properties of `Custom::FhirImportOutcome` except its `TurnProperties`. */
export function renderOutcome(props: RenderedImport, parts: JobParts): Omit<ImportOutcomeProperties, keyof TurnProperties> {
  return { ...renderCommon(props, parts), ...renderDataSet(props), EventBusArn: parts.eventBusArn };
}

/** Returns the properties of `Custom::FhirImportJob`. */
export function renderJob(props: RenderedImport, parts: JobParts): ImportJobProperties {
  return {
    ...renderCommon(props, parts),
    ...renderStart(parts),
    ...renderDataSet(props),
    AlreadyImported: props.alreadyImported ? 'true' : undefined,
    DatastoreInApp: isOfApp(props.datastore) ? 'true' : undefined,
    Quotas: renderQuotas(props.quotas),
    ChangedInput: props.changedInput as ImportJobProperties['ChangedInput'],
  };
}

function renderCommon(props: RenderedImport, parts: JobParts) {
  return {
    ...renderWait(parts),
    ErrorTolerance: (props.errorTolerance ?? ErrorTolerance.none())._render(),
    OutputS3Uri: parts.outputS3Uri,
    InputS3Uri: props.inputS3Uri,
    Report: parts.report,
  };
}

/** Returns the validation level and the revision. Together with the data store and the input location, they identify the data set. */
export function renderDataSet(props: FhirImportProps) {
  return { ValidationLevel: props.validationLevel ?? ValidationLevel.STRICT, Revision: props.revision };
}
