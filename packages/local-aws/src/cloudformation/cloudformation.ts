import { randomUUID } from 'node:crypto';
import type { Caller } from '../contract';
import { reasonOf, type CloudFormationOptions, type Engine, type Operation } from './operations/engine';
import { deleteStack, deploy, rollBack } from './operations/operations';
import type { CloudFormationPorts } from './ports';
import { CustomResources, isCustomResource } from './resources/custom-resource';
import { EMPTY_TYPES, type ResourceHandler } from './resources/handler';
import { NestedStacks, type StackOperations } from './resources/nested-stacks';
import type { Deployment } from './stacks/deployment';
import { Stack, STACK_TYPE } from './stacks/stack';
import { Stacks } from './stacks/stacks';
import { isInProgress, isUpdatable, type StackStatus } from './stacks/status';
import { TemplateError } from './template/template';

export { RESPONSE_PATH } from './resources/custom-resource';
export type { CloudFormationOptions, UpdateReversal } from './operations/engine';

/** Emulates CloudFormation for the unmodified CDK CLI. */
export class CloudFormation implements StackOperations {
  public readonly stacks: Stacks;
  /** Calls the functions of custom resources and receives their responses. */
  public readonly customResources: CustomResources;
  private readonly nestedStacks: NestedStacks;
  private readonly engine: Engine;

  public constructor(public readonly ports: CloudFormationPorts, options: CloudFormationOptions = {}) {
    const { environment, functions } = ports;
    this.stacks = new Stacks(environment.region);
    this.customResources = new CustomResources(functions, environment.clock);
    this.nestedStacks = new NestedStacks(this, options);
    this.engine = { environment, options, stacks: this.stacks, handlerOf: (type) => this.handlerOf(type) };
  }

  /** Creates a stack without adding it to `stacks`. */
  public newStack(name: string, parent?: Stack): Stack {
    return new Stack(this.arn(`stack/${name}/${randomUUID()}`), name, parent);
  }

  public arn(resource: string): string {
    const { partition, region, accountId } = this.ports.environment;
    return `arn:${partition}:cloudformation:${region}:${accountId}:${resource}`;
  }

  /** Throws if an operation is running on the stack or if the stack's status allows no update. */
  public refuseUnlessUpdatable(stack: Stack): void {
    if (stack.operation || isInProgress(stack.status) || !(isUpdatable(stack.status) || stack.status === 'REVIEW_IN_PROGRESS')) {
      throw new TemplateError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
    }
  }

  /** Returns the handler of a resource type. Throws if the type isn't emulated. */
  public handlerOf(type: string): ResourceHandler {
    if (isCustomResource(type)) {
      return this.customResources;
    }
    if (type === STACK_TYPE) {
      return this.nestedStacks;
    }
    const handler = this.ports.providers[type] ?? EMPTY_TYPES[type];
    if (handler) {
      return handler;
    }
    throw new TemplateError(`Template format error: Unrecognized resource types: [${type}], the local AWS has no provider for it`);
  }

  public async startDeployment(
    stack: Stack, deployment: Deployment, caller: Caller, settings: { roleArn?: string; disableRollback: boolean },
  ): Promise<void> {
    const executor = await this.executor(stack, settings.roleArn, caller);
    this.refuseUnlessUpdatable(stack);
    stack.disableRollback = settings.disableRollback;
    this.start(stack, executor, stack.status === 'REVIEW_IN_PROGRESS' ? 'CREATE_FAILED' : 'UPDATE_FAILED', (operation) => deploy(operation, deployment));
  }

  public async startRollback(stack: Stack, caller: Caller, roleArn: string | undefined, skip: readonly string[]): Promise<void> {
    const executor = await this.executor(stack, roleArn, caller);
    this.start(stack, executor, 'UPDATE_ROLLBACK_FAILED', (operation) => rollBack(operation, 'User Initiated', new Set(skip)));
  }

  /** Starts the deletion of a stack. First aborts a running creation or update, or waits for the end of any other running operation. */
  public async startDeletion(stack: Stack, caller: Caller, roleArn: string | undefined, retained: readonly string[]): Promise<void> {
    const executor = await this.executor(stack, roleArn, caller);
    if (stack.status === 'CREATE_IN_PROGRESS' || stack.status === 'UPDATE_IN_PROGRESS') {
      stack.operation?.abort.abort(new Error('the stack is deleted'));
    }
    await stack.operation?.done;
    this.start(stack, executor, 'DELETE_FAILED', (operation) => deleteStack(operation, new Set(retained)));
  }

  /** Runs an operation on a stack to its end, or until the signal is aborted. Returns the status of the stack. */
  public async run(
    stack: Stack, caller: Caller, failed: StackStatus, work: (operation: Operation) => Promise<void>, signal: AbortSignal,
  ): Promise<StackStatus> {
    this.start(stack, caller, failed, work, [signal]);
    await stack.operation?.done;
    return stack.status;
  }

  /** Resolves when the running operation on the stack has ended. */
  public async settled(stackName: string): Promise<Stack> {
    const stack = this.stacks.get(stackName);
    await stack.operation?.done;
    return stack;
  }

  /** Aborts the running operations of all stacks. */
  public async close(): Promise<void> {
    const operations = this.stacks.all().flatMap((stack) => stack.operation ?? []);
    operations.forEach(({ abort }) => abort.abort(new Error('the local CloudFormation is closed')));
    await Promise.all(operations.map(({ done }) => done));
  }

  private start(
    stack: Stack, caller: Caller, failed: StackStatus, work: (operation: Operation) => Promise<void>, signals: readonly AbortSignal[] = [],
  ): void {
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, ...signals]);
    const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    aborted.catch(() => undefined);
    const done = work({ engine: this.engine, stack, caller, signal, aborted })
      .catch((error: unknown) => {
        if (!signal.aborted) {
          stack.setStatus(failed, `Internal Failure: ${reasonOf(error)}`);
        }
      })
      .finally(() => {
        stack.operation = undefined;
      });
    stack.operation = { abort, done };
  }

  /** Returns the caller that performs an operation: a session of the stack's execution role or, if the stack has no role, the given caller. */
  private async executor(stack: Stack, roleArn: string | undefined, caller: Caller): Promise<Caller> {
    const { authorizer, assumeExecutionRole } = this.ports;
    if (roleArn !== undefined) {
      await authorizer.authorize({ caller, action: 'iam:PassRole', resource: roleArn, context: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } });
      stack.roleArn = roleArn;
    }
    if (stack.roleArn === undefined) {
      return caller;
    }
    try {
      return await assumeExecutionRole(stack.roleArn);
    } catch {
      throw new TemplateError(`Role ${stack.roleArn} is invalid or cannot be assumed`);
    }
  }
}
