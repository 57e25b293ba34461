import { randomUUID } from 'node:crypto';
import { page, type Actions, type Answer } from './answer';
import type { CloudFormation } from '../cloudformation';
import { describeChangeSet, summarizeChangeSet } from './descriptions';
import { plannedChanges, prepareDeployment } from './prepare';
import type { QueryInput } from './query-input';
import { ServiceError } from '../../contract';
import { NO_CHANGES, type ChangeSet, type ResourceChange } from '../stacks/change-set';
import type { Deployment } from '../stacks/deployment';
import type { Stack } from '../stacks/stack';
import { TemplateError } from '../template/template';

const CHANGES_PER_PAGE = 100;

/** The emulated API actions on change sets, by name. */
export const CHANGE_SET_ACTIONS: Actions = {
  CreateChangeSet: async (cloudFormation, input, caller) => {
    const name = input.required('ChangeSetName');
    const stack = stackToChange(cloudFormation, input);
    cloudFormation.refuseUnlessUpdatable(stack);
    if (stack.changeSets.has(name)) {
      throw new ServiceError('AlreadyExistsException', `ChangeSet ${name} cannot be created due to a mismatch with existing attribute`);
    }
    const deployment = await prepareDeployment(cloudFormation, stack, input, caller);
    if (!cloudFormation.stacks.find(stack.id)) {
      cloudFormation.stacks.add(stack);
      stack.setStatus('REVIEW_IN_PROGRESS', 'User Initiated');
    }
    const changeSet: ChangeSet = {
      id: cloudFormation.arn(`changeSet/${name}/${randomUUID()}`),
      name,
      description: input.text('Description'),
      createdAt: Date.now(),
      roleArn: input.text('RoleARN'),
      disableRollback: input.text('OnStackFailure') === 'DO_NOTHING',
      deployment,
      ...outcome(cloudFormation, stack, deployment),
    };
    stack.changeSets.set(name, changeSet);
    return { Id: changeSet.id, StackId: stack.id };
  },

  DescribeChangeSet: (cloudFormation, input) => {
    const { stack, changeSet } = get(cloudFormation, input);
    const description = describeChangeSet(stack, changeSet, input.flag('IncludePropertyValues'));
    const { items, NextToken } = page(description.Changes as Answer[], input.text('NextToken'), CHANGES_PER_PAGE);
    return { ...description, Changes: items, NextToken };
  },

  ListChangeSets: (cloudFormation, input) => {
    const stack = cloudFormation.stacks.get(input.required('StackName'));
    return { Summaries: [...stack.changeSets.values()].map((changeSet) => summarizeChangeSet(stack, changeSet)) };
  },

  ExecuteChangeSet: async (cloudFormation, input, caller) => {
    const { stack, changeSet } = get(cloudFormation, input);
    if (changeSet.executionStatus !== 'AVAILABLE') {
      throw new ServiceError('InvalidChangeSetStatus', `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`);
    }
    await cloudFormation.startDeployment(stack, changeSet.deployment, caller, {
      roleArn: changeSet.roleArn,
      disableRollback: changeSet.disableRollback || input.flag('DisableRollback'),
    });
    stack.changeSets.clear();
    return {};
  },

  DeleteChangeSet: (cloudFormation, input) => {
    const found = find(cloudFormation, input);
    found?.stack.changeSets.delete(found.changeSet.name);
    return {};
  },

  // The real DescribeEvents returns failed validations. The local CloudFormation doesn't emulate these validations.
  DescribeEvents: () => ({ OperationEvents: [] }),
  ListHookResults: () => ({ HookResults: [] }),
};

function stackToChange(cloudFormation: CloudFormation, input: QueryInput): Stack {
  const nameOrId = input.required('StackName');
  const existing = cloudFormation.stacks.find(nameOrId);
  switch (input.text('ChangeSetType') ?? 'UPDATE') {
    case 'CREATE':
      if (existing && existing.status !== 'REVIEW_IN_PROGRESS') {
        throw new TemplateError(`Stack [${nameOrId}] already exists and cannot be created again with the changeSet [${input.required('ChangeSetName')}].`);
      }
      return existing ?? cloudFormation.newStack(nameOrId);
    case 'UPDATE':
      if (!existing) {
        throw new TemplateError(`Stack [${nameOrId}] does not exist`);
      }
      return existing;
    default:
      throw new TemplateError(`change set type ${input.text('ChangeSetType')} isn't emulated by the local CloudFormation, use CREATE or UPDATE`);
  }
}

type Outcome = Pick<ChangeSet, 'status' | 'statusReason' | 'executionStatus' | 'changes'>;

function outcome(cloudFormation: CloudFormation, stack: Stack, deployment: Deployment): Outcome {
  const failed = (statusReason: string): Outcome => ({ status: 'FAILED', statusReason, executionStatus: 'UNAVAILABLE', changes: [] });
  let changes: ResourceChange[] | undefined;
  try {
    changes = plannedChanges(cloudFormation, stack, deployment);
  } catch (error) {
    if (error instanceof TemplateError) {
      return failed(error.message);
    }
    throw error;
  }
  return changes ? { status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE', changes } : failed(NO_CHANGES);
}

function get(cloudFormation: CloudFormation, input: QueryInput): { stack: Stack; changeSet: ChangeSet } {
  const found = find(cloudFormation, input);
  if (!found) {
    throw new ServiceError('ChangeSetNotFound', `ChangeSet [${input.required('ChangeSetName')}] does not exist`, 404);
  }
  return found;
}

function find({ stacks }: CloudFormation, input: QueryInput): { stack: Stack; changeSet: ChangeSet } | undefined {
  const nameOrId = input.required('ChangeSetName');
  const candidates = input.text('StackName') === undefined ? stacks.all() : [stacks.get(input.required('StackName'))];
  return candidates.flatMap((stack) => [...stack.changeSets.values()].map((changeSet) => ({ stack, changeSet })))
    .find(({ changeSet }) => changeSet.id === nameOrId || changeSet.name === nameOrId);
}
