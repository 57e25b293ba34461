import { setTimeout as sleep } from 'node:timers/promises';
import type { Laptop } from './laptop';
import type { LocalAws, LocalAwsOptions } from '../../../packages/local-aws/src/aws';
import type { Stack } from '../../../packages/local-aws/src/cloudformation/stacks/stack';
import type { Execution } from '../../../packages/local-aws/src/stepfunctions/stepfunctions';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** What is ahead is waited for from this near, so that an invocation can wait for it: longer than the framework pauses. */
const NEAR = 20 * SECOND;

/** Jobs of one data store that take as long as they are meant to. */
export class TimedJobs {
  /** How long jobs take that are submitted from now on. */
  public minutes = 30;
  private readonly durations = new Map<string, number>();

  /** A clock that is fast enough for minutes; hours are skipped. */
  public readonly options: LocalAwsOptions = {
    timeScale: 60,
    healthlake: {
      overrideJob: ({ jobId }) => {
        this.durations.set(jobId, this.minutes * MINUTE);
        return { pace: { minimumDurationMs: this.minutes * MINUTE } };
      },
    },
  };

  /** When the job that runs will end, by the clock; undefined if none does. One runs at a time. */
  public nextEnd(laptop: Laptop): number | undefined {
    const jobs = laptop.jobs();
    const running = jobs.find(({ EndTime: endedAt }) => endedAt === undefined);
    const ended = jobs.flatMap(({ EndTime: endedAt }) => endedAt?.getTime() ?? []);
    return running && Math.max(running.SubmitTime!.getTime(), ...ended) + this.durations.get(running.JobId!)!;
  }
}

/** Lets the quiet hours of deployments pass at once. Whatever happens in between happens as it does. */
export async function inTimeLapse<T>(laptop: Laptop, jobs: TimedJobs, deployment: Promise<T>): Promise<T> {
  let isOver = false;
  const ended = deployment.finally(() => {
    isOver = true;
  });
  ended.catch(() => undefined);
  while (!isOver) {
    skipQuietTime(laptop, jobs);
    await sleep(2);
  }
  return ended;
}

/** Skips until shortly before the job ends or the time of a leg is up. */
function skipQuietTime(laptop: Laptop, jobs: TimedJobs): void {
  const { aws, aws: { clock } } = laptop;
  const nextEnd = jobs.nextEnd(laptop);
  const waiters = pausingWaiters(aws);
  if (nextEnd === undefined || waiters === undefined) {
    return;
  }
  const ahead = [nextEnd, ...waiters.map(({ Deadline }) => Deadline).filter((deadline) => deadline > clock.now())];
  const skip = Math.min(...ahead) - NEAR - clock.now();
  if (skip > 0) {
    clock.skip(skip);
  }
}

/** What the framework's waiter is started with, as far as it matters here. */
interface Waiting {
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly Deadline: number;
}

/**
 * The waiters, if all that goes on is their pause before the next attempt; else undefined. An event that is under way, to a function or from one
 * resource to the next, would be hours late.
 */
function pausingWaiters({ states, lambda, cloudformation }: LocalAws): Waiting[] | undefined {
  const executions = states.executions().filter(({ status }) => status === 'RUNNING');
  const waiters = executions.map(({ setup }) => JSON.parse(setup.input) as Waiting);
  const isQuiet = executions.length > 0
    && executions.every(isPausing)
    && lambda.invocations.every(({ endedAt }) => endedAt !== undefined)
    && cloudformation.stacks.live().every((stack) => isWaiting(stack, waiters));
  return isQuiet ? waiters : undefined;
}

function isPausing({ history }: Execution): boolean {
  return /Failed$/.test(history.events.at(-1)!.type);
}

/** Whether a stack is at rest, or each resource that it is at has a waiter. */
function isWaiting({ id, operation, resources }: Stack, waiters: readonly Waiting[]): boolean {
  const underWay = [...resources.values()].filter(({ status }) => status.endsWith('_IN_PROGRESS'));
  const hasWaiter = (logicalId: string) => waiters.some((waiter) => waiter.StackId === id && waiter.LogicalResourceId === logicalId);
  return operation === undefined || (underWay.length > 0 && underWay.every(({ logicalId }) => hasWaiter(logicalId)));
}
