import { Duration } from 'aws-cdk-lib';
import { text } from '../private/text';

/** CloudFormation ends a custom resource after one hour; the rest is for the answer. */
const LONGEST_LEG = 50 * 60;
const SHORTEST = Duration.minutes(1);
const LONGEST_TIMEOUT = Duration.hours(12);
const LONGEST_WATCH = Duration.days(14);

/** How long a deployment waits for an import. */
export interface WaitForOptions {
  /**
   * Until when the deployment waits for the job to end, counted from the start of the wait. It includes the time that the job
   * spends in HealthLake's queue: HealthLake probably runs one import at a time in an account and Region, whatever the data store.
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

/** What holds of a deployment that doesn't wait for an import. */
export interface DetachedOptions {
  /**
   * How long the job is watched, counted from the start of the deployment that has it started. When the time is up and the job still runs, the
   * import counts as failed; the job itself can't be cancelled and goes on at HealthLake.
   *
   * Between 1 minute and 14 days: AWS Step Functions keeps 25,000 events of an execution, and the pauses between two looks grow so that they last
   * for longer, whatever fails on the way.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
   * @default Duration.days(7)
   */
  readonly giveUpAfter?: Duration;
}

/**
 * How it is learnt how an import ended.
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
    validateSeconds('the timeout of an import', timeout, LONGEST_TIMEOUT, 'split the data set into several imports if it takes longer, or use Completion.detached()');
    return new Completion(timeout, false);
  }

  /**
   * The deployment ends when HealthLake has accepted the job. A state machine of the provider watches the job to its end, judges it as a
   * deployment would that waits, and puts an event: see `onSucceeded()` and `onFailed()` of the import. A failed import doesn't touch the
   * stack; it fails the execution of the state machine, for which there is an alarm.
   *
   * The import is complete, for CloudFormation, when it has begun. So mended data takes a new `revision`; and the watch of a job keeps the
   * `errorTolerance`, the `giveUpAfter` and the bus that the import had when the job was accepted.
   *
   * @throws if the time after which it gives up is not between 1 minute and 14 days in whole seconds.
   */
  public static detached(options: DetachedOptions = {}): Completion {
    const giveUpAfter = options.giveUpAfter ?? Duration.days(7);
    validateSeconds('giveUpAfter', giveUpAfter, LONGEST_WATCH, 'no import is known to take that long');
    return new Completion(giveUpAfter, true);
  }

  private constructor(
    private readonly timeout: Duration,
    /** Whether the deployment ends without waiting for the job to end. */
    public readonly isDetached: boolean,
  ) {}

  /**
   * When a detached import is given up, in seconds.
   *
   * @internal
   */
  public get _giveUpAfterSeconds(): string {
    return text(this.timeout.toSeconds());
  }

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

function validateSeconds(what: string, duration: Duration, longest: Duration, wayOut: string): void {
  if (duration.isUnresolved()) {
    return;
  }
  const milliseconds = duration.toMilliseconds();
  if (milliseconds % 1000 !== 0) {
    throw new Error(`${what} must be in whole seconds, got ${milliseconds} milliseconds; round it up`);
  }
  const isTooShort = milliseconds < SHORTEST.toMilliseconds();
  if (isTooShort || milliseconds > longest.toMilliseconds()) {
    throw new Error(`${what} must be between ${SHORTEST.toHumanString()} and ${longest.toHumanString()}, got ${duration.toHumanString()}; `
      + (isTooShort ? 'give it a minute at least' : wayOut));
  }
}
