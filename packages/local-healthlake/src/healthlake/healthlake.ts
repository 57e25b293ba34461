import { createHash } from 'node:crypto';
import type { ExportJobProperties, ImportJobProperties, JobStatus } from '@aws-sdk/client-healthlake';
import { Access } from './access';
import { decodeRequest, encodeError, encodeResponse, type HealthLakeResponse } from './api/codec';
import type { DatastoreProperties } from './api/newer-types';
import { Datastores } from './datastores/datastores';
import type { StoredResource } from './datastores/resource-store';
import { FhirApi, type FhirRequest } from './fhir/fhir-api';
import type { FhirResponse } from './fhir/outcome';
import { endedJob, type EndedJobDetails } from './jobs/ended-job';
import { JobJournal, type JobListener } from './jobs/job-journal';
import { JobQueue } from './jobs/job-queue';
import { JobRunner } from './jobs/job-runner';
import { ClientTokens } from './operations/client-tokens';
import { datastoreOperations } from './operations/datastore-operations';
import { jobOperations } from './operations/job-operations';
import type { OperationContext, Operations } from './operations/operation';
import { restoreOperation } from './operations/restore-operation';
import { tagOperations } from './operations/tag-operations';
import { resolveOptions, type HealthLakeOptions, type JobKind } from './options';
import { ServiceError, type Caller, type HealthLakePorts } from './ports';

/** One API call. */
export interface HealthLakeRequest {
  /** The name of the operation, e.g. `ListFHIRImportJobs`. */
  readonly operation: string;
  readonly body: Buffer;
  readonly caller: Caller;
}

/**
 * Emulates HealthLake in memory, with data stores, import jobs and export jobs. The folder `operations` contains the API operations.
 * The folder `fhir` contains the FHIR API. Only `judgeLine` validates resources.
 */
export class HealthLake {
  private readonly datastores: Datastores;
  private readonly journal: JobJournal;
  private readonly operations: Operations;
  private readonly fhirApi: FhirApi;
  private readonly newId: () => string;
  private readonly pendingCalls = new Set<Promise<HealthLakeResponse>>();
  private allStalled = false;

  public constructor(private readonly ports: HealthLakePorts, options: HealthLakeOptions = {}) {
    const resolved = resolveOptions(options);
    const access = new Access(ports);
    this.journal = new JobJournal(ports.clock);
    const runner = new JobRunner(ports.clock, this.journal, access, resolved);
    this.datastores = new Datastores(ports.clock, resolved, (resources) => {
      const queue = new JobQueue(ports.clock, this.journal, (job, signal) => runner.run(job, resources, signal));
      if (this.allStalled) {
        queue.stall();
      }
      return queue;
    });
    this.newId = idsFrom(resolved.seed);
    const context: OperationContext = {
      ports, access, options: resolved, datastores: this.datastores, tokens: new ClientTokens(resolved), newId: this.newId,
    };
    this.fhirApi = new FhirApi(ports, access, this.datastores, context.newId);
    this.operations = { ...datastoreOperations(context), ...restoreOperation(context), ...tagOperations(context), ...jobOperations(context) };
  }

  /** Handles one API call. Never rejects: returns errors as HTTP responses. */
  public async handle(request: HealthLakeRequest): Promise<HealthLakeResponse> {
    const answer = this.answer(request);
    this.pendingCalls.add(answer);
    try {
      return await answer;
    } finally {
      this.pendingCalls.delete(answer);
    }
  }

  /** Handles one request to the FHIR API. Never rejects: returns errors as HTTP responses. */
  public async handleFhir(request: FhirRequest): Promise<FhirResponse> {
    return this.fhirApi.answer(request);
  }

  /** Calls the listener at every change of a job. The returned function removes the listener. */
  public observe(listener: JobListener): () => void {
    return this.journal.observe(listener);
  }

  public datastoreProperties(): DatastoreProperties[] {
    return this.datastores.all().map((datastore) => datastore.properties(this.ports.clock.now()));
  }

  /** The import jobs of a data store, oldest first. */
  public importJobs(datastoreId: string): ImportJobProperties[] {
    return this.datastores.get(datastoreId).jobsOf('import').map((job) => ({ ...job.properties }));
  }

  /** The export jobs of a data store, oldest first. */
  public exportJobs(datastoreId: string): ExportJobProperties[] {
    return this.datastores.get(datastoreId).jobsOf('export').map((job) => ({ ...job.properties }));
  }

  /** Adds a job that ends at once, without reading or writing any data. Lists show it like the other jobs, and it has the events of its submission and end. */
  public addEndedJob(kind: JobKind, datastoreId: string, status: JobStatus, details: EndedJobDetails = {}): void {
    const datastore = this.datastores.get(datastoreId);
    const job = endedJob(kind, datastoreId, this.newId(), datastore.jobs.length, new Date(this.ports.clock.now()), details);
    datastore.jobs.push(job);
    this.journal.submitted(job);
    this.journal.ended(job, status, details.message);
  }

  /** The stored resources of one type, or of all types. */
  public resources(datastoreId: string, resourceType?: string): StoredResource[] {
    const { resources } = this.datastores.get(datastoreId);
    return (resourceType === undefined ? resources.types() : [resourceType]).flatMap((type) => resources.ofType(type));
  }

  public resource(datastoreId: string, resourceType: string, id: string): StoredResource | undefined {
    return this.datastores.get(datastoreId).resources.get(resourceType, id);
  }

  /** Stops the queues of one data store, or of all present and future data stores. Running jobs continue. */
  public stallQueue(datastoreId?: string): void {
    this.allStalled ||= datastoreId === undefined;
    this.queues(datastoreId).forEach((queue) => queue.stall());
  }

  /** Undoes `stallQueue`. */
  public resumeQueue(datastoreId?: string): void {
    this.allStalled &&= datastoreId !== undefined;
    this.queues(datastoreId).forEach((queue) => queue.resume());
  }

  /** Stops all jobs without changing their status, and waits until no job runs. */
  public async close(): Promise<void> {
    await Promise.all(this.pendingCalls);
    await Promise.all(this.queues().map((queue) => queue.close()));
  }

  private async answer({ operation, body, caller }: HealthLakeRequest): Promise<HealthLakeResponse> {
    try {
      if (!Object.hasOwn(this.operations, operation)) {
        throw new ServiceError('UnknownOperationException', `The operation ${operation} is not known`);
      }
      return encodeResponse(operation, await this.operations[operation](decodeRequest(operation, body) as never, caller));
    } catch (error) {
      return encodeError(error);
    }
  }

  private queues(datastoreId?: string): JobQueue[] {
    const datastores = datastoreId === undefined ? this.datastores.all() : [this.datastores.get(datastoreId)];
    return datastores.flatMap((datastore) => Object.values(datastore.queues));
  }
}

/** Returns a function that generates the ids of data stores and jobs. An id has 32 hex digits. */
function idsFrom(seed: string): () => string {
  let count = 0;
  return () => createHash('sha256').update(`${seed}/${count += 1}`).digest('hex').slice(0, 32);
}
