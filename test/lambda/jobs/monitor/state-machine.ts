import { isComplete } from '../../../../lambda';
import { IMPORT } from '../../../../lambda/import/kind';
import { outcomeOf, watchedJobOf } from '../../../../lambda/jobs/monitor/start';
import { Execution } from '../../../../packages/local-aws/src/stepfunctions/execution';
import { parseDefinition } from '../../../../packages/local-aws/src/stepfunctions/language/definition';
import { StateError } from '../../../../packages/local-aws/src/stepfunctions/language/state-error';
import type { HistoryEvent } from '../../../../packages/local-aws/src/stepfunctions/stepfunctions';
import type { AssumedRole } from '../../../../packages/local-healthlake/src/service';
import type { ImportJobProperties, WatchedImport } from '../../../../src/contract';
import { IMPORT as KIND } from '../../../../src/import/private/kind';
import { monitorDefinition } from '../../../../src/jobs/private/monitor-definition';
import { MINUTE, SECOND } from '../../harness';

const STATE_MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:watch';
const ROLE = 'arn:aws:iam::123456789012:role/watch';

/** The result of an execution of the monitor. */
export interface MonitorRun {
  readonly status: string;
  /** The duration of the execution, in milliseconds. */
  readonly after: number;
  /** The decisions that the state machine takes without the handler: `pause` after a poll of a running job, `try again` after a failed invocation. */
  readonly moves: readonly ('pause' | 'try again')[];
  /** The number of polls that the state machine makes. */
  readonly polls: number;
  /** The number of invocations of the handler. */
  readonly invocations: number;
  readonly transitions: number;
  /** The number of events in the execution history. Step Functions limits this number. */
  readonly events: number;
}

/** Returns the input of an execution that gives up after this many minutes. */
export function monitorInput(properties: ImportJobProperties, jobId: string, giveUpAfter = 7 * 24 * 60): WatchedImport {
  const watch = { StateMachineArn: STATE_MACHINE, GiveUpAfterSeconds: String(giveUpAfter * MINUTE / SECOND) };
  return JSON.parse(JSON.stringify(watchedJobOf(IMPORT, outcomeOf(IMPORT, properties, jobId, watch), Date.now()))) as WatchedImport;
}

/**
 * Runs an execution of the monitor to its end with Jest's clock. It uses the deployed state machine definition, the real handler, and the HealthLake mock
 * of the test.
 *
 * @param mayAssume whether the state machine can assume the operator role to call HealthLake
 */
export async function runMonitor(input: WatchedImport, mayAssume = true): Promise<MonitorRun> {
  const execution = new Execution({
    arn: `${STATE_MACHINE.replace('stateMachine', 'execution')}:${input.Import.JobId}`,
    name: input.Import.JobId,
    input: JSON.stringify(input),
    stateMachineArn: STATE_MACHINE,
    stateMachineName: 'watch',
    roleArn: ROLE,
    definition: parseDefinition(JSON.stringify(monitorDefinition(KIND, 'arn:aws:lambda:eu-west-1:123456789012:function:judge'))),
    env: {
      clock: {
        now: () => Date.now(),
        sleep: (ms) => new Promise((resolve) => {
          setTimeout(resolve, ms);
        }),
      },
      timeScale: 1,
      partition: 'aws',
      region: 'eu-west-1',
      accountId: '123456789012',
      endpoint: () => 'http://127.0.0.1',
    },
    invoker: { invoke: (_caller, _function, payload) => invoke(payload as WatchedImport) },
    assumeRole: async (roleArn) => session(roleArn === undefined || mayAssume, roleArn),
    isStateMachineDeleted: () => false,
  });
  while (execution.status === 'RUNNING') {
    await jest.advanceTimersToNextTimerAsync();
  }
  return resultOf(execution);
}

async function invoke(payload: WatchedImport) {
  try {
    return { payload: await isComplete(payload) };
  } catch (error) {
    const { name, message } = error as Error;
    return { payload: { errorType: name, errorMessage: message }, functionError: 'Unhandled' as const };
  }
}

function session(isAllowed: boolean, roleArn = ROLE): AssumedRole {
  if (!isAllowed) {
    throw new StateError('States.TaskFailed', `The role ${ROLE} is not authorized to assume the task state's role, ${roleArn}.`);
  }
  return {
    caller: { arn: roleArn, principalArn: roleArn } as AssumedRole['caller'], // other tests check the policies of the role
    credentials: { accessKeyId: 'id', secretAccessKey: 'key', sessionToken: 'token', expiration: new Date(Infinity) },
  };
}

function resultOf({ status, startedAt, stoppedAt, transitions, history: { events } }: Execution): MonitorRun {
  const scheduled = (resource: string) => events.filter((event) => event.type === 'TaskScheduled' && resourceOf(event) === resource).length;
  return {
    status,
    after: stoppedAt! - startedAt,
    moves: events.flatMap((event, index) => moveOf(event, events[index + 1])),
    polls: scheduled('describeFHIRImportJob'),
    invocations: scheduled('invoke'),
    transitions,
    events: events.length,
  };
}

function moveOf(event: HistoryEvent, next?: HistoryEvent): MonitorRun['moves'] {
  if (event.type === 'TaskFailed' && resourceOf(event) === 'invoke') {
    return ['try again'];
  }
  return event.type === 'ChoiceStateExited' && stateOf(event) === 'IsRunning' && next?.type === 'PassStateEntered' ? ['pause'] : [];
}

function resourceOf({ type, ...event }: HistoryEvent): unknown {
  return (event[`t${type.slice(1)}EventDetails`] as { resource: string }).resource;
}

function stateOf({ stateExitedEventDetails }: HistoryEvent): unknown {
  return (stateExitedEventDetails as { name: string }).name;
}
