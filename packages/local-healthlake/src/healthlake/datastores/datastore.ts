import { Backup } from './backup';
import type { CreateDatastoreRequest, DatastoreProperties, DatastoreStatus, UpdateDatastoreRequest } from '../api/newer-types';
import type { Job } from '../jobs/job';
import type { JobQueue } from '../jobs/job-queue';
import type { JobKind, ResolvedOptions } from '../options';
import type { ResourceStore } from './resource-store';
import { Settings } from './settings';

/** The values with which a data store is created. */
export interface DatastoreSetup {
  readonly id: string;
  readonly arn: string;
  readonly endpoint: string;
  readonly sequence: number;
  readonly createdAt: number;
  readonly request: CreateDatastoreRequest;
  /** The id of the data store from which this data store is restored. */
  readonly restoredFrom?: string;
  readonly resources: ResourceStore;
  readonly queues: Readonly<Record<JobKind, JobQueue>>;
}

/** One data store. Its status is computed from the clock's time, without a timer. */
export class Datastore {
  public readonly id: string;
  public readonly sequence: number;
  public readonly createdAt: number;
  public readonly restoredFrom?: string;
  public readonly resources: ResourceStore;
  public readonly queues: Readonly<Record<JobKind, JobQueue>>;
  /** The import and export jobs, oldest first. */
  public readonly jobs: Job[] = [];
  public readonly backup: Backup;
  /** The tag values, by tag key. */
  public readonly tags: Map<string, string>;
  private readonly settings: Settings;
  private deletionRequestedAt = Infinity;

  public constructor(private readonly setup: DatastoreSetup, private readonly options: ResolvedOptions) {
    ({ id: this.id, sequence: this.sequence, createdAt: this.createdAt, resources: this.resources, queues: this.queues } = setup);
    const { Tags, BackupConfiguration } = setup.request;
    this.restoredFrom = setup.restoredFrom;
    this.settings = new Settings(setup.request);
    this.tags = new Map(Tags?.map(({ Key, Value }) => [Key!, Value!]));
    this.backup = new Backup(setup.resources);
    if (BackupConfiguration) {
      this.backup.configure(BackupConfiguration, this.createdAt + options.datastoreCreationMs);
    }
  }

  /** The customer managed key that encrypts the data store; undefined if AWS owns the key. */
  public get keyId(): string | undefined {
    return customerKey(this.setup.request);
  }

  public jobsOf(kind: JobKind): Job[] {
    return this.jobs.filter((job) => job.kind === kind);
  }

  /** Returns the properties that DescribeFHIRDatastore shows. The emulator preloads no data, whatever PreloadDataConfig specifies. */
  public properties(now: number): DatastoreProperties {
    const { arn, endpoint, request } = this.setup;
    return {
      ...this.settings.properties(now),
      DatastoreId: this.id,
      DatastoreArn: arn,
      DatastoreStatus: this.status(now),
      CreatedAt: new Date(this.createdAt),
      DatastoreTypeVersion: request.DatastoreTypeVersion,
      DatastoreEndpoint: endpoint,
      SseConfiguration: request.SseConfiguration ?? { KmsEncryptionConfig: { CmkType: 'AWS_OWNED_KMS_KEY' } },
      PreloadDataConfig: request.PreloadDataConfig,
      BackupStatusInfo: this.backup.status(now, this.deletionRequestedAt),
    };
  }

  public status(now: number): DatastoreStatus {
    if (now >= this.deletionRequestedAt + this.options.datastoreDeletionMs) {
      return 'DELETED';
    }
    if (now >= this.deletionRequestedAt) {
      return 'DELETING';
    }
    return now >= this.createdAt + this.options.datastoreCreationMs ? this.settings.status(now) : 'CREATING';
  }

  /** Whether the data store can no longer be described. */
  public isForgotten(now: number): boolean {
    return now >= this.deletionRequestedAt + this.options.datastoreDeletionMs + this.options.deletedDatastoreRetentionMs;
  }

  public update({ DatastoreId, BackupConfiguration, ...settings }: UpdateDatastoreRequest, now: number): void {
    this.settings.change(settings, now, { endsAt: now + this.options.datastoreUpdateMs, failure: this.options.failUpdate(this.id) });
    if (BackupConfiguration) {
      this.backup.configure(BackupConfiguration, now);
    }
  }

  /** Returns the times to which the data store can be restored; undefined if its backup is not enabled. */
  public restoreWindow(now: number) {
    return this.backup.window(now, this.deletionRequestedAt);
  }

  /** Starts the deletion of the data store, and deletes its resources at once. */
  public markDeleted(now: number): void {
    this.deletionRequestedAt = now;
    this.resources.clear();
  }
}

/** Returns the customer managed key of a request; undefined if AWS owns the key. */
export function customerKey({ SseConfiguration }: Pick<CreateDatastoreRequest, 'SseConfiguration'>): string | undefined {
  const { CmkType, KmsKeyId } = SseConfiguration?.KmsEncryptionConfig ?? {};
  return CmkType === 'CUSTOMER_MANAGED_KMS_KEY' ? KmsKeyId : undefined;
}
