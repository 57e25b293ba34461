import {
  type CloudFormationClient, DescribeStackResourcesCommand, DescribeStacksCommand, paginateDescribeStackEvents, type Stack,
  type StackEvent, type StackResource,
} from '@aws-sdk/client-cloudformation';

/** The stacks that a run deploys. */
export const STACKS = ['Data', 'Import'] as const;

/** The tag that marks the stacks of this script. The script never changes or deletes a stack without this tag. */
export const TAG = { Key: 'cdk-healthlake-import', Value: 'integ-aws' } as const;

/** Returns the stack with a name, or undefined if it doesn't exist. */
export async function findStack(cloudformation: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    return (await cloudformation.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
  } catch (error) {
    if (error instanceof Error && error.message.includes('does not exist')) {
      return undefined;
    }
    throw error;
  }
}

/** Throws if another tool deployed a stack with one of the names in `STACKS`. */
export async function refuseForeignStacks(cloudformation: CloudFormationClient): Promise<void> {
  for (const name of STACKS) {
    const stack = await findStack(cloudformation, name);
    if (stack && !stack.Tags?.some(({ Key, Value }) => Key === TAG.Key && Value === TAG.Value)) {
      throw new Error(`the account has a stack "${name}" without the tag ${TAG.Key}=${TAG.Value}; use another account or Region`);
    }
  }
}

/** Returns the value of a stack's output. */
export function valueOf(stack: Stack | undefined, key: string): string {
  const value = stack?.Outputs?.find(({ OutputKey: name }) => name === key)?.OutputValue;
  if (value === undefined) {
    throw new Error(`the stack "${stack?.StackName}" has no output "${key}"; deploy it first`);
  }
  return value;
}

export async function resourcesOf(cloudformation: CloudFormationClient, name: string): Promise<StackResource[]> {
  return (await cloudformation.send(new DescribeStackResourcesCommand({ StackName: name }))).StackResources ?? [];
}

/** Returns the events of a stack after the event `last`, oldest first. Returns all events if `last` is missing or the stack was re-created. */
export async function eventsAfter(cloudformation: CloudFormationClient, stackId: string, last?: StackEvent): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  for await (const { StackEvents: page = [] } of paginateDescribeStackEvents({ client: cloudformation }, { StackName: stackId })) {
    const known = page.findIndex(({ EventId: id }) => id === last?.EventId);
    events.push(...(known < 0 ? page : page.slice(0, known)));
    if (known >= 0) {
      break;
    }
  }
  return events.reverse();
}

/** Returns CloudFormation's reasons for the failures of resources. */
export function reasonsOf(events: readonly StackEvent[]): string {
  const failed = events.filter(({ ResourceStatus: status, ResourceType: type }) => status?.endsWith('_FAILED') && type !== 'AWS::CloudFormation::Stack');
  return failed.map(({ LogicalResourceId: id, ResourceStatusReason: reason }) => `${id}: ${reason}`).join(' | ') || 'CloudFormation gives no reason';
}
