import type { DatastoreProperties, DatastoreConfigurations } from '../api/newer-types';

/** The settings that UpdateFHIRDatastore can change, except the backup. */
export type ChangeableSettings = DatastoreConfigurations & Pick<DatastoreProperties, 'DatastoreName' | 'IdentityProviderConfiguration'>;

/** The time and the result of an update's end. */
export interface UpdateEnd {
  readonly endsAt: number;
  /** The reason for the update's failure; undefined if the update succeeds. */
  readonly failure?: string;
}

interface Update extends UpdateEnd {
  readonly target: Pick<DatastoreConfigurations, 'NlpConfiguration' | 'AnalyticsConfiguration'>;
}

/** The status that a configuration has during an update, by the requested status. */
const TRANSITIONS: Readonly<Record<string, string>> = { ENABLED: 'ENABLING', DISABLED: 'DISABLING', PAUSED: 'PAUSING' };

/**
 * The changeable settings of a data store. Changes of NLP and analytics take time and can fail; all other changes take effect at once.
 * See https://docs.aws.amazon.com/healthlake/latest/devguide/managing-data-stores-update.html.
 */
export class Settings {
  private settled: ChangeableSettings;
  private update?: Update;

  public constructor(initial: ChangeableSettings) {
    const { DatastoreName, IdentityProviderConfiguration, AnalyticsConfiguration, NlpConfiguration, ProfileConfiguration } = initial;
    this.settled = {
      DatastoreName,
      IdentityProviderConfiguration: IdentityProviderConfiguration ?? { AuthorizationStrategy: 'AWS_AUTH' },
      AnalyticsConfiguration,
      NlpConfiguration,
      ProfileConfiguration,
    };
  }

  public change({ NlpConfiguration, AnalyticsConfiguration, ...immediate }: ChangeableSettings, now: number, end: UpdateEnd): void {
    this.settled = { ...this.afterUpdate(now), ...immediate };
    const target = { ...(NlpConfiguration && { NlpConfiguration }), ...(AnalyticsConfiguration && { AnalyticsConfiguration }) };
    if (Object.keys(target).length > 0) {
      this.update = { ...end, target };
    }
  }

  public status(now: number): 'UPDATING' | 'UPDATE_FAILED' | 'ACTIVE' {
    if (this.update && now < this.update.endsAt) {
      return 'UPDATING';
    }
    return this.update?.failure === undefined ? 'ACTIVE' : 'UPDATE_FAILED';
  }

  /** Returns the properties that DescribeFHIRDatastore shows. */
  public properties(now: number): Partial<DatastoreProperties> {
    const settings = this.afterUpdate(now);
    switch (this.status(now)) {
      case 'UPDATING':
        return { ...settings, ...inTransition(this.update!.target) };
      case 'UPDATE_FAILED':
        return { ...settings, ErrorCause: { ErrorMessage: this.update!.failure, ErrorCategory: 'RETRYABLE_ERROR' } };
      default:
        return settings;
    }
  }

  /** Returns the settings, including the changes of the last update if it has succeeded. */
  private afterUpdate(now: number): ChangeableSettings {
    return this.update && this.status(now) === 'ACTIVE' ? { ...this.settled, ...this.update.target } : this.settled;
  }
}

function inTransition(target: Update['target']): Update['target'] {
  return Object.fromEntries(Object.entries(target).map(([name, { Status }]) => [name, { Status: Status && TRANSITIONS[Status] }]));
}
