import { createHash } from 'node:crypto';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ALREADY_IMPORTED, type ContractMonitor, type JobOutcomeProperties, type JobStartProperties, type WatchedJob } from '../../../src/contract';
import type { Operator } from '../../aws/operator';
import { BUDGETS } from '../../budgets';
import { announceOrWarn } from '../../telemetry/announcement';
import { metricsOf, putMetrics } from '../../telemetry/metrics';
import type { JobKind } from '../kind';

/** The pause before the first poll of the monitor. A job that was just accepted has not ended yet. */
const FIRST_PAUSE_SECONDS = 30;

/**
 * Starts the monitor of a job, unless it is already running. The name of the execution consists of the job id and a hash of the operator role, construct path,
 * event bus and time-out. So a repeated start has no effect, but a construct that has moved or has a new `giveUpAfter` gets another execution.
 *
 * @throws if the execution can't be started
 */
export async function startMonitor(kind: JobKind, { states }: Operator, outcome: JobOutcomeProperties, requestedAt: number,
  { StateMachineArn }: ContractMonitor): Promise<void> {
  const input = watchedJobOf(kind, outcome, requestedAt);
  const command = new StartExecutionCommand({ stateMachineArn: StateMachineArn, name: nameOf(outcome), input: JSON.stringify(input) });
  try {
    await states.send(command, { abortSignal: AbortSignal.timeout(BUDGETS.handler.call.startExecutionMs) });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') {
      throw error;
    }
  }
}

function nameOf({ JobId, OperatorRoleArn, ConstructPath, EventBusArn, TimeoutSeconds }: JobOutcomeProperties): string {
  const distinct = JSON.stringify([OperatorRoleArn, ConstructPath, EventBusArn, TimeoutSeconds]);
  return `${JobId}-${createHash('sha256').update(distinct).digest('hex').slice(0, 8)}`;
}

/** Returns the input for the monitor of a job. */
export function watchedJobOf({ watched }: JobKind, outcome: JobOutcomeProperties, requestedAt: number): WatchedJob {
  const deadline = requestedAt + Number(outcome.TimeoutSeconds) * 1000;
  return {
    [watched]: outcome,
    RequestedAt: requestedAt,
    Deadline: deadline,
    GiveUpAt: new Date(deadline).toISOString(),
    Poll: { Seconds: FIRST_PAUSE_SECONDS, FailingSince: 0 },
  };
}

/** Returns the properties by which the monitor judges a job. */
export function outcomeOf(kind: JobKind, properties: JobStartProperties, jobId: string, { GiveUpAfterSeconds }: ContractMonitor):
JobOutcomeProperties {
  const { ContractVersion, ConstructPath, DatastoreId, OperatorRoleArn, OutputS3Uri, Report, EventBusArn } = properties;
  return {
    ContractVersion,
    ConstructPath,
    DatastoreId,
    OperatorRoleArn,
    OutputS3Uri,
    ...kind.judgedBy(properties),
    Report,
    EventBusArn,
    JobId: jobId,
    TimeoutSeconds: GiveUpAfterSeconds,
  };
}

/** Emits the metric and the event of a detached import that starts no job because of `alreadyImported`. Such an import has no monitor that would emit them. */
export async function announceDeclared(kind: JobKind, operator: Operator, construct: string, properties: JobStartProperties): Promise<void> {
  const decision = { kind: 'already imported' } as const;
  putMetrics(properties, metricsOf(kind, decision));
  await announceOrWarn(kind, operator, construct, { ...properties, JobId: ALREADY_IMPORTED }, decision);
}
