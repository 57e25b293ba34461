import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { renderQuotas } from './quotas';
import {
  CONTRACT_VERSION, type ContractReport, type ImportJobProperties, type ImportOutcomeProperties, type JobWaitProperties,
  type MetricDimensions,
} from '../../contract';
import { isOfApp } from '../../private/datastore';
import type { Completion } from '../completion';
import { ErrorTolerance } from '../error-tolerance';
import { type FhirImportProps, ValidationLevel } from '../fhir-import-props';

const DEFAULT_JOB_NAME_PREFIX = 'fhir-import';

/** The parts of an import that its custom resources refer to. */
export interface ImportParts {
  readonly dimensions: MetricDimensions;
  readonly inputS3Uri: string;
  readonly outputS3Uri: string;
  readonly outputKey: kms.IKeyRef;
  readonly dataAccessRole: iam.IRole;
  readonly operatorRole: iam.IRole;
  readonly completion: Completion;
  readonly serviceToken: string;
  /** The function that writes the failure report, and its role. Undefined if the import has no failure report. */
  readonly report?: ContractReport;
  /** The monitor. Undefined if the deployment waits for the job. */
  readonly stateMachine?: sfn.IStateMachineRef;
  /** The ARN of the event bus, as a token that resolves to undefined if no event is sent. */
  readonly eventBusArn: string;
}

/** The properties that `createWaits()` sets on each `Custom::FhirImportWait` resource and on `Custom::FhirImportOutcome`. */
export type TurnProperties = Pick<ImportOutcomeProperties, 'JobId' | 'TimeoutSeconds' | 'LegsBefore'>;

/** Returns the properties of `Custom::FhirImportWait` except its `TurnProperties`. */
export function renderWait({ dimensions, operatorRole }: ImportParts): Omit<JobWaitProperties, keyof TurnProperties> {
  return {
    ContractVersion: CONTRACT_VERSION,
    ...dimensions,
    OperatorRoleArn: operatorRole.roleArn,
  };
}

/** Returns the properties of `Custom::FhirImportOutcome` except its `TurnProperties`. */
export function renderOutcome(props: FhirImportProps, parts: ImportParts): Omit<ImportOutcomeProperties, keyof TurnProperties> {
  return { ...renderCommon(props, parts), ...renderDataSet(props), EventBusArn: parts.eventBusArn };
}

/** Returns the properties of `Custom::FhirImportJob`. */
export function renderJob(props: FhirImportProps, parts: ImportParts): ImportJobProperties {
  const { completion, stateMachine } = parts;
  return {
    ...renderCommon(props, parts),
    EventBusArn: stateMachine && parts.eventBusArn, // if the deployment waits, `Custom::FhirImportOutcome` sends the event
    Watch: stateMachine && {
      StateMachineArn: stateMachine.stateMachineRef.stateMachineArn,
      GiveUpAfterSeconds: completion._giveUpAfterSeconds,
    },
    OutputKmsKeyId: parts.outputKey.keyRef.keyArn,
    DataAccessRoleArn: parts.dataAccessRole.roleArn,
    JobNamePrefix: props.jobNamePrefix ?? DEFAULT_JOB_NAME_PREFIX,
    ...renderDataSet(props),
    AlreadyImported: props.alreadyImported ? 'true' : undefined,
    DatastoreInApp: isOfApp(props.datastore) ? 'true' : undefined,
    Quotas: renderQuotas(props.quotas),
  };
}

function renderCommon(props: FhirImportProps, parts: ImportParts) {
  return {
    ...renderWait(parts),
    ErrorTolerance: (props.errorTolerance ?? ErrorTolerance.none())._render(),
    OutputS3Uri: parts.outputS3Uri,
    InputS3Uri: parts.inputS3Uri,
    Report: parts.report,
  };
}

/** Returns the validation level and the revision. Together with the data store and the input location, they identify the data set. */
function renderDataSet(props: FhirImportProps) {
  return { ValidationLevel: props.validationLevel ?? ValidationLevel.STRICT, Revision: props.revision };
}
