import { setTimeout as sleep } from 'node:timers/promises';
import type { Laptop } from './laptop';
import type { LocalAws, LocalAwsOptions } from '../../../packages/local-aws/src/aws';
import type { Stack } from '../../../packages/local-aws/src/cloudformation/stacks/stack';
import type { Execution } from '../../../packages/local-aws/src/stepfunctions/stepfunctions';
import { arePaused } from '../../support/executions';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Skipping stops this long before the next event, so that a poll can wait for it. Longer than the framework's pause between polls. */
const NEAR = 20 * SECOND;

/** The framework's pause between polls. */
const POLL_INTERVAL = 10 * SECOND;

/** Jobs with a duration that the test sets. */
export class TimedJobs {
  /** Duration of the jobs that are submitted from now on. */
  public minutes = 30;
  private readonly durations = new Map<string, number>();

  /** At this scale minutes pass in seconds. Hours are skipped. */
  public readonly options: LocalAwsOptions = {
    timeScale: 60,
    healthlake: {
      overrideJob: ({ jobId }) => {
        this.durations.set(jobId, this.minutes * MINUTE);
        return { pace: { minimumDurationMs: this.minutes * MINUTE } };
      },
    },
  };

  /** Returns when the running job will end, or undefined if none runs. HealthLake runs one job at a time. */
  public nextEnd(laptop: Laptop): number | undefined {
    const jobs = laptop.jobs();
    const running = jobs.find(({ EndTime: endedAt }) => endedAt === undefined);
    const ended = jobs.flatMap(({ EndTime: endedAt }) => endedAt?.getTime() ?? []);
    return running && Math.max(running.SubmitTime!.getTime(), ...ended) + this.durations.get(running.JobId!)!;
  }
}

/** Skips quiet time until a deployment is over: to shortly before the job ends or the time of a leg is up. */
export async function inTimeLapse<T>(laptop: Laptop, jobs: TimedJobs, deployment: Promise<T>): Promise<T> {
  return during(deployment, () => {
    const { clock } = laptop.aws;
    const nextEnd = jobs.nextEnd(laptop);
    const waiters = pausedWaiters(laptop.aws);
    if (nextEnd !== undefined && waiters) {
      const deadlines = waiters.map((waiter) => inputOf(waiter).Deadline).filter((deadline) => deadline > clock.now());
      skipTo(laptop, Math.min(nextEnd, ...deadlines) - NEAR);
    }
  });
}

/** Skips the framework's pauses between polls until a deployment is over. Every poll is made, at its time. */
export async function skippingPauses<T>(laptop: Laptop, deployment: Promise<T>): Promise<T> {
  return during(deployment, () => {
    const waiters = pausedWaiters(laptop.aws);
    if (waiters) {
      skipTo(laptop, Math.min(...waiters.map(({ history }) => history.events.at(-1)!.timestamp * SECOND + POLL_INTERVAL)));
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

/** The input of the framework's waiter, as far as the tests read it. */
interface WaiterInput {
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly Deadline: number;
}

/**
 * Returns the framework's waiters if all of them pause before their next attempt and nothing else is under way, otherwise undefined.
 * An event under way, to a function or from one resource to the next, would be late after a skip.
 */
function pausedWaiters(aws: LocalAws): Execution[] | undefined {
  const waiters = aws.states.executions().filter(({ status }) => status === 'RUNNING');
  const isQuiet = waiters.length > 0 && arePaused(aws, waiters) && aws.cloudformation.stacks.live().every((stack) => isWaiting(stack, waiters));
  return isQuiet ? waiters : undefined;
}

/** Whether a stack is at rest, or each of its resources in progress has a waiter. */
function isWaiting({ id, operation, resources }: Stack, waiters: readonly Execution[]): boolean {
  const inputs = waiters.map(inputOf);
  const inProgress = [...resources.values()].filter(({ status }) => status.endsWith('_IN_PROGRESS'));
  const hasWaiter = (logicalId: string) => inputs.some(({ StackId, LogicalResourceId }) => StackId === id && LogicalResourceId === logicalId);
  return operation === undefined || (inProgress.length > 0 && inProgress.every(({ logicalId }) => hasWaiter(logicalId)));
}

function inputOf({ setup }: Execution): WaiterInput {
  return JSON.parse(setup.input);
}
