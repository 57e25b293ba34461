import type { DatastoreStatus } from '@aws-sdk/client-healthlake';
import type { CreateDatastoreRequest, DatastoreProperties } from '../api/newer-types';
import type { Job } from '../jobs/job';
import type { JobQueue } from '../jobs/job-queue';
import type { JobKind, ResolvedOptions } from '../options';
import type { ResourceStore } from './resource-store';

/** The parts of a data store that never change. */
export interface DatastoreSetup {
  readonly id: string;
  readonly arn: string;
  readonly endpoint: string;
  readonly sequence: number;
  readonly createdAt: number;
  readonly request: CreateDatastoreRequest;
  readonly resources: ResourceStore;
  readonly queues: Readonly<Record<JobKind, JobQueue>>;
}

/** One data store. Its status is computed from the clock's time, without a timer. */
export class Datastore {
  public readonly id: string;
  public readonly sequence: number;
  public readonly createdAt: number;
  public readonly resources: ResourceStore;
  public readonly queues: Readonly<Record<JobKind, JobQueue>>;
  /** The import and export jobs, oldest first. */
  public readonly jobs: Job[] = [];
  private deletionRequestedAt = Infinity;

  public constructor(private readonly setup: DatastoreSetup, private readonly options: ResolvedOptions) {
    ({ id: this.id, sequence: this.sequence, createdAt: this.createdAt, resources: this.resources, queues: this.queues } = setup);
  }

  public jobsOf(kind: JobKind): Job[] {
    return this.jobs.filter((job) => job.kind === kind);
  }

  /** Returns the properties that DescribeFHIRDatastore shows. The emulator preloads no data, whatever PreloadDataConfig specifies. */
  public properties(now: number): DatastoreProperties {
    const { arn, endpoint, request } = this.setup;
    return {
      DatastoreId: this.id,
      DatastoreArn: arn,
      DatastoreName: request.DatastoreName,
      DatastoreStatus: this.status(now),
      CreatedAt: new Date(this.createdAt),
      DatastoreTypeVersion: request.DatastoreTypeVersion,
      DatastoreEndpoint: endpoint,
      SseConfiguration: request.SseConfiguration ?? { KmsEncryptionConfig: { CmkType: 'AWS_OWNED_KMS_KEY' } },
      PreloadDataConfig: request.PreloadDataConfig,
      IdentityProviderConfiguration: request.IdentityProviderConfiguration ?? { AuthorizationStrategy: 'AWS_AUTH' },
      AnalyticsConfiguration: request.AnalyticsConfiguration,
      NlpConfiguration: request.NlpConfiguration,
      ProfileConfiguration: request.ProfileConfiguration,
      BackupStatusInfo: request.BackupConfiguration && { Configuration: request.BackupConfiguration },
    };
  }

  public status(now: number): DatastoreStatus {
    if (now >= this.deletionRequestedAt + this.options.datastoreDeletionMs) {
      return 'DELETED';
    }
    if (now >= this.deletionRequestedAt) {
      return 'DELETING';
    }
    return now >= this.createdAt + this.options.datastoreCreationMs ? 'ACTIVE' : 'CREATING';
  }

  /** Whether the data store can no longer be described. */
  public isForgotten(now: number): boolean {
    return now >= this.deletionRequestedAt + this.options.datastoreDeletionMs + this.options.deletedDatastoreRetentionMs;
  }

  /** Starts the deletion of the data store, and deletes its resources at once. */
  public markDeleted(now: number): void {
    this.deletionRequestedAt = now;
    this.resources.clear();
  }
}
