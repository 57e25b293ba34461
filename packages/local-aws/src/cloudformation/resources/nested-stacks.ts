import { ResourceFailure, type Delivery, type HandlerResult, type ResourceHandler } from './handler';
import { physicalName, type Caller, type ResourceDelete, type ResourceRequest, type ResourceUpdate } from '../../contract';
import type { CloudFormationOptions, Operation } from '../operations/engine';
import { deleteStack, deploy, rollBack } from '../operations/operations';
import { prepare, type DeploymentRequest, type Preparation } from '../operations/prepare';
import type { Deployment } from '../stacks/deployment';
import type { Stack } from '../stacks/stack';
import type { Stacks } from '../stacks/stacks';
import type { StackStatus } from '../stacks/status';
import { TemplateError } from '../template/template';

const LONGEST_STACK_NAME = 128;

/** The parts of CloudFormation that `NestedStacks` uses. */
export interface StackOperations extends Preparation {
  readonly stacks: Stacks;
  newStack(name: string, parent?: Stack): Stack;
  run(stack: Stack, caller: Caller, failed: StackStatus, work: (operation: Operation) => Promise<void>, signal: AbortSignal): Promise<StackStatus>;
}

/**
 * Emulates AWS::CloudFormation::Stack. A nested stack cleans up only after its root stack has been updated. If the creation or update of a nested stack
 * fails, the roll-back of the parent stack deletes the nested stack or rolls it back.
 */
export class NestedStacks implements ResourceHandler {
  public readonly abandonable = true;

  public constructor(private readonly cloudFormation: StackOperations, private readonly options: CloudFormationOptions) {}

  public async create(request: ResourceRequest, delivery: Delivery): Promise<HandlerResult> {
    const { stacks } = this.cloudFormation;
    const parent = stacks.get(request.stackId);
    const nested = this.cloudFormation.newStack(physicalName(parent.name, request.logicalId, LONGEST_STACK_NAME), parent);
    delivery.identified?.(nested.id);
    const deployment = await this.prepare(nested, parent, request, delivery);
    stacks.add(nested);
    const status = await this.cloudFormation.run(nested, request.caller, 'CREATE_FAILED', (operation) => deploy(operation, deployment), delivery.signal);
    if (status !== 'CREATE_COMPLETE') {
      throw new ResourceFailure(
        `Embedded stack ${nested.id} was not successfully created: ${nested.statusReason}`, { called: true, physicalId: nested.id });
    }
    return resultOf(nested);
  }

  public async update(request: ResourceUpdate, delivery: Delivery): Promise<HandlerResult> {
    const { stacks } = this.cloudFormation;
    const nested = stacks.get(request.physicalId);
    const parent = stacks.get(request.stackId);
    const work = parent.status === 'UPDATE_ROLLBACK_IN_PROGRESS' ? await this.reversal(nested) : await this.forward(nested, parent, request, delivery);
    if (!work) {
      return resultOf(nested);
    }
    const status = await this.cloudFormation.run(nested, request.caller, 'UPDATE_FAILED', work, delivery.signal);
    if (!status.endsWith('_COMPLETE_CLEANUP_IN_PROGRESS')) {
      throw new Error(`Embedded stack ${nested.id} was not successfully updated. Currently in ${status} with reason: ${nested.statusReason}`);
    }
    return resultOf(nested);
  }

  /** Deletes a nested stack. First aborts a running operation on it. */
  public async delete({ physicalId, caller }: ResourceDelete, delivery: Delivery): Promise<void> {
    const nested = this.cloudFormation.stacks.find(physicalId);
    if (!nested || nested.status === 'DELETE_COMPLETE') {
      return;
    }
    nested.operation?.abort.abort(new Error('the nested stack is deleted'));
    await nested.operation?.done;
    const status = await this.cloudFormation.run(nested, caller, 'DELETE_FAILED', (operation) => deleteStack(operation, new Set()), delivery.signal);
    if (status !== 'DELETE_COMPLETE') {
      throw new Error(`Embedded stack ${nested.id} was not successfully deleted: ${nested.statusReason}`);
    }
  }

  private async forward(nested: Stack, parent: Stack, request: ResourceRequest, delivery: Delivery) {
    const deployment = await this.prepare(nested, parent, request, delivery);
    return async (operation: Operation) => deploy(operation, deployment);
  }

  /** Returns the operation that rolls back a nested stack; undefined if the update of the parent stack didn't change the nested stack. */
  private async reversal(nested: Stack) {
    await nested.operation?.done;
    const before = nested.unfinished?.before;
    if (!before) {
      return undefined;
    }
    const shown = this.options.nestedStackShowsRollback !== false || nested.status === 'UPDATE_ROLLBACK_IN_PROGRESS';
    return async (operation: Operation) => (shown ? rollBack(operation, undefined) : deploy(operation, before));
  }

  private async prepare(nested: Stack, parent: Stack, { properties, caller }: ResourceRequest, { signal }: Delivery): Promise<Deployment> {
    nested.roleArn = parent.roleArn;
    nested.disableRollback = parent.disableRollback;
    const deployment = await prepare(this.cloudFormation, nested, requestOf(properties, parent), caller);
    signal.throwIfAborted(); // the parent stack may have begun its roll-back
    return deployment;
  }
}

// The properties have the type `any`, because CloudFormation properties are JSON of any shape.
function requestOf({ TemplateURL, Parameters = {}, Tags = [], TimeoutInMinutes }: Record<string, any>, parent: Stack): DeploymentRequest {
  if (TimeoutInMinutes !== undefined) {
    throw new TemplateError("TimeoutInMinutes of AWS::CloudFormation::Stack isn't emulated by the local CloudFormation");
  }
  return {
    templateUrl: TemplateURL,
    parameters: Object.entries(Parameters).map(([ParameterKey, value]) => ({ ParameterKey, ParameterValue: String(value) })),
    tags: [...parent.deployment?.tags ?? [], ...Tags],
    capabilities: parent.deployment?.capabilities ?? [],
  };
}

function resultOf({ id, outputs }: Stack): HandlerResult {
  return { physicalId: id, attributes: Object.fromEntries(outputs.map(({ key, value }) => [`Outputs.${key}`, value])) };
}
