import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  CONTRACT_VERSION, type ContractReport, type JobOutcomeProperties, type JobStartProperties, type JobWaitProperties, type MetricDimensions,
} from '../../contract';
import type { Completion } from '../completion';

/** The parts of a job construct that its custom resources refer to. */
export interface JobParts {
  readonly dimensions: MetricDimensions;
  readonly outputS3Uri: string;
  readonly outputKey: kms.IKeyRef;
  readonly dataAccessRole: iam.IRole;
  readonly operatorRole: iam.IRole;
  readonly jobNamePrefix: string;
  readonly completion: Completion;
  readonly serviceToken: string;
  /** The report function and its role. Undefined if there is no report. */
  readonly report?: ContractReport;
  /** The monitor. Undefined if the deployment waits for the job. */
  readonly stateMachine?: sfn.IStateMachineRef;
  /** The ARN of the event bus, as a token that resolves to undefined if no event is sent. */
  readonly eventBusArn: string;
}

/** The properties that `createWaits()` sets on each resource that waits and on the resource that judges the job. */
export type TurnProperties = Pick<JobOutcomeProperties, 'JobId' | 'TimeoutSeconds' | 'LegsBefore'>;

/** The properties that `renderStart()` returns. */
type StartProperties = Pick<JobStartProperties, 'EventBusArn' | 'Watch' | 'OutputKmsKeyId' | 'DataAccessRoleArn' | 'JobNamePrefix'>;

/** Returns the properties of the resource that only waits, except its `TurnProperties`. */
export function renderWait({ dimensions, operatorRole }: JobParts): Omit<JobWaitProperties, keyof TurnProperties> {
  return {
    ContractVersion: CONTRACT_VERSION,
    ...dimensions,
    OperatorRoleArn: operatorRole.roleArn,
  };
}

/** Returns the properties that, for every kind of job, only the resource that starts the job has. */
export function renderStart({ stateMachine, ...parts }: JobParts): StartProperties {
  return {
    EventBusArn: stateMachine && parts.eventBusArn, // if the deployment waits, the resource that judges the job sends the event
    Watch: stateMachine && {
      StateMachineArn: stateMachine.stateMachineRef.stateMachineArn,
      GiveUpAfterSeconds: parts.completion._giveUpAfterSeconds,
    },
    OutputKmsKeyId: parts.outputKey.keyRef.keyArn,
    DataAccessRoleArn: parts.dataAccessRole.roleArn,
    JobNamePrefix: parts.jobNamePrefix,
  };
}
