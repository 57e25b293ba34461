import { setTimeout as sleep } from 'node:timers/promises';
import type { Laptop } from './laptop';
import type { LocalAws, LocalAwsOptions } from '../../../packages/local-aws/src/aws';
import type { Stack } from '../../../packages/local-aws/src/cloudformation/stacks/stack';
import type { Execution } from '../../../packages/local-aws/src/stepfunctions/stepfunctions';
import { QUERY_INTERVAL_SECONDS } from '../../../src/contract';
import { arePaused } from '../../support/executions';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The pause of the provider framework between two calls of isComplete. */
const PAUSE = QUERY_INTERVAL_SECONDS * SECOND;

/** Each skip ends this long before the next job end or time-out. It is longer than `PAUSE`, so that the framework calls isComplete once more before. */
const NEAR = 2 * PAUSE;

/** Lets a test set the duration of the jobs. */
export class TimedJobs {
  /** The duration in minutes of each job that is submitted from now on. */
  public minutes = 30;
  private readonly durations = new Map<string, number>();

  /** Options for the local AWS. Its clock runs 60 times as fast as real time. */
  public readonly options: LocalAwsOptions = {
    timeScale: 60,
    healthlake: {
      overrideJob: ({ jobId }) => {
        this.durations.set(jobId, this.minutes * MINUTE);
        return { pace: { minimumDurationMs: this.minutes * MINUTE } };
      },
    },
  };

  /** Returns the time when the running job will end, or undefined if no job runs. The local HealthLake runs one job at a time. */
  public nextEnd(laptop: Laptop): number | undefined {
    const jobs = laptop.jobs();
    const running = jobs.find(({ EndTime: endedAt }) => endedAt === undefined);
    const ended = jobs.flatMap(({ EndTime: endedAt }) => endedAt?.getTime() ?? []);
    return running && Math.max(running.SubmitTime!.getTime(), ...ended) + this.durations.get(running.JobId!)!;
  }
}

/** Skips time while a deployment only waits. Each skip ends shortly before a job ends or a custom resource times out. */
export async function inTimeLapse<T>(laptop: Laptop, jobs: TimedJobs, deployment: Promise<T>): Promise<T> {
  return during(deployment, () => {
    const nextEnd = jobs.nextEnd(laptop);
    const waiters = pausedWaiters(laptop.aws);
    if (nextEnd !== undefined && waiters) {
      // A custom resource may end up to 75 s after its deadline. During these 75 s the deadline is in the past, so `skipTo` skips nothing.
      skipTo(laptop, Math.min(nextEnd, ...waiters.map((waiter) => inputOf(waiter).Deadline)) - NEAR);
    }
  });
}

/** Skips the framework's query intervals until a deployment is over. The framework still makes every poll at its scheduled time. */
export async function skippingPauses<T>(laptop: Laptop, deployment: Promise<T>): Promise<T> {
  return during(deployment, () => {
    const waiters = pausedWaiters(laptop.aws);
    if (waiters) {
      skipTo(laptop, Math.min(...waiters.map(({ history }) => history.events.at(-1)!.timestamp * SECOND + PAUSE)));
    }
  });
}

function skipTo(laptop: Laptop, time: number): void {
  const ms = time - laptop.aws.clock.now();
  if (ms > 0) {
    laptop.skip(ms);
  }
}

async function during<T>(work: Promise<T>, skip: () => void): Promise<T> {
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
function pausedWaiters(aws: LocalAws): Execution[] | undefined {
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

function inputOf({ setup }: Execution): WaiterInput {
  return JSON.parse(setup.input);
}
