import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ask, type Fact } from './errors';
import { BUDGETS } from '../budgets';
import type { IsCompleteRequest } from '../framework/framework';
import { CLOCK_SKEW_MS } from '../framework/times';

/** The direction of a deployment. */
export type Direction = 'forward' | 'roll-back';

/**
 * Returns the direction that a stack status shows. A stack that is being deleted counts as rolled back. Undefined if no operation is in progress: the
 * waiter outlives a deployment that failed without a roll-back, and CloudFormation may show the start of a deployment late.
 */
export function directionOf(stackStatus: string): Direction | undefined {
  if (/(ROLLBACK|DELETE).*_IN_PROGRESS$/.test(stackStatus)) {
    return 'roll-back';
  }
  return /^(CREATE|UPDATE|IMPORT)_IN_PROGRESS$/.test(stackStatus) ? 'forward' : undefined;
}

/**
 * Returns the direction of the deployment that sent the event of `requestedAt` (milliseconds since the epoch). Throws during a later deployment: the waiter
 * of a deployment that was rolled back may outlive it.
 */
export async function describeDirection(cloudformation: CloudFormationClient, stackId: string, requestedAt: number): Promise<Direction> {
  const abortSignal = AbortSignal.timeout(BUDGETS.handler.call.describeStacksMs);
  const { Stacks: stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: stackId }), { abortSignal });
  const status = stacks?.[0]?.StackStatus ?? 'gone';
  const direction = directionOf(status);
  if (!direction) {
    throw new Error(`the stack is ${status}`);
  }
  const began = stacks?.[0]?.LastUpdatedTime?.getTime() ?? 0;
  if (direction === 'forward' && began > requestedAt + CLOCK_SKEW_MS) {
    throw new Error('the stack has begun another deployment since');
  }
  return direction;
}

/** Returns the direction of an update. A creation counts as forward: CloudFormation ignores the answer of a creation that is cancelled. */
export async function directionOfUpdate({ RequestType, StackId, RequestedAt }: IsCompleteRequest,
  cloudformation: CloudFormationClient): Promise<Fact<Direction>> {
  return ask(async () => (RequestType === 'Update' ? describeDirection(cloudformation, StackId, RequestedAt) : 'forward'));
}
