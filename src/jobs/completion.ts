import { Duration } from 'aws-cdk-lib';
import { text } from '../private/text';

/**
 * The maximum time-out of one waiting resource, in seconds. CloudFormation ends a custom resource after one hour, and the response needs some minutes of that
 * hour.
 */
const LONGEST_LEG = 50 * 60;
const SHORTEST = Duration.minutes(1);
const LONGEST_TIMEOUT = Duration.hours(12);
const LONGEST_GIVE_UP_AFTER = Duration.days(14);

/** Options of `Completion.waitFor()`. */
export interface WaitForOptions {
  /**
   * The time that the deployment waits for the end of the job, from 1 minute to 12 hours. It includes the time that the job spends in HealthLake's queue:
   * HealthLake probably runs one import and one export at a time in an account and Region.
   *
   * CloudFormation ends a custom resource after one hour, so the construct has one more resource for every 50 minutes after the first. Changing the time-out
   * adds or removes these resources. It doesn't start or lose a job. If the time-out is a token, the library can't divide it among resources or check its
   * value, so the value must not be more than 50 minutes.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-customresource.html
   * @default Duration.minutes(50)
   */
  readonly timeout?: Duration;
}

/** Options of `Completion.detached()`. */
export interface DetachedOptions {
  /**
   * The time for which the monitor follows the job, from 1 minute to 14 days after the start of the deployment or of the run of a schedule. If the job is still
   * running at the end of this time, the job counts as failed. The library doesn't cancel the job, so it continues in HealthLake.
   *
   * In 14 days, an execution of the monitor stays below the 25,000 events that AWS Step Functions allows.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
   * @default Duration.days(7)
   */
  readonly giveUpAfter?: Duration;
}

/**
 * Determines how the deployment learns the outcome of an import or export.
 *
 * @example
 *
 * new FhirImport(this, 'Short', { datastore, source, completion: Completion.waitFor({ timeout: Duration.hours(3) }) });
 *
 * const long = new FhirImport(this, 'Long', { datastore, source, revision: '2', completion: Completion.detached() });
 * long.onSucceeded('Next', { target: new targets.LambdaFunction(nextStep) });
 */
export class Completion {
  /**
   * The deployment waits for the end of the job, and fails if the job fails or times out. After a time-out, the job continues in HealthLake.
   *
   * @throws if the time-out is not between 1 minute and 12 hours in whole seconds.
   */
  public static waitFor(options: WaitForOptions = {}): Completion {
    const timeout = options.timeout ?? Duration.minutes(50);
    validateSeconds('the timeout of a job', timeout, LONGEST_TIMEOUT, 'use Completion.detached() if the job takes longer');
    return new Completion(timeout, false);
  }

  /**
   * The deployment ends when HealthLake has accepted the job. The monitor, a state machine of the provider, follows the job to its end, judges it by the same
   * rules as `Completion.waitFor()`, and sends an event: see `onSucceeded()` and `onFailed()`. If the job fails, the stack doesn't change. The execution of
   * the state machine fails, and the `monitorAlarm()` or the `exportMonitorAlarm()` of the provider fires.
   *
   * CloudFormation considers the import or export complete when HealthLake has accepted its job, even if the job fails later. So set a new `revision` to import
   * corrected data, or to repeat an export. A monitor that is already running keeps the `errorTolerance`, the `giveUpAfter` and the event bus with which it was
   * started.
   *
   * @throws if `giveUpAfter` is not between 1 minute and 14 days in whole seconds.
   */
  public static detached(options: DetachedOptions = {}): Completion {
    const giveUpAfter = options.giveUpAfter ?? Duration.days(7);
    validateSeconds('giveUpAfter', giveUpAfter, LONGEST_GIVE_UP_AFTER, 'no job is known to take that long');
    return new Completion(giveUpAfter, true);
  }

  private constructor(
    private readonly timeout: Duration,
    /** Whether the deployment ends before the job does. */
    public readonly isDetached: boolean,
  ) {}

  /**
   * The time for which the monitor follows the job, in seconds.
   *
   * @internal
   */
  public get _giveUpAfterSeconds(): string {
    return text(this.timeout.toSeconds());
  }

  /**
   * Returns the time-out of each resource that waits for the job, in the order in which these resources wait. The last resource judges the job.
   *
   * @internal
   */
  public _shares(): Duration[] {
    if (this.timeout.isUnresolved()) {
      return [this.timeout];
    }
    const seconds = this.timeout.toSeconds();
    // The last resource gets as much time as possible. If the deployment is repeated after a time-out, this resource may be the only one that waits.
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
