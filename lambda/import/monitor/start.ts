import { createHash } from 'node:crypto';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ALREADY_IMPORTED, type ContractMonitor, type ImportJobProperties, type ImportOutcomeProperties, type WatchedImport } from '../../../src/contract';
import type { Operator } from '../../aws/operator';
import { BUDGETS } from '../../budgets';
import { announceOrWarn } from '../../telemetry/announcement';
import { metricsOf, putMetrics } from '../../telemetry/metrics';

/** The first pause of the state machine: a job that was just accepted has not ended. */
const FIRST_PAUSE_SECONDS = 30;

/**
 * Starts the monitor of a job, unless it runs already. The name of an execution consists of the job and of all that its result goes to. So a repeated start
 * has no effect, but a construct that has moved, and a changed `giveUpAfter`, get an execution of their own.
 *
 * @throws if the execution can't be started
 */
export async function startMonitor({ states }: Operator, input: WatchedImport, { StateMachineArn }: ContractMonitor): Promise<void> {
  const command = new StartExecutionCommand({ stateMachineArn: StateMachineArn, name: nameOf(input.Import), input: JSON.stringify(input) });
  try {
    await states.send(command, { abortSignal: AbortSignal.timeout(BUDGETS.handler.call.startExecutionMs) });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') {
      throw error;
    }
  }
}

function nameOf({ JobId, OperatorRoleArn, ConstructPath, EventBusArn, TimeoutSeconds }: ImportOutcomeProperties): string {
  const distinct = JSON.stringify([OperatorRoleArn, ConstructPath, EventBusArn, TimeoutSeconds]);
  return `${JobId}-${createHash('sha256').update(distinct).digest('hex').slice(0, 8)}`;
}

/** Returns the input of a job's monitor. It has only the properties that judging needs. */
export function watchedImportOf(properties: ImportJobProperties, jobId: string, requestedAt: number,
  { GiveUpAfterSeconds }: ContractMonitor): WatchedImport {
  const { ContractVersion, ConstructPath, DatastoreId, OperatorRoleArn, ErrorTolerance, OutputS3Uri, InputS3Uri, Report, EventBusArn } = properties;
  const deadline = requestedAt + Number(GiveUpAfterSeconds) * 1000;
  return {
    Import: {
      ContractVersion,
      ConstructPath,
      DatastoreId,
      OperatorRoleArn,
      ErrorTolerance,
      OutputS3Uri,
      InputS3Uri,
      Report,
      EventBusArn,
      JobId: jobId,
      TimeoutSeconds: GiveUpAfterSeconds,
    },
    RequestedAt: requestedAt,
    Deadline: deadline,
    GiveUpAt: new Date(deadline).toISOString(),
    Poll: { Seconds: FIRST_PAUSE_SECONDS, FailingSince: 0 },
  };
}

/** Emits the metric and the event of a detached import that starts no job. It has no monitor that would do it. */
export async function announceDeclared(operator: Operator, construct: string, properties: ImportJobProperties): Promise<void> {
  const decision = { kind: 'already imported' } as const;
  putMetrics(properties, metricsOf(decision));
  await announceOrWarn(operator, construct, { ...properties, JobId: ALREADY_IMPORTED }, decision);
}
