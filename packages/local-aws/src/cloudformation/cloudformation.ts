import { randomUUID } from 'node:crypto';
import { reasonOf, type Engine, type Operation } from './operations/engine';
import { deleteStack, deploy, rollBack } from './operations/operations';
import type { CloudFormationOptions } from './options';
import type { CloudFormationPorts } from './ports';
import type { Caller, ResourceProviders } from '../contract';
import { CustomResources, isCustomResource } from './resources/custom-resource';
import { NO_OPERATION, type ResourceHandler } from './resources/handler';
import type { Deployment } from './stacks/deployment';
import { Stack } from './stacks/stack';
import { Stacks } from './stacks/stacks';
import { isInProgress, isUpdatable, type StackStatus } from './stacks/status';
import { TemplateError } from './template/template-error';

export { RESPONSE_PATH } from './resources/custom-resource';
export type { CloudFormationOptions, UpdateReversal } from './options';

/** Plays CloudFormation: deploys stacks for the unmodified CDK CLI. */
export class CloudFormation {
  public readonly providers: ResourceProviders = {
    'AWS::CDK::Metadata': NO_OPERATION,
    'AWS::CloudFormation::WaitConditionHandle': NO_OPERATION,
  };
  public readonly stacks: Stacks;
  /** The functions behind custom resources, and where they answer to. */
  public readonly customResources: CustomResources;
  private readonly engine: Engine;

  public constructor(public readonly ports: CloudFormationPorts, options: CloudFormationOptions = {}) {
    const { environment, functions } = ports;
    this.stacks = new Stacks(environment.region);
    this.customResources = new CustomResources(functions, environment.clock);
    this.engine = { environment, options, others: this.stacks, handlerOf: (type) => this.handlerOf(type) };
  }

  /** A stack that does not exist yet. */
  public newStack(name: string): Stack {
    return new Stack(this.arn(`stack/${name}/${randomUUID()}`), name);
  }

  public arn(resource: string): string {
    const { partition, region, accountId } = this.ports.environment;
    return `arn:${partition}:cloudformation:${region}:${accountId}:${resource}`;
  }

  /** Refuses what is not possible while an operation runs, or after a failed one. */
  public refuseUnlessUpdatable(stack: Stack): void {
    if (stack.operation || isInProgress(stack.status) || !(isUpdatable(stack.status) || stack.status === 'REVIEW_IN_PROGRESS')) {
      throw new TemplateError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
    }
  }

  /** Throws unless something plays resources of that type. */
  public handlerOf(type: string): ResourceHandler {
    if (isCustomResource(type)) {
      return this.customResources;
    }
    const handler = this.ports.providers[type] ?? this.providers[type];
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

  /** Deletes a stack, also in the middle of another operation. */
  public async startDeletion(stack: Stack, caller: Caller, roleArn: string | undefined, retained: readonly string[]): Promise<void> {
    const executor = await this.executor(stack, roleArn, caller);
    if (stack.status === 'CREATE_IN_PROGRESS' || stack.status === 'UPDATE_IN_PROGRESS') {
      stack.operation?.abort.abort(new Error('the stack is deleted'));
    }
    await stack.operation?.done;
    this.start(stack, executor, 'DELETE_FAILED', (operation) => deleteStack(operation, new Set(retained)));
  }

  /** Resolves when no operation runs on the stack any more. */
  public async settled(stackName: string): Promise<Stack> {
    const stack = this.stacks.get(stackName);
    await stack.operation?.done;
    return stack;
  }

  /** Breaks off all operations. */
  public async close(): Promise<void> {
    const operations = this.stacks.all().flatMap((stack) => stack.operation ?? []);
    operations.forEach(({ abort }) => abort.abort(new Error('the local CloudFormation is closed')));
    await Promise.all(operations.map(({ done }) => done));
  }

  private start(stack: Stack, caller: Caller, failed: StackStatus, work: (operation: Operation) => Promise<void>): void {
    const abort = new AbortController();
    const aborted = new Promise<never>((_, reject) => abort.signal.addEventListener('abort', () => reject(abort.signal.reason)));
    aborted.catch(() => undefined);
    const done = work({ engine: this.engine, stack, caller, signal: abort.signal, aborted })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) {
          stack.setStatus(failed, `Internal Failure: ${reasonOf(error)}`);
        }
      })
      .finally(() => {
        stack.operation = undefined;
      });
    stack.operation = { abort, done };
  }

  /** For whom an operation calls: the execution role of the stack, if it has one. */
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
