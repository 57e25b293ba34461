import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** DescribeStacks with all its attempts, in milliseconds: a budget of its own, because a HealthLake that hangs must not use it up. */
const CALL_BUDGET = 30_000;

/** Where the stack is heading. */
export type Direction = 'forward' | 'roll-back';

/**
 * What a stack status says of the direction. A stack that is being deleted goes no way forward; one in which nothing is in progress goes
 * nowhere: the waiter outlives a deployment that failed without roll-back, and a deployment may begin before CloudFormation shows it.
 */
export function directionOf(stackStatus: string): Direction | undefined {
  if (/(ROLLBACK|DELETE).*_IN_PROGRESS$/.test(stackStatus)) {
    return 'roll-back';
  }
  return /^(CREATE|UPDATE|IMPORT)_IN_PROGRESS$/.test(stackStatus) ? 'forward' : undefined;
}

/** Asks CloudFormation. */
export async function askDirection(cloudformation: CloudFormationClient, stackId: string): Promise<Direction> {
  const abortSignal = AbortSignal.timeout(CALL_BUDGET);
  const { Stacks: stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: stackId }), { abortSignal });
  const status = stacks?.[0]?.StackStatus ?? 'gone';
  const direction = directionOf(status);
  if (!direction) {
    throw new Error(`the stack is ${status}`);
  }
  return direction;
}
