import { createHash } from 'node:crypto';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ImportJobProperties, ImportOutcomeProperties, WatchedImport, ContractMonitor } from '../../../src/contract';
import type { Operator } from '../../aws/operator';
import type { Deadlines } from '../../framework/framework';

/** The start of an execution with all its attempts, in milliseconds. */
const CALL_BUDGET = 15_000;

/** The first pause of the state machine: a job that was accepted a moment ago has nothing to tell. */
const FIRST_PAUSE_SECONDS = 30;

/**
 * Has a job watched to its end. The execution is named by the job and by those who hear of it, so that a second start does no harm: it is taken
 * for the first. But a construct that has moved, whose old role is about to go, and a later `giveUpAfter` have a watch of their own.
 *
 * @throws if the execution can't be started
 */
export async function watch({ states }: Operator, watchedImport: WatchedImport, { StateMachineArn }: ContractMonitor): Promise<void> {
  const command = new StartExecutionCommand({
    stateMachineArn: StateMachineArn, name: nameOf(watchedImport.Import), input: JSON.stringify(watchedImport),
  });
  try {
    await states.send(command, { abortSignal: AbortSignal.timeout(CALL_BUDGET) });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') {
      throw error;
    }
  }
}

function nameOf({ JobId, OperatorRoleArn, ConstructPath, EventBusArn, TimeoutSeconds }: ImportOutcomeProperties): string {
  const heardBy = JSON.stringify([OperatorRoleArn, ConstructPath, EventBusArn, TimeoutSeconds]);
  return `${JobId}-${createHash('sha256').update(heardBy).digest('hex').slice(0, 8)}`;
}

/** What the state machine has to know of a job: no more than what judging it takes. */
export function watchedImportOf(properties: ImportJobProperties, jobId: string, { RequestedAt }: Pick<Deadlines, 'RequestedAt'>,
  { GiveUpAfterSeconds }: ContractMonitor): WatchedImport {
  const { ContractVersion, ConstructPath, DatastoreId, OperatorRoleArn, ErrorTolerance, OutputS3Uri, InputS3Uri, Report, EventBusArn } = properties;
  const Deadline = RequestedAt + Number(GiveUpAfterSeconds) * 1000;
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
    RequestedAt,
    Deadline,
    GiveUpAt: new Date(Deadline).toISOString(),
    Poll: { Seconds: FIRST_PAUSE_SECONDS, FailingSince: 0 },
  };
}
