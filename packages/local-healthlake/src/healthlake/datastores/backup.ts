import type { ResourceStore, StoredResource } from './resource-store';
import type { BackupConfiguration, BackupStatus } from '../api/newer-types';

const DAY_MS = 86_400_000;

/** The retention period of a backup whose configuration specifies none. AWS doesn't document the default retention period. */
const DEFAULT_RETENTION_DAYS = 30;

/** The times to which a data store can be restored. */
export interface RestoreWindow {
  readonly earliest: number;
  readonly latest: number;
}

/** The continuous backup of a data store. See https://docs.aws.amazon.com/healthlake/latest/devguide/managing-data-stores-restore.html. */
export class Backup {
  private configuration?: BackupConfiguration;
  private enabledAt = Infinity;

  public constructor(private readonly resources: ResourceStore) {}

  /** Whether a restored data store gets the tags of this data store. */
  public get includesTags(): boolean {
    return this.configuration?.BackupTagsEnabled ?? false;
  }

  public configure(changes: BackupConfiguration, now: number): void {
    const wasEnabled = this.isEnabled;
    this.configuration = { ...this.configuration, ...changes };
    if (this.isEnabled && !wasEnabled) {
      this.enabledAt = Math.floor(now); // whole milliseconds, so that the EarliestRestorePoint that Describe shows is in the restore window
    }
  }

  /** Returns the restore window; undefined if the backup is not enabled. A deleted data store can be restored to a time before its deletion. */
  public window(now: number, deletedAt: number): RestoreWindow | undefined {
    if (!this.isEnabled || now < this.enabledAt) {
      return undefined;
    }
    return { earliest: Math.max(this.enabledAt, Math.floor(now - this.retentionMs)), latest: Math.min(now, deletedAt) };
  }

  public resourcesAt(time: number): StoredResource[] {
    return this.resources.at(time);
  }

  /** Returns the backup status that DescribeFHIRDatastore shows; undefined if a backup was never configured. */
  public status(now: number, deletedAt: number): BackupStatus | undefined {
    const window = this.window(now, deletedAt);
    return this.configuration && {
      Configuration: this.configuration,
      ...(window && {
        BackupEnabledAt: new Date(this.enabledAt),
        EarliestRestorePoint: new Date(window.earliest),
        LatestRestorePoint: new Date(window.latest),
        ...(deletedAt < Infinity && { ScheduledPermanentDeletionTime: new Date(deletedAt + this.retentionMs) }),
      }),
    };
  }

  private get isEnabled(): boolean {
    return this.configuration?.Status === 'ENABLED';
  }

  private get retentionMs(): number {
    return (this.configuration?.RetentionPeriodInDays ?? DEFAULT_RETENTION_DAYS) * DAY_MS;
  }
}
