import { timestamp, type Answer } from './answer';
import { describeChange, type ChangeSet } from '../stacks/change-set';
import type { ResourceRecord } from '../stacks/resource-record';
import type { Stack, StackEvent } from '../stacks/stack';
import type { Parameter } from '../template/parameters';
import type { Program } from '../template/program';

const MASKED = '****';

export function describeStack(stack: Stack): Answer {
  const { deployment } = stack;
  return {
    ...summarizeStack(stack),
    Description: deployment?.program.description,
    Parameters: deployment && describeParameters(deployment.program),
    RollbackConfiguration: {},
    DisableRollback: stack.disableRollback,
    NotificationARNs: [],
    Capabilities: deployment?.capabilities,
    Outputs: stack.outputs.map((output) => ({
      OutputKey: output.key,
      OutputValue: output.noEcho ? MASKED : output.value,
      Description: output.description,
      ExportName: output.exportName,
    })),
    RoleARN: stack.roleArn,
    Tags: deployment?.tags ?? [],
    EnableTerminationProtection: stack.terminationProtection,
  };
}

function summarizeStack(stack: Stack): Answer {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ParentId: stack.parent?.id,
    RootId: stack.parent && stack.root.id,
    TemplateDescription: stack.deployment?.program.description,
    CreationTime: timestamp(stack.createdAt),
    LastUpdatedTime: timestamp(stack.updatedAt),
    DeletionTime: timestamp(stack.deletedAt),
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

export function describeEvent(event: StackEvent): Answer {
  return { ...event, Timestamp: timestamp(event.Timestamp) };
}

/** Formats a resource for the response of DescribeStackResources. */
export function describeResource(stack: Stack, record: ResourceRecord): Answer {
  return {
    StackName: stack.name,
    StackId: stack.id,
    LogicalResourceId: record.logicalId,
    PhysicalResourceId: record.physicalId,
    ResourceType: record.type,
    Timestamp: timestamp(record.timestamp),
    ResourceStatus: record.status,
    ResourceStatusReason: record.statusReason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

/** Formats a resource for the response of ListStackResources. */
export function summarizeResource(record: ResourceRecord): Answer {
  return {
    LogicalResourceId: record.logicalId,
    PhysicalResourceId: record.physicalId,
    ResourceType: record.type,
    LastUpdatedTimestamp: timestamp(record.timestamp),
    ResourceStatus: record.status,
    ResourceStatusReason: record.statusReason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

/** Formats a change set for the response of DescribeChangeSet. */
export function describeChangeSet(stack: Stack, changeSet: ChangeSet, withValues: boolean): Answer {
  return {
    ...summarizeChangeSet(stack, changeSet),
    Parameters: describeParameters(changeSet.deployment.program),
    Capabilities: changeSet.deployment.capabilities,
    Tags: changeSet.deployment.tags,
    NotificationARNs: [],
    RollbackConfiguration: {},
    Changes: changeSet.changes.map((change) => describeChange(change, withValues)),
    IncludeNestedStacks: false,
  };
}

/** Formats a change set for the response of ListChangeSets. */
export function summarizeChangeSet(stack: Stack, changeSet: ChangeSet): Answer {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: changeSet.id,
    ChangeSetName: changeSet.name,
    Description: changeSet.description,
    CreationTime: timestamp(changeSet.createdAt),
    Status: changeSet.status,
    StatusReason: changeSet.statusReason,
    ExecutionStatus: changeSet.executionStatus,
  };
}

function describeParameters({ parameters }: Program): Answer[] {
  return [...parameters].map(([name, parameter]) => ({
    ParameterKey: name,
    ParameterValue: parameter.noEcho ? MASKED : parameter.given,
    ResolvedValue: parameter.fromSsm ? resolved(parameter) : undefined,
  }));
}

function resolved({ value }: Parameter): string {
  return typeof value === 'string' ? value : value.join(',');
}
