import { Duration } from 'aws-cdk-lib';

/** CloudFormation ends a custom resource after one hour; the rest is for the answer. */
const LONGEST_LEG = 50 * 60;
const SHORTEST_TIMEOUT = 60;
const LONGEST_TIMEOUT = 12 * 60 * 60;

/** How long a deployment waits for an import. */
export interface WaitForOptions {
  /**
   * Until when the deployment waits for the job to end, counted from the start of the wait. It includes the time that the job
   * spends in HealthLake's queue: HealthLake runs one import at a time in a data store.
   *
   * Between 1 minute and 12 hours. CloudFormation ends a custom resource after one hour, so the import has one resource more for every
   * 50 minutes beyond the first. Changing the time-out adds or removes these resources; it starts no job and loses none.
   *
   * A time-out that is known at deployment only (a token) can't be divided among resources: it must not be more than 50 minutes, and
   * nothing checks that.
   *
   * @default Duration.minutes(50)
   */
  readonly timeout?: Duration;
}

/**
 * How a deployment learns how an import ended.
 */
export class Completion {
  /**
   * The deployment waits until the job has ended, and fails if the import failed or the time is up.
   *
   * Imports can't be cancelled: after a time-out the job goes on at HealthLake.
   *
   * @throws if the time-out is not between 1 minute and 12 hours in whole seconds.
   */
  public static waitFor(options: WaitForOptions = {}): Completion {
    const timeout = options.timeout ?? Duration.minutes(50);
    if (!timeout.isUnresolved()) {
      const milliseconds = timeout.toMilliseconds();
      if (milliseconds % 1000 !== 0) {
        throw new Error(`the timeout of an import must be in whole seconds, got ${milliseconds} milliseconds; round it up`);
      }
      const seconds = milliseconds / 1000;
      if (seconds < SHORTEST_TIMEOUT || seconds > LONGEST_TIMEOUT) {
        throw new Error(`the timeout of an import must be between 1 minute and 12 hours, got ${timeout.toHumanString()}; `
          + (seconds < SHORTEST_TIMEOUT ? 'give it a minute at least' : 'split the data set into several imports if it takes longer'));
      }
    }
    return new Completion(timeout);
  }

  private constructor(private readonly timeout: Duration) {}

  /**
   * How long each of the resources waits that come one after the other; the last one judges.
   *
   * @internal
   */
  public _shares(): Duration[] {
    if (this.timeout.isUnresolved()) {
      return [this.timeout];
    }
    const seconds = this.timeout.toSeconds();
    // All of a leg for the last one: should everything fail there, the same deployment again waits for that long.
    const last = Math.min(LONGEST_LEG, seconds);
    const before = Array.from({ length: Math.ceil(seconds / LONGEST_LEG) - 1 }, (_, n) => Math.min(LONGEST_LEG, seconds - last - n * LONGEST_LEG));
    return [...before, last].map((share) => Duration.seconds(share));
  }
}
