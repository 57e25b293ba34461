import { chosen } from './choice';
import type { Definition, Json, State, TaskState, WaitState } from './definition';
import { History } from './history';
import { lambdaCall, runLambda } from './lambda-task';
import { filledTemplate, filtered, merged, select, type PathScope } from './paths';
import { RetryBudget } from './retry';
import { matchesError, MAX_DATA_BYTES, StateError } from './state-error';
import type { Caller, Clock, FunctionInvoker } from '../contract';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** What an execution is started with, and what it needs of the world around it. */
export interface ExecutionSetup {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly definition: Definition;
  /** JSON as it was sent. */
  readonly input: string;
  readonly clock: Clock;
  readonly invoker: FunctionInvoker;
  /** A session of the state machine's role. */
  assumeRole(): Promise<Caller>;
  /** Executions of a deleted state machine end at their next transition. */
  isStateMachineDeleted(): boolean;
}

interface Step {
  readonly output: Json;
  /** Undefined at the end of the execution. */
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
  /** Resolves when the execution has ended. */
  public readonly ended: Promise<void>;
  private readonly aborting = new AbortController();

  public constructor(public readonly setup: ExecutionSetup) {
    this.startedAt = setup.clock.now();
    this.ended = this.run();
  }

  /** Ends it as ABORTED; a function that runs at the moment runs on. */
  public async stop(error?: string, cause?: string): Promise<void> {
    if (this.status !== 'RUNNING') return;
    this.aborting.abort(new Aborted(error, cause));
    await this.ended;
  }

  private async run(): Promise<void> {
    const { input, roleArn, definition } = this.setup;
    this.record('ExecutionStarted', { input, roleArn });
    try {
      let step: Step = { output: JSON.parse(input), next: definition.StartAt };
      while (step.next !== undefined) step = await this.runState(step.next, definition.States[step.next], step.output);
      this.output = JSON.stringify(step.output);
      this.end('SUCCEEDED', 'ExecutionSucceeded', { output: this.output });
    } catch (error) {
      if (error instanceof Aborted) this.fail('ABORTED', 'ExecutionAborted', error.error, error.cause);
      else if (error instanceof StateError) this.fail('FAILED', 'ExecutionFailed', error.error, error.cause);
      else this.fail('FAILED', 'ExecutionFailed', 'States.Runtime', String(error));
    }
  }

  private async runState(name: string, state: State, rawInput: Json): Promise<Step> {
    this.checkTransition();
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
        return leave(merged(state.ResultPath, rawInput, state.Result ?? withParameters(state.Parameters, scope)));
      case 'Wait':
        await this.setup.clock.sleep(waitingTime(state, scope, this.setup.clock.now()), this.aborting.signal);
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
        const result = await this.attempt(state, withParameters(state.Parameters, scope));
        checkSize(name, result);
        const selected = state.ResultSelector === undefined ? result : filledTemplate(state.ResultSelector, { ...scope, input: result });
        return leave(merged(state.ResultPath, rawInput, selected));
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        const delay = budget.next(error.error);
        if (delay === undefined) return caught(state, rawInput, error);
        await this.setup.clock.sleep(delay * 1000, this.aborting.signal);
        this.checkTransition();
      }
    }
  }

  private async attempt(state: TaskState, parameters: Json): Promise<Json> {
    const call = lambdaCall(state, parameters);
    const kind = call.isIntegration ? 'Task' : 'LambdaFunction';
    this.record(`${kind}Scheduled`, { resource: state.Resource, input: JSON.stringify(call.payload) });
    try {
      const caller = await this.setup.assumeRole();
      this.record(`${kind}Started`);
      const output = await this.unlessAborted(runLambda(this.setup.invoker, caller, call));
      this.record(`${kind}Succeeded`, { output: JSON.stringify(output) });
      return output;
    } catch (error) {
      if (error instanceof StateError) this.record(`${kind}Failed`, { error: error.error, cause: error.cause });
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

  private checkTransition(): void {
    if (this.aborting.signal.aborted) throw this.aborting.signal.reason;
    if (this.setup.isStateMachineDeleted()) throw new Aborted('States.Runtime', 'the state machine was deleted');
  }

  private scope(stateName: string, input: Json): PathScope {
    const { arn, name, roleArn, stateMachineArn, stateMachineName } = this.setup;
    const context = {
      Execution: { Id: arn, Name: name, RoleArn: roleArn, StartTime: new Date(this.startedAt).toISOString() },
      State: { Name: stateName, EnteredTime: new Date(this.setup.clock.now()).toISOString() },
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
    this.stoppedAt = this.setup.clock.now();
    this.record(type, details);
  }

  private record(type: string, details?: object): void {
    this.history.add(this.setup.clock.now(), type, details);
  }
}

/** Why an execution ends without an error of its own. */
class Aborted extends Error {
  public constructor(public readonly error?: string, public readonly cause?: string) {
    super('aborted');
  }
}

function caught(state: TaskState, rawInput: Json, error: StateError): Step {
  const catcher = state.Catch?.find(({ ErrorEquals }) => matchesError(ErrorEquals, error.error));
  if (!catcher) throw error;
  return { output: merged(catcher.ResultPath, rawInput, { Error: error.error, Cause: error.cause }), next: catcher.Next };
}

function withParameters(parameters: Json | undefined, scope: PathScope): Json {
  return parameters === undefined ? scope.input : filledTemplate(parameters, scope);
}

function waitingTime(state: WaitState, scope: PathScope, now: number): number {
  if (state.Seconds !== undefined) return state.Seconds * 1000;
  if (state.SecondsPath) return Number(select(state.SecondsPath, scope)) * 1000;
  const timestamp = state.Timestamp ?? String(select(state.TimestampPath ?? '$', scope));
  return Math.max(0, Date.parse(timestamp) - now);
}

function checkSize(stateName: string, output: Json): void {
  if (Buffer.byteLength(JSON.stringify(output)) > MAX_DATA_BYTES) {
    throw new StateError('States.DataLimitExceeded', `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`);
  }
}
