import { createHash } from 'node:crypto';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ALREADY_IMPORTED, type ContractMonitor, type ImportJobProperties, type ImportOutcomeProperties, type WatchedImport } from '../../../src/contract';
import type { Operator } from '../../aws/operator';
import { BUDGETS } from '../../budgets';
import { announceOrWarn } from '../../telemetry/announcement';
import { metricsOf, putMetrics } from '../../telemetry/metrics';

/** The pause before the first poll of the monitor. A job that was just accepted has not ended yet. */
const FIRST_PAUSE_SECONDS = 30;

/**
 * Starts the monitor of a job, unless it is already running. The name of the execution consists of the job id and a hash of the operator role, construct path,
 * event bus and time-out. So a repeated start has no effect, but a construct that has moved or has a new `giveUpAfter` gets another execution.
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

/** Returns the input for the monitor of a job. The input has only the properties that are needed to judge the job. */
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

/** Emits the metric and the event of a detached import that starts no job because of `alreadyImported`. Such an import has no monitor that would emit them. */
export async function announceDeclared(operator: Operator, construct: string, properties: ImportJobProperties): Promise<void> {
  const decision = { kind: 'already imported' } as const;
  putMetrics(properties, metricsOf(decision));
  await announceOrWarn(operator, construct, { ...properties, JobId: ALREADY_IMPORTED }, decision);
}
