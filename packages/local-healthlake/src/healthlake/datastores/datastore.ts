import type { CreateFHIRDatastoreRequest, DatastoreProperties, DatastoreStatus } from '@aws-sdk/client-healthlake';
import type { Job } from '../jobs/job';
import type { JobQueue } from '../jobs/job-queue';
import type { JobKind, ResolvedOptions } from '../options';
import { ResourceStore } from './resource-store';

/** What a data store is made from. */
export interface DatastoreSetup {
  readonly id: string;
  readonly arn: string;
  readonly endpoint: string;
  readonly sequence: number;
  readonly createdAt: number;
  readonly request: CreateFHIRDatastoreRequest;
  readonly queues: Readonly<Record<JobKind, JobQueue>>;
}

/** One data store. Its status follows from the time; nothing has to happen for it to change. */
export class Datastore {
  public readonly id: string;
  public readonly sequence: number;
  public readonly createdAt: number;
  public readonly queues: Readonly<Record<JobKind, JobQueue>>;
  public readonly resources = new ResourceStore();
  public readonly jobs: Job[] = [];
  private deletionRequestedAt = Infinity;

  public constructor(private readonly setup: DatastoreSetup, private readonly options: ResolvedOptions) {
    ({ id: this.id, sequence: this.sequence, createdAt: this.createdAt, queues: this.queues } = setup);
  }

  /** PreloadDataConfig is accepted and preloads nothing. */
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

  /** Whether even its record is gone. */
  public isForgotten(now: number): boolean {
    return now >= this.deletionRequestedAt + this.options.datastoreDeletionMs + this.options.deletedDatastoreRetentionMs;
  }

  /** The resources go at once. */
  public markDeleted(now: number): void {
    this.deletionRequestedAt = now;
    this.resources.clear();
  }
}
