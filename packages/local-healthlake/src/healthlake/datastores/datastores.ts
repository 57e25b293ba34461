import type {
  CreateFHIRDatastoreRequest, CreateFHIRDatastoreResponse, DeleteFHIRDatastoreRequest, DeleteFHIRDatastoreResponse,
  DescribeFHIRDatastoreRequest, DescribeFHIRDatastoreResponse, ListFHIRDatastoresRequest, ListFHIRDatastoresResponse,
} from '@aws-sdk/client-healthlake';
import { Datastore } from './datastore';
import type { Gate } from '../access';
import type { Ids } from '../ids';
import type { JobQueue } from '../jobs/job-queue';
import { JobAbortion } from '../jobs/job-runner';
import { ClientTokens } from '../operations/client-tokens';
import { paginate } from '../operations/pagination';
import type { ResolvedOptions } from '../options';
import { ServiceError, type Caller, type HealthLakePorts } from '../ports';

/** The data stores of the account, and the operations on them. */
export class Datastores {
  private readonly byId = new Map<string, Datastore>();
  private readonly tokens: ClientTokens;

  public constructor(
    private readonly ports: HealthLakePorts,
    private readonly options: ResolvedOptions,
    private readonly gate: Gate,
    private readonly ids: Ids,
    private readonly newQueue: (datastore: () => Datastore) => JobQueue,
  ) {
    this.tokens = new ClientTokens(options);
  }

  public async create(input: CreateFHIRDatastoreRequest, caller: Caller): Promise<CreateFHIRDatastoreResponse> {
    await this.gate.onAccount(caller, 'CreateFHIRDatastore');
    const datastore = await this.tokens.once('CreateFHIRDatastore', input, async () => this.add(input));
    return this.summary(datastore);
  }

  public async describe(input: DescribeFHIRDatastoreRequest, caller: Caller): Promise<DescribeFHIRDatastoreResponse> {
    await this.gate.onDatastore(caller, 'DescribeFHIRDatastore', input.DatastoreId!);
    return { DatastoreProperties: this.get(input.DatastoreId!).properties(this.ports.clock.now()) };
  }

  public async list(input: ListFHIRDatastoresRequest, caller: Caller): Promise<ListFHIRDatastoresResponse> {
    await this.gate.onAccount(caller, 'ListFHIRDatastores');
    const { DatastoreName, DatastoreStatus, CreatedBefore, CreatedAfter } = input.Filter ?? {};
    const now = this.ports.clock.now();
    const found = this.all().filter((datastore) => {
      const properties = datastore.properties(now);
      return (DatastoreName === undefined || properties.DatastoreName === DatastoreName)
        && (DatastoreStatus === undefined || properties.DatastoreStatus === DatastoreStatus)
        && (CreatedBefore === undefined || datastore.createdAt < CreatedBefore.getTime())
        && (CreatedAfter === undefined || datastore.createdAt > CreatedAfter.getTime());
    });
    const { items, nextToken } = paginate('ListFHIRDatastores', found, input);
    return { DatastorePropertiesList: items.map((datastore) => datastore.properties(now)), NextToken: nextToken };
  }

  /** AWS doesn't say what becomes of jobs that still run: here they end as failed. */
  public async delete(input: DeleteFHIRDatastoreRequest, caller: Caller): Promise<DeleteFHIRDatastoreResponse> {
    await this.gate.onDatastore(caller, 'DeleteFHIRDatastore', input.DatastoreId!);
    const datastore = this.get(input.DatastoreId!);
    const now = this.ports.clock.now();
    const status = datastore.status(now);
    if (status === 'DELETED') {
      throw notFound(datastore.id);
    }
    if (status !== 'ACTIVE') {
      throw new ServiceError('ConflictException', `The data store ${datastore.id} is in a transition state: ${status}`);
    }
    datastore.markDeleted(now);
    const reason = new JobAbortion('The data store was deleted');
    await Promise.all(Object.values(datastore.queues).map((queue) => queue.fail(reason)));
    datastore.resources.clear();
    return this.summary(datastore);
  }

  /** The data store, whatever its status. */
  public get(id: string): Datastore {
    const datastore = this.byId.get(id);
    if (!datastore || datastore.isForgotten(this.ports.clock.now())) {
      throw notFound(id);
    }
    return datastore;
  }

  /** The data store, if jobs may be started on it. */
  public getActive(id: string): Datastore {
    const datastore = this.get(id);
    const status = datastore.status(this.ports.clock.now());
    if (status === 'DELETED') {
      throw notFound(id);
    }
    if (status !== 'ACTIVE') {
      throw new ServiceError('ValidationException', `The data store ${id} is not ACTIVE: ${status}`);
    }
    return datastore;
  }

  public all(): Datastore[] {
    const now = this.ports.clock.now();
    return [...this.byId.values()].filter((datastore) => !datastore.isForgotten(now));
  }

  private add(request: CreateFHIRDatastoreRequest): Datastore {
    const id = this.ids.next();
    const self = (): Datastore => datastore;
    const datastore = new Datastore({
      id,
      arn: this.gate.datastoreArn(id),
      endpoint: `https://healthlake.${this.ports.region}.amazonaws.com/datastore/${id}/r4/`,
      sequence: this.byId.size,
      createdAt: Math.floor(this.ports.clock.now()),
      request,
      queues: { import: this.newQueue(self), export: this.newQueue(self) },
    }, this.options);
    this.byId.set(id, datastore);
    return datastore;
  }

  private summary(datastore: Datastore): CreateFHIRDatastoreResponse & DeleteFHIRDatastoreResponse {
    const { DatastoreId, DatastoreArn, DatastoreStatus, DatastoreEndpoint } = datastore.properties(this.ports.clock.now());
    return { DatastoreId, DatastoreArn, DatastoreStatus, DatastoreEndpoint };
  }
}

function notFound(id: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `The requested data store ${id} was not found`);
}
