import { History, HistoryFull } from './history';
import type { AssumedRole } from '../contract';
import { chosen } from './language/choice';
import { filtered, merged, select, type PathScope } from './language/paths';
import { matchesError, MAX_DATA_BYTES, RetryBudget, StateError } from './language/state-error';
import type { Definition, Json, State, TaskState, WaitState } from './language/states';
import { filledTemplate } from './language/template';
import type { ExecutionLog } from './logging';
import { taskCall, type TaskWorld } from './tasks';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** The input and the state machine of an execution, and the services that its tasks call. */
export interface ExecutionSetup extends TaskWorld {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly definition: Definition;
  /** The input as unparsed JSON. */
  readonly input: string;
  readonly log?: ExecutionLog;
  /** Starts a session of the state machine's role or, if `taskRoleArn` is set, of that role, which the state machine's role assumes. */
  assumeRole(taskRoleArn?: string): Promise<AssumedRole>;
  /** Returns whether the state machine has been deleted. If so, the execution ends at its next state transition. */
  isStateMachineDeleted(): boolean;
}

interface Step {
  readonly output: Json;
  /** The name of the next state; undefined if the execution ends. */
  readonly next?: string;
}

/** One execution of a state machine. */
export class Execution {
  public readonly history = new History();
  public readonly startedAt: number;
  public stoppedAt?: number;
  public status: ExecutionStatus = 'RUNNING';
  public output?: string;
  public error?: string;
  public cause?: string;
  /** The number of state transitions that AWS bills: entered states and retried tasks. */
  public transitions = 0;
  /** Resolves when the execution has ended. */
  public readonly ended: Promise<void>;
  private readonly aborting = new AbortController();
  private readonly input: Json;

  public constructor(public readonly setup: ExecutionSetup) {
    this.input = JSON.parse(setup.input);
    this.startedAt = setup.env.clock.now();
    this.ended = this.run();
  }

  /** Ends the execution as ABORTED. A Lambda function that a task has invoked continues to run. */
  public async stop(error?: string, cause?: string): Promise<void> {
    if (this.status !== 'RUNNING') {
      return;
    }
    this.aborting.abort(new Aborted(error, cause));
    await this.ended;
  }

  private async run(): Promise<void> {
    const { input, roleArn, definition } = this.setup;
    this.record('ExecutionStarted', { input, roleArn });
    try {
      let step: Step = { output: this.input, next: definition.StartAt };
      while (step.next !== undefined) {
        step = await this.runState(step.next, definition.States[step.next], step.output);
      }
      this.output = JSON.stringify(step.output);
      this.end('SUCCEEDED', 'ExecutionSucceeded', { output: this.output });
    } catch (error) {
      if (error instanceof Aborted) {
        this.fail('ABORTED', 'ExecutionAborted', error.error, error.cause);
      } else if (error instanceof HistoryFull) {
        this.fail('FAILED', 'ExecutionFailed', 'States.Runtime', error.message);
      } else if (error instanceof StateError) {
        this.fail('FAILED', 'ExecutionFailed', error.error, error.cause);
      } else {
        this.fail('FAILED', 'ExecutionFailed', 'States.Runtime', String(error));
      }
    }
  }

  private async runState(name: string, state: State, rawInput: Json): Promise<Step> {
    this.transition();
    this.record(`${state.Type}StateEntered`, { name, input: JSON.stringify(rawInput) });
    const scope = this.scope(name, rawInput);
    const step = await this.runType(name, state, rawInput, { ...scope, input: filtered(state.InputPath, scope) });
    this.record(`${state.Type}StateExited`, { name, output: JSON.stringify(step.output) });
    return step;
  }

  private async runType(name: string, state: State, rawInput: Json, scope: PathScope): Promise<Step> {
    const leave = (output: Json): Step => {
      const filteredOutput = filtered(state.OutputPath, { ...scope, input: output });
      checkSize(name, filteredOutput);
      return { output: filteredOutput, next: state.End ? undefined : state.Next };
    };
    switch (state.Type) {
      case 'Task':
        return this.runTask(name, state, rawInput, scope, leave);
      case 'Pass':
        return leave(merged(state.ResultPath, rawInput, withParameters(state.Parameters, scope)));
      case 'Wait':
        await this.setup.env.clock.sleep(waitingTime(state, scope), this.aborting.signal);
        return leave(scope.input);
      case 'Choice':
        return { ...leave(scope.input), next: chosen(state, scope) };
      case 'Succeed':
        return leave(scope.input);
      case 'Fail':
        throw new StateError(state.Error ?? '', state.Cause ?? '');
    }
  }

  private async runTask(name: string, state: TaskState, rawInput: Json, scope: PathScope, leave: (output: Json) => Step): Promise<Step> {
    const budget = new RetryBudget(state.Retry);
    for (;;) {
      try {
        const result = await this.attempt(state, scope);
        checkSize(name, result);
        const selected = state.ResultSelector === undefined ? result : filledTemplate(state.ResultSelector, { ...scope, input: result });
        return leave(merged(state.ResultPath, rawInput, selected));
      } catch (error) {
        if (!(error instanceof StateError)) {
          throw error;
        }
        const delay = budget.next(error.error);
        if (delay === undefined) {
          return caught(state, rawInput, error);
        }
        await this.setup.env.clock.sleep(delay * 1000, this.aborting.signal);
        this.transition();
      }
    }
  }

  private async attempt(state: TaskState, scope: PathScope): Promise<Json> {
    const { kind, target, request, perform } = taskCall(state.Resource, withParameters(state.Parameters, scope), this.setup);
    const roleArn = taskRoleArn(state, scope);
    this.record(`${kind}Scheduled`, { ...target, ...request, ...(roleArn !== undefined && { taskCredentials: { roleArn } }) });
    try {
      const session = await this.setup.assumeRole(roleArn);
      this.record(`${kind}Started`, kind === 'Task' ? target : undefined);
      const output = await this.unlessAborted(perform(session, this.aborting.signal));
      this.record(`${kind}Succeeded`, { ...target, output: JSON.stringify(output) });
      return output;
    } catch (error) {
      if (error instanceof StateError) {
        this.record(`${kind}Failed`, { ...target, error: error.error, cause: error.cause });
      }
      throw error;
    }
  }

  private async unlessAborted<T>(running: Promise<T>): Promise<T> {
    const { signal } = this.aborting;
    let stopListening = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      const abort = (): void => reject(signal.reason);
      signal.addEventListener('abort', abort);
      stopListening = () => signal.removeEventListener('abort', abort);
    });
    try {
      return await Promise.race([running, aborted]);
    } finally {
      stopListening();
    }
  }

  private transition(): void {
    if (this.aborting.signal.aborted) {
      throw this.aborting.signal.reason;
    }
    if (this.setup.isStateMachineDeleted()) {
      throw new Aborted('States.Runtime', 'the state machine was deleted');
    }
    this.transitions += 1;
  }

  private scope(stateName: string, input: Json): PathScope {
    const { arn, name, roleArn, stateMachineArn, stateMachineName } = this.setup;
    const context = {
      Execution: { Id: arn, Input: this.input, Name: name, RoleArn: roleArn, StartTime: new Date(this.startedAt).toISOString() },
      State: { Name: stateName, EnteredTime: new Date(this.setup.env.clock.now()).toISOString() },
      StateMachine: { Id: stateMachineArn, Name: stateMachineName },
    };
    return { input, context };
  }

  private fail(status: ExecutionStatus, type: string, error?: string, cause?: string): void {
    this.error = error;
    this.cause = cause;
    this.end(status, type, { error, cause });
  }

  private end(status: ExecutionStatus, type: string, details: object): void {
    this.status = status;
    this.stoppedAt = this.setup.env.clock.now();
    this.record(type, details);
  }

  private record(type: string, details?: object): void {
    const event = this.history.add(this.setup.env.clock.now(), type, details);
    this.setup.log?.write(event, details);
  }
}

/** Thrown to end an execution as ABORTED. */
class Aborted extends Error {
  public constructor(public readonly error?: string, public readonly cause?: string) {
    super('aborted');
  }
}

function caught(state: TaskState, rawInput: Json, error: StateError): Step {
  const catcher = state.Catch?.find(({ ErrorEquals }) => matchesError(ErrorEquals, error.error));
  if (!catcher) {
    throw error;
  }
  return { output: merged(catcher.ResultPath, rawInput, { Error: error.error, Cause: error.cause }), next: catcher.Next };
}

function withParameters(parameters: Json | undefined, scope: PathScope): Json {
  return parameters === undefined ? scope.input : filledTemplate(parameters, scope);
}

function taskRoleArn({ Credentials }: TaskState, scope: PathScope): string | undefined {
  if (Credentials === undefined) {
    return undefined;
  }
  const { RoleArn } = filledTemplate(Credentials, scope) as { RoleArn: Json };
  return String(RoleArn);
}

function waitingTime({ Seconds, SecondsPath = '$' }: WaitState, scope: PathScope): number {
  const seconds = Seconds ?? select(SecondsPath, scope);
  if (Number.isInteger(seconds) && Number(seconds) >= 0) {
    return Number(seconds) * 1000;
  }
  throw new StateError('States.Runtime', `The SecondsPath parameter cannot be parsed as a long value: ${SecondsPath} == ${JSON.stringify(seconds)}`);
}

function checkSize(stateName: string, output: Json): void {
  if (Buffer.byteLength(JSON.stringify(output)) > MAX_DATA_BYTES) {
    throw new StateError('States.DataLimitExceeded', `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`);
  }
}
