import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ask, type Fact } from './fact';
import { CLOCK_SKEW, type IsCompleteRequest } from '../framework/framework';

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

/**
 * Asks CloudFormation for the direction of the deployment that asked for something at `requestedAt` (milliseconds since the epoch). The waiter
 * of a deployment that was rolled back lives on into the next one, whose direction is none of its business.
 */
export async function askDirection(cloudformation: CloudFormationClient, stackId: string, requestedAt: number): Promise<Direction> {
  const abortSignal = AbortSignal.timeout(CALL_BUDGET);
  const { Stacks: stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: stackId }), { abortSignal });
  const status = stacks?.[0]?.StackStatus ?? 'gone';
  const direction = directionOf(status);
  if (!direction) {
    throw new Error(`the stack is ${status}`);
  }
  const began = stacks?.[0]?.LastUpdatedTime?.getTime() ?? 0;
  if (direction === 'forward' && began > requestedAt + CLOCK_SKEW) {
    throw new Error('the stack has begun another deployment since');
  }
  return direction;
}

/** The direction of an event for which a roll-back matters: an update. A creation that is cancelled is no longer listened to. */
export async function directionOfUpdate({ RequestType, StackId, RequestedAt }: IsCompleteRequest,
  cloudformation: CloudFormationClient): Promise<Fact<Direction>> {
  return ask(async () => (RequestType === 'Update' ? askDirection(cloudformation, StackId, RequestedAt) : 'forward'));
}
