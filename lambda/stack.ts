import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { describeError } from './errors';
import { log } from './log';

/** Where the stack is heading; `unknown` if CloudFormation doesn't say. */
export type Direction = 'forward' | 'roll-back' | 'unknown';

/** What a stack status says of the direction. A stack that is being deleted goes no way forward either. */
export function directionOf(stackStatus?: string): Direction {
  if (!stackStatus) {
    return 'unknown';
  }
  return /ROLLBACK|DELETE/.test(stackStatus) ? 'roll-back' : 'forward';
}

/** Asks CloudFormation. An error is no answer. */
export async function askDirection(cloudformation: CloudFormationClient, stackId: string, abortSignal: AbortSignal): Promise<Direction> {
  try {
    const { Stacks: stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: stackId }), { abortSignal });
    return directionOf(stacks?.[0]?.StackStatus);
  } catch (error) {
    log('stack status unknown', { error: describeError(error) });
    return 'unknown';
  }
}
