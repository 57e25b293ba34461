import type { Laptop, LaptopOptions } from './laptop';
import { during, inputOf, PAUSE, pausedWaiters, skipTo } from './pauses';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Each skip ends this long before the next job end or time-out. It is longer than `PAUSE`, so that the framework calls isComplete once more before. */
const NEAR = 2 * PAUSE;

/** Lets a test set the duration of the jobs. */
export class TimedJobs {
  /** The duration in minutes of each job that is submitted from now on. */
  public minutes = 30;
  private readonly durations = new Map<string, number>();

  /** Options for a laptop on which the test skips time itself. Its clock runs 30 times as fast as real time. */
  public readonly options: LaptopOptions = {
    skipsPauses: false,
    timeScale: 30,
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
