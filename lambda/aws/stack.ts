import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ask, type Fact } from './errors';
import { BUDGETS } from '../budgets';
import type { IsCompleteRequest } from '../framework/framework';
import { CLOCK_SKEW_MS } from '../framework/times';

/** Whether the stack is being deployed (`forward`), or is being rolled back or deleted (`roll-back`). */
export type Direction = 'forward' | 'roll-back';

/**
 * Returns whether a stack with this status is being deployed or rolled back. A deletion counts as a roll-back. Returns undefined if no operation is
 * in progress. This is possible after a deployment failed without a roll-back, or before CloudFormation shows that the deployment has begun.
 */
export function directionOf(stackStatus: string): Direction | undefined {
  if (/(ROLLBACK|DELETE).*_IN_PROGRESS$/.test(stackStatus)) {
    return 'roll-back';
  }
  return /^(CREATE|UPDATE|IMPORT)_IN_PROGRESS$/.test(stackStatus) ? 'forward' : undefined;
}

/**
 * Returns whether the deployment that sent an event at `requestedAt` (milliseconds since the epoch) goes forward or is rolled back. The framework can
 * repeat `isComplete` after that deployment has ended, so this function throws if a later deployment is in progress.
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
 * Returns whether the deployment that sent the request goes forward or is rolled back. A creation always counts as `forward`, because CloudFormation
 * ignores the response for a resource whose creation it has cancelled.
 */
export async function directionOfUpdate({ RequestType, StackId, RequestedAt }: IsCompleteRequest,
  cloudformation: CloudFormationClient): Promise<Fact<Direction>> {
  return ask(async () => (RequestType === 'Update' ? describeDirection(cloudformation, StackId, RequestedAt) : 'forward'));
}
