import {
  CreateFHIRDatastore$, DeleteFHIRDatastore$, DescribeFHIRDatastore$, DescribeFHIRExportJob$, DescribeFHIRImportJob$, ListFHIRDatastores$,
  ListFHIRExportJobs$, ListFHIRImportJobs$, StartFHIRExportJob$, StartFHIRImportJob$,
  type DatastoreProperties, type ExportJobProperties, type ImportJobProperties,
} from '@aws-sdk/client-healthlake';
import type { StaticOperationSchema } from '@smithy/types';
import { Gate } from './access';
import { decodeRequest, encodeError, encodeResponse, type HealthLakeResponse } from './api/codec';
import { Datastores } from './datastores/datastores';
import type { StoredResource } from './datastores/resource-store';
import { Ids } from './ids';
import { JobJournal, type JobListener } from './jobs/job-journal';
import { JobQueue } from './jobs/job-queue';
import { JobRunner } from './jobs/job-runner';
import { exportJobs, importJobs, Jobs } from './operations/job-operations';
import { resolveOptions, type HealthLakeOptions } from './options';
import { ServiceError, type Caller, type HealthLakePorts } from './ports';

/** One API call, as it comes over the wire. */
export interface HealthLakeRequest {
  /** What `X-Amz-Target` names, without the prefix. */
  readonly operation: string;
  readonly body: Buffer;
  readonly caller: Caller;
}

type Operation = (body: Buffer, caller: Caller) => Promise<HealthLakeResponse>;

/**
 * A little AWS HealthLake: data stores, import and export jobs. What it stores is held in memory, and so is the output of
 * the input file that is being read. It has no FHIR REST API and does not validate FHIR beyond `judgeLine`.
 */
export class HealthLake {
  private readonly datastores: Datastores;
  private readonly journal: JobJournal;
  private readonly operations: Readonly<Record<string, Operation>>;
  private readonly underWay = new Set<Promise<HealthLakeResponse>>();
  private allStalled = false;

  public constructor(private readonly ports: HealthLakePorts, options: HealthLakeOptions = {}) {
    const resolved = resolveOptions(options);
    const gate = new Gate(ports);
    const ids = new Ids(resolved.seed);
    this.journal = new JobJournal(ports.clock);
    const runner = new JobRunner(ports, this.journal, (role, datastoreId) => gate.assumeRole(role, datastoreId));
    this.datastores = new Datastores(ports, resolved, gate, ids, (datastore) => {
      const queue = new JobQueue(ports.clock, this.journal, (job, signal) => runner.run(job, datastore().resources, signal));
      if (this.allStalled) {
        queue.stall();
      }
      return queue;
    });
    this.operations = operationsOf(this.datastores, new Jobs(ports.clock, resolved, gate, ids, this.datastores));
  }

  /** Answers one call; errors too are answers. */
  public async handle(request: HealthLakeRequest): Promise<HealthLakeResponse> {
    const answer = this.answer(request);
    this.underWay.add(answer);
    try {
      return await answer;
    } finally {
      this.underWay.delete(answer);
    }
  }

  /** Calls the listener at every change of a job, until the returned function is called. */
  public observe(listener: JobListener): () => void {
    return this.journal.observe(listener);
  }

  public datastoreProperties(): DatastoreProperties[] {
    return this.datastores.all().map((datastore) => datastore.properties(this.ports.clock.now()));
  }

  /** The oldest first. */
  public importJobs(datastoreId: string): ImportJobProperties[] {
    return importJobs(this.datastores.get(datastoreId)).map((job) => ({ ...job.properties }));
  }

  /** The oldest first. */
  public exportJobs(datastoreId: string): ExportJobProperties[] {
    return exportJobs(this.datastores.get(datastoreId)).map((job) => ({ ...job.properties }));
  }

  /** The stored resources, of one type or of all. */
  public resources(datastoreId: string, resourceType?: string): StoredResource[] {
    const { resources } = this.datastores.get(datastoreId);
    return (resourceType === undefined ? resources.types() : [resourceType]).flatMap((type) => resources.ofType(type));
  }

  public resource(datastoreId: string, resourceType: string, id: string): StoredResource | undefined {
    return this.datastores.get(datastoreId).resources.get(resourceType, id);
  }

  /** Lets no waiting job start any more: of one data store, or of all there are and will be. */
  public stallQueue(datastoreId?: string): void {
    this.allStalled ||= datastoreId === undefined;
    for (const queue of this.queues(datastoreId)) {
      queue.stall();
    }
  }

  /** The opposite of `stallQueue`. */
  public resumeQueue(datastoreId?: string): void {
    this.allStalled &&= datastoreId !== undefined;
    for (const queue of this.queues(datastoreId)) {
      queue.resume();
    }
  }

  /** Stops all jobs where they are, and waits until nothing runs any more. */
  public async close(): Promise<void> {
    await Promise.all(this.underWay);
    await Promise.all(this.queues().map((queue) => queue.close()));
  }

  private async answer({ operation, body, caller }: HealthLakeRequest): Promise<HealthLakeResponse> {
    try {
      if (!Object.hasOwn(this.operations, operation)) {
        throw new ServiceError('UnknownOperationException', `The operation ${operation} is not known`);
      }
      return await this.operations[operation](body, caller);
    } catch (error) {
      return encodeError(error);
    }
  }

  private queues(datastoreId?: string): JobQueue[] {
    const datastores = datastoreId === undefined ? this.datastores.all() : [this.datastores.get(datastoreId)];
    return datastores.flatMap((datastore) => Object.values(datastore.queues));
  }
}

function operationsOf(datastores: Datastores, jobs: Jobs): Readonly<Record<string, Operation>> {
  return {
    CreateFHIRDatastore: route(CreateFHIRDatastore$, (input, caller) => datastores.create(input, caller)),
    DescribeFHIRDatastore: route(DescribeFHIRDatastore$, (input, caller) => datastores.describe(input, caller)),
    ListFHIRDatastores: route(ListFHIRDatastores$, (input, caller) => datastores.list(input, caller)),
    DeleteFHIRDatastore: route(DeleteFHIRDatastore$, (input, caller) => datastores.delete(input, caller)),
    StartFHIRImportJob: route(StartFHIRImportJob$, (input, caller) => jobs.startImport(input, caller)),
    DescribeFHIRImportJob: route(DescribeFHIRImportJob$, (input, caller) => jobs.describeImport(input, caller)),
    ListFHIRImportJobs: route(ListFHIRImportJobs$, (input, caller) => jobs.listImports(input, caller)),
    StartFHIRExportJob: route(StartFHIRExportJob$, (input, caller) => jobs.startExport(input, caller)),
    DescribeFHIRExportJob: route(DescribeFHIRExportJob$, (input, caller) => jobs.describeExport(input, caller)),
    ListFHIRExportJobs: route(ListFHIRExportJobs$, (input, caller) => jobs.listExports(input, caller)),
  };
}

// `any`: the schema that decoding goes by has the type of the input, but TypeScript can't read it out of the schema.
function route(schema: StaticOperationSchema, run: (input: any, caller: Caller) => Promise<unknown>): Operation {
  return async (body, caller) => encodeResponse(schema, await run(await decodeRequest(schema, body), caller));
}
