import { page, type Actions, type Answer } from './answer';
import { CHANGE_SET_ACTIONS } from './change-set-actions';
import type { CloudFormation } from '../cloudformation';
import { describeEvent, describeResource, describeStack, summarizeResource } from './descriptions';
import { plannedChanges, prepareDeployment } from './prepare';
import type { QueryInput } from './query-input';
import { ServiceError, type Caller } from '../../contract';
import type { ResourceRecord } from '../stacks/resource-record';
import type { Stack } from '../stacks/stack';
import { TemplateError } from '../template/template';

const EVENTS_PER_PAGE = 100;
const RESOURCES_PER_PAGE = 100;

const STACK_ACTIONS: Actions = {
  DescribeStacks: ({ stacks }, input) => {
    const nameOrId = input.text('StackName');
    return { Stacks: (nameOrId === undefined ? stacks.live() : [stacks.get(nameOrId)]).map(describeStack) };
  },

  DescribeStackEvents: ({ stacks }, input) => {
    const nameOrId = input.required('StackName');
    const stack = stacks.find(nameOrId);
    if (!stack) {
      throw new TemplateError(`Stack [${nameOrId}] does not exist`);
    }
    const { items, NextToken } = page(stack.events.newestFirst(), input.text('NextToken'), EVENTS_PER_PAGE);
    return { StackEvents: items.map(describeEvent), NextToken };
  },

  DescribeStackResources: ({ stacks }, input) => {
    const stack = stacks.get(input.required('StackName'));
    const logicalId = input.text('LogicalResourceId');
    const records = described(stack).filter((record) => logicalId === undefined || record.logicalId === logicalId);
    return { StackResources: records.map((record) => describeResource(stack, record)) };
  },

  ListStackResources: ({ stacks }, input) => {
    const stack = stacks.get(input.required('StackName'));
    const { items, NextToken } = page(described(stack), input.text('NextToken'), RESOURCES_PER_PAGE);
    return { StackResourceSummaries: items.map(summarizeResource), NextToken };
  },

  GetTemplate: ({ stacks }, input) => ({
    TemplateBody: stacks.get(input.required('StackName')).deployment?.program.body ?? '{}',
    StagesAvailable: ['Original', 'Processed'],
  }),

  CreateStack: async (cloudFormation, input, caller) => {
    const name = input.required('StackName');
    if (cloudFormation.stacks.find(name)) {
      throw new ServiceError('AlreadyExistsException', `Stack [${name}] already exists`);
    }
    const stack = cloudFormation.newStack(name);
    const deployment = await prepareDeployment(cloudFormation, stack, input, caller);
    plannedChanges(cloudFormation, stack, deployment);
    cloudFormation.stacks.add(stack);
    stack.terminationProtection = input.flag('EnableTerminationProtection');
    await cloudFormation.startDeployment(stack, deployment, caller, rollbackSettings(input));
    return { StackId: stack.id };
  },

  UpdateStack: async (cloudFormation, input, caller) => {
    const stack = cloudFormation.stacks.get(input.required('StackName'));
    cloudFormation.refuseUnlessUpdatable(stack);
    const deployment = await prepareDeployment(cloudFormation, stack, input, caller);
    if (!plannedChanges(cloudFormation, stack, deployment)) {
      throw new TemplateError('No updates are to be performed.');
    }
    await cloudFormation.startDeployment(stack, deployment, caller, rollbackSettings(input));
    return { StackId: stack.id };
  },

  DeleteStack: async (cloudFormation, input, caller) => {
    const stack = cloudFormation.stacks.find(input.required('StackName'));
    if (!stack || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') {
      return {};
    }
    if (stack.terminationProtection) {
      throw new TemplateError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
    }
    await cloudFormation.startDeletion(stack, caller, input.text('RoleARN'), input.list('RetainResources'));
    return {};
  },

  RollbackStack: async (cloudFormation, input, caller) => startRollback(cloudFormation, input, caller, ['CREATE_FAILED', 'UPDATE_FAILED']),

  ContinueUpdateRollback: async (cloudFormation, input, caller) => startRollback(cloudFormation, input, caller, ['UPDATE_ROLLBACK_FAILED']),

  UpdateTerminationProtection: ({ stacks }, input) => {
    const stack = stacks.get(input.required('StackName'));
    stack.terminationProtection = input.flag('EnableTerminationProtection');
    return { StackId: stack.id };
  },
};

/** All emulated API actions, by name. */
export const ACTIONS: Actions = { ...STACK_ACTIONS, ...CHANGE_SET_ACTIONS };

function described(stack: Stack): ResourceRecord[] {
  return [...stack.resources.values(), ...stack.gone.values()];
}

function rollbackSettings(input: QueryInput): { roleArn?: string; disableRollback: boolean } {
  return { roleArn: input.text('RoleARN'), disableRollback: input.flag('DisableRollback') || input.text('OnFailure') === 'DO_NOTHING' };
}

async function startRollback(cloudFormation: CloudFormation, input: QueryInput, caller: Caller, statuses: readonly Stack['status'][]): Promise<Answer> {
  const stack = cloudFormation.stacks.get(input.required('StackName'));
  if (stack.operation || !statuses.includes(stack.status)) {
    throw new TemplateError(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
  }
  await cloudFormation.startRollback(stack, caller, input.text('RoleARN'), input.list('ResourcesToSkip'));
  return { StackId: stack.id };
}
