import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** Where the stack is heading. */
export type Direction = 'forward' | 'roll-back';

/** What a stack status says of the direction. A stack that is being deleted goes no way forward either. */
export function directionOf(stackStatus: string): Direction {
  return /ROLLBACK|DELETE/.test(stackStatus) ? 'roll-back' : 'forward';
}

/** Asks CloudFormation. */
export async function askDirection(cloudformation: CloudFormationClient, stackId: string, abortSignal: AbortSignal): Promise<Direction> {
  const { Stacks: stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: stackId }), { abortSignal });
  const status = stacks?.[0]?.StackStatus;
  if (!status) {
    throw new Error('DescribeStacks gave no status');
  }
  return directionOf(status);
}
