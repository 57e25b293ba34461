import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ask, type Fact } from './errors';
import { BUDGETS } from '../budgets';
import type { IsCompleteRequest } from '../framework/framework';
import { CLOCK_SKEW_MS } from '../framework/times';

/** The direction of a deployment: it goes forward, or it is rolled back. */
export type Direction = 'forward' | 'roll-back';

/**
 * Returns the direction that a stack status shows. A stack that is being deleted counts as rolled back. Returns undefined if no operation is in progress. That
 * can happen if a deployment failed without a roll-back and its waiter still runs, or if CloudFormation shows the start of a deployment late.
 */
export function directionOf(stackStatus: string): Direction | undefined {
  if (/(ROLLBACK|DELETE).*_IN_PROGRESS$/.test(stackStatus)) {
    return 'roll-back';
  }
  return /^(CREATE|UPDATE|IMPORT)_IN_PROGRESS$/.test(stackStatus) ? 'forward' : undefined;
}

/**
 * Returns the direction of the deployment that sent an event at `requestedAt` (milliseconds since the epoch). Throws if a later deployment is in progress,
 * because a waiter can outlive the roll-back of its deployment.
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

/**
 * Returns the direction of the deployment that sent the request. A creation always counts as forward, because CloudFormation ignores the answer to a cancelled
 * creation.
 */
export async function directionOfUpdate({ RequestType, StackId, RequestedAt }: IsCompleteRequest,
  cloudformation: CloudFormationClient): Promise<Fact<Direction>> {
  return ask(async () => (RequestType === 'Update' ? describeDirection(cloudformation, StackId, RequestedAt) : 'forward'));
}
