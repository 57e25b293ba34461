import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalAws } from '../../../packages/local-aws/src/aws';
import type { Stack } from '../../../packages/local-aws/src/cloudformation/stacks/stack';
import type { Execution } from '../../../packages/local-aws/src/stepfunctions/stepfunctions';
import { QUERY_INTERVAL_SECONDS } from '../../../src/contract';
import { arePaused } from '../../support/executions';

const SECOND = 1000;

/** The pause of the provider framework between two calls of isComplete. */
export const PAUSE = QUERY_INTERVAL_SECONDS * SECOND;

/** A local AWS whose clock a test moves forward. */
export interface Skippable {
  readonly aws: LocalAws;
  skip(ms: number): void;
}

/** Skips the framework's query intervals until a deployment is over. The framework still makes every poll at its scheduled time. */
export async function skippingPauses<T>(laptop: Skippable, deployment: Promise<T>): Promise<T> {
  return during(deployment, () => {
    const waiters = pausedWaiters(laptop.aws);
    if (waiters) {
      skipTo(laptop, Math.min(...waiters.map(({ history }) => history.events.at(-1)!.timestamp * SECOND + PAUSE)));
    }
  });
}

export function skipTo(laptop: Skippable, time: number): void {
  const ms = time - laptop.aws.clock.now();
  if (ms > 0) {
    laptop.skip(ms);
  }
}

export async function during<T>(work: Promise<T>, skip: () => void): Promise<T> {
  let isOver = false;
  const ended = work.finally(() => {
    isOver = true;
  });
  ended.catch(() => undefined);
  while (!isOver) {
    skip();
    await sleep(2);
  }
  return ended;
}

/** The fields that tests read from the input of the framework's waiter state machine. */
interface WaiterInput {
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly Deadline: number;
}

/**
 * Returns the running executions of the framework's waiter state machine if all of them pause between two polls and no other work is in progress.
 * Otherwise returns undefined, because a skip would delay that work, such as a function call or the start of the next resource.
 */
export function pausedWaiters(aws: LocalAws): Execution[] | undefined {
  const waiters = aws.states.executions().filter(({ status }) => status === 'RUNNING');
  const isQuiet = waiters.length > 0 && arePaused(aws, waiters) && aws.cloudformation.stacks.live().every((stack) => isWaiting(stack, waiters));
  return isQuiet ? waiters : undefined;
}

/** Returns whether a stack has no operation in progress, or waits only for custom resources with a running waiter execution. */
function isWaiting({ id, operation, resources }: Stack, waiters: readonly Execution[]): boolean {
  const inputs = waiters.map(inputOf);
  const inProgress = [...resources.values()].filter(({ status }) => status.endsWith('_IN_PROGRESS'));
  const hasWaiter = (logicalId: string) => inputs.some(({ StackId, LogicalResourceId }) => StackId === id && LogicalResourceId === logicalId);
  return operation === undefined || (inProgress.length > 0 && inProgress.every(({ logicalId }) => hasWaiter(logicalId)));
}

export function inputOf({ setup }: Execution): WaiterInput {
  return JSON.parse(setup.input);
}
