import { randomUUID } from 'node:crypto';
import { Execution } from './execution';
import { MAX_DATA_BYTES, StateError } from './language/state-error';
import { ExecutionLog } from './logging';
import { assumeStateMachineRole, type StateMachine } from './state-machine';
import { ServiceError, type AssumedRole, type Caller, type Environment, type FunctionInvoker, type WireRequest, type WireResponse, type WireService } from '../contract';
import type { Iam } from '../iam/iam';
import type { Logs } from '../logs/logs';

export type { Execution, ExecutionStatus } from './execution';
export type { HistoryEvent } from './history';

export interface StartExecutionRequest {
  readonly stateMachineArn: string;
  readonly name?: string;
  readonly input?: string;
}

const NAME = /^[\w-]{1,80}$/;

/** Emulates Step Functions: standard state machines whose tasks invoke Lambda functions or call HealthLake. */
export class StepFunctions implements WireService {
  /** The state machines, by ARN. */
  public readonly machines = new Map<string, StateMachine>();
  /** Called with each execution when it starts. */
  public onStart?: (execution: Execution) => void;
  private readonly executionsByArn = new Map<string, Execution>();

  public constructor(
    private readonly env: Environment,
    private readonly iam: Pick<Iam, 'authorize' | 'assumeRole' | 'checkWithRetry'>,
    private readonly invoker: FunctionInvoker,
    private readonly logs: Pick<Logs, 'hasGroup' | 'write'>,
  ) {}

  /** Returns all executions, the oldest first. */
  public executions(): Execution[] {
    return [...this.executionsByArn.values()];
  }

  public async handle({ caller, headers, body }: WireRequest): Promise<WireResponse> {
    if (!caller) {
      throw new ServiceError('MissingAuthenticationToken', 'Missing Authentication Token', 403);
    }
    const operation = headers['x-amz-target']?.replace('AWSStepFunctions.', '');
    if (operation !== 'StartExecution') {
      throw new ServiceError('UnknownOperationException', `operation ${operation} isn't emulated by the local Step Functions`);
    }
    const { setup, startedAt } = await this.startExecution(caller, JSON.parse(body.toString('utf8')));
    const output = { executionArn: setup.arn, startDate: startedAt / 1000 };
    return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(output) };
  }

  public async startExecution(caller: Caller, { stateMachineArn, name = randomUUID(), input = '{}' }: StartExecutionRequest): Promise<Execution> {
    await this.iam.authorize({ caller, action: 'states:StartExecution', resource: stateMachineArn });
    const machine = this.machines.get(stateMachineArn);
    if (!machine) {
      throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    }
    if (!NAME.test(name)) {
      throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
    }
    checkInput(input);

    const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = this.executionsByArn.get(arn);
    if (existing?.status === 'RUNNING' && existing.setup.input === input) {
      return existing;
    }
    if (existing) {
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }

    const execution = new Execution({
      arn,
      name,
      input,
      stateMachineArn,
      stateMachineName: machine.name,
      roleArn: machine.roleArn,
      definition: machine.definition,
      env: this.env,
      invoker: this.invoker,
      log: machine.logging && new ExecutionLog(this.logs, machine.logging, arn, this.env.clock.now()),
      assumeRole: (taskRoleArn) => this.assumeRole(machine, taskRoleArn),
      isStateMachineDeleted: () => !this.machines.has(stateMachineArn),
    });
    this.executionsByArn.set(arn, execution);
    this.onStart?.(execution);
    return execution;
  }

  /** Stops all executions. */
  public async close(): Promise<void> {
    await Promise.all(this.executions().map((execution) => execution.stop()));
  }

  private async assumeRole({ arn, roleArn }: StateMachine, taskRoleArn: string | undefined): Promise<AssumedRole> {
    const session = await assumeStateMachineRole(this.iam, arn, roleArn, this.env.accountId).catch((error: unknown) => {
      throw error instanceof ServiceError ? new StateError('States.Permissions', error.message) : error;
    });
    return taskRoleArn === undefined ? session : this.assumeTaskRole(session.caller, arn, roleArn, taskRoleArn);
  }

  /** Assumes the role of a task. AWS documents the external id. The session name and the error message are copied from real executions. */
  private async assumeTaskRole(caller: Caller, stateMachineArn: string, roleArn: string, taskRoleArn: string): Promise<AssumedRole> {
    try {
      return await this.iam.assumeRole(caller, taskRoleArn, { 'sts:RoleSessionName': 'StepFunctions', 'sts:ExternalId': stateMachineArn });
    } catch (error) {
      if (!(error instanceof ServiceError)) {
        throw error;
      }
      throw new StateError('States.TaskFailed', `The role ${roleArn} is not authorized to assume the task state's role, ${taskRoleArn}.`);
    }
  }
}

function checkInput(input: string): void {
  if (Buffer.byteLength(input) > MAX_DATA_BYTES) {
    throw new ServiceError('ValidationException', '1 validation error detected: Value at \'input\' failed to satisfy constraint: '
      + `Member must have length less than or equal to ${MAX_DATA_BYTES}`);
  }
  try {
    JSON.parse(input);
  } catch (error) {
    throw new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(error as Error).message}'`);
  }
}
