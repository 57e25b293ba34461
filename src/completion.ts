import { Duration } from 'aws-cdk-lib';

/** How long a deployment waits for an import. */
export interface WaitForOptions {
  /**
   * Until when the deployment waits for the job to end, counted from the start of the wait. It includes the time that the job
   * spends in HealthLake's queue: HealthLake runs one import at a time in a data store.
   *
   * Between 1 and 50 minutes: CloudFormation ends a custom resource after one hour.
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
   * @throws if the time-out is not between 1 and 50 minutes in whole seconds.
   */
  public static waitFor(options: WaitForOptions = {}): Completion {
    const timeout = options.timeout ?? Duration.minutes(50);
    if (!timeout.isUnresolved()) {
      const milliseconds = timeout.toMilliseconds();
      if (milliseconds % 1000 !== 0) {
        throw new Error(`the timeout of an import must be in whole seconds, got ${milliseconds} milliseconds; round it up`);
      }
      if (milliseconds < 60_000 || milliseconds > 3_000_000) {
        throw new Error(`the timeout of an import must be between 1 and 50 minutes, got ${timeout.toHumanString()}; `
          + (milliseconds < 60_000 ? 'give it a minute at least' : 'split the data set into several imports if it takes longer'));
      }
    }
    return new Completion(timeout);
  }

  private constructor(private readonly timeout: Duration) {}

  /** @internal */
  public _timeout(): Duration {
    return this.timeout;
  }
}
