import { Datastore, type DatastoreSetup } from './datastore';
import { ResourceStore, type StoredResource } from './resource-store';
import type { JobQueue } from '../jobs/job-queue';
import type { ResolvedOptions } from '../options';
import { ServiceError, type Clock } from '../ports';

/** The data stores of the account. */
export class Datastores {
  private readonly byId = new Map<string, Datastore>();

  public constructor(
    private readonly clock: Clock, private readonly options: ResolvedOptions, private readonly newQueue: (resources: ResourceStore) => JobQueue,
  ) {}

  /** Adds a data store. A restored data store starts with the resources in `restored`. */
  public add(setup: Pick<DatastoreSetup, 'id' | 'arn' | 'endpoint' | 'request' | 'restoredFrom'>, restored?: readonly StoredResource[]): Datastore {
    const resources = new ResourceStore(restored);
    const datastore = new Datastore({
      ...setup,
      sequence: this.byId.size,
      createdAt: Math.floor(this.clock.now()),
      resources,
      queues: { import: this.newQueue(resources), export: this.newQueue(resources) },
    }, this.options);
    this.byId.set(setup.id, datastore);
    return datastore;
  }

  /** Returns the data store with this id, whatever its status is. Throws if there is none. */
  public get(id: string): Datastore {
    const datastore = this.byId.get(id);
    if (!datastore || datastore.isForgotten(this.clock.now())) {
      throw datastoreNotFound(id);
    }
    return datastore;
  }

  /** Returns the data store with this id. Throws if it is DELETED, or in a transition state such as CREATING. */
  public getSettled(id: string): Datastore {
    const datastore = this.get(id);
    const status = datastore.status(this.clock.now());
    if (status === 'DELETED') {
      throw datastoreNotFound(id);
    }
    if (status !== 'ACTIVE' && status !== 'UPDATE_FAILED') {
      throw new ServiceError('ConflictException', `The data store ${id} is in a transition state: ${status}`);
    }
    return datastore;
  }

  /** Returns the data store with this id. Throws unless it is ACTIVE. */
  public getActive(id: string): Datastore {
    const datastore = this.get(id);
    const status = datastore.status(this.clock.now());
    if (status === 'DELETED') {
      throw datastoreNotFound(id);
    }
    if (status !== 'ACTIVE') {
      throw new ServiceError('ValidationException', `The data store ${id} is not ACTIVE: ${status}`);
    }
    return datastore;
  }

  public all(): Datastore[] {
    const now = this.clock.now();
    return [...this.byId.values()].filter((datastore) => !datastore.isForgotten(now));
  }
}

export function datastoreNotFound(id: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `The requested data store ${id} was not found`);
}
