import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** Where the stack is heading. */
export type Direction = 'forward' | 'roll-back';

/**
 * What a stack status says of the direction. A stack that is being deleted goes no way forward; one in which nothing is in progress goes
 * nowhere: the waiter outlives a deployment that failed without roll-back.
 */
export function directionOf(stackStatus: string): Direction | undefined {
  if (/ROLLBACK|DELETE/.test(stackStatus)) {
    return 'roll-back';
  }
  return /^(CREATE|UPDATE|IMPORT)_IN_PROGRESS$/.test(stackStatus) ? 'forward' : undefined;
}

/** Asks CloudFormation. */
export async function askDirection(cloudformation: CloudFormationClient, stackId: string, abortSignal: AbortSignal): Promise<Direction> {
  const { Stacks: stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: stackId }), { abortSignal });
  const status = stacks?.[0]?.StackStatus ?? 'gone';
  const direction = directionOf(status);
  if (!direction) {
    throw new Error(`the stack is ${status}`);
  }
  return direction;
}
