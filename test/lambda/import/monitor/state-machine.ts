import { isComplete } from '../../../../lambda';
import { watchedImportOf } from '../../../../lambda/import/monitor/start';
import { Execution } from '../../../../packages/local-aws/src/stepfunctions/execution';
import { parseDefinition } from '../../../../packages/local-aws/src/stepfunctions/language/definition';
import { StateError } from '../../../../packages/local-aws/src/stepfunctions/language/state-error';
import type { HistoryEvent } from '../../../../packages/local-aws/src/stepfunctions/stepfunctions';
import type { AssumedRole } from '../../../../packages/local-healthlake/src/service';
import type { ImportJobProperties, WatchedImport } from '../../../../src/contract';
import { monitorDefinition } from '../../../../src/import/private/monitor-definition';
import { MINUTE, SECOND } from '../../harness';

const STATE_MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:watch';
const ROLE = 'arn:aws:iam::123456789012:role/watch';

/** How an execution went. */
export interface Watched {
  readonly status: string;
  /** How long it took, in milliseconds. */
  readonly after: number;
  /** What the state machine did by itself: `pause` when it saw the job run, `try again` when the function failed. */
  readonly moves: readonly ('pause' | 'try again')[];
  /** How often it asked HealthLake. */
  readonly looks: number;
  /** How often it invoked the function. */
  readonly invocations: number;
  readonly transitions: number;
  /** Of its history, whose length has a limit. */
  readonly events: number;
}

/** What an execution is started with, for so many minutes from now. */
export function watchedImport(properties: ImportJobProperties, jobId: string, giveUpAfter = 7 * 24 * 60): WatchedImport {
  const watch = { StateMachineArn: STATE_MACHINE, GiveUpAfterSeconds: String(giveUpAfter * MINUTE / SECOND) };
  return JSON.parse(JSON.stringify(watchedImportOf(properties, jobId, Date.now(), watch))) as WatchedImport;
}

/**
 * Plays the state machine that watches detached imports to the end of an execution, on the clock of the test: its definition as it is deployed, the
 * handler itself, and HealthLake as the test has it.
 *
 * @param mayAssume whether the state machine can assume the operator role when it wants to ask HealthLake
 */
export async function playWatch(input: WatchedImport, mayAssume = true): Promise<Watched> {
  const execution = new Execution({
    arn: `${STATE_MACHINE.replace('stateMachine', 'execution')}:${input.Import.JobId}`,
    name: input.Import.JobId,
    input: JSON.stringify(input),
    stateMachineArn: STATE_MACHINE,
    stateMachineName: 'watch',
    roleArn: ROLE,
    definition: parseDefinition(JSON.stringify(monitorDefinition('arn:aws:lambda:eu-west-1:123456789012:function:judge'))),
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
  return watched(execution);
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
    caller: { arn: roleArn, principalArn: roleArn } as AssumedRole['caller'], // nobody asks for more: policies have tests of their own
    credentials: { accessKeyId: 'id', secretAccessKey: 'key', sessionToken: 'token', expiration: new Date(Infinity) },
  };
}

function watched({ status, startedAt, stoppedAt, transitions, history: { events } }: Execution): Watched {
  const scheduled = (resource: string) => events.filter((event) => event.type === 'TaskScheduled' && resourceOf(event) === resource).length;
  return {
    status,
    after: stoppedAt! - startedAt,
    moves: events.flatMap((event, index) => moveOf(event, events[index + 1])),
    looks: scheduled('describeFHIRImportJob'),
    invocations: scheduled('invoke'),
    transitions,
    events: events.length,
  };
}

function moveOf(event: HistoryEvent, next?: HistoryEvent): Watched['moves'] {
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
