import type {
  DescribeFHIRExportJobRequest, DescribeFHIRExportJobResponse, DescribeFHIRImportJobRequest, DescribeFHIRImportJobResponse,
  ListFHIRExportJobsRequest, ListFHIRExportJobsResponse, ListFHIRImportJobsRequest, ListFHIRImportJobsResponse, OutputDataConfig,
  StartFHIRExportJobRequest, StartFHIRExportJobResponse, StartFHIRImportJobRequest, StartFHIRImportJobResponse,
} from '@aws-sdk/client-healthlake';
import { ClientTokens } from './client-tokens';
import { paginate } from './pagination';
import type { Gate } from '../access';
import type { Datastore } from '../datastores/datastore';
import type { Datastores } from '../datastores/datastores';
import type { Ids } from '../ids';
import { jobFolder, type ExportJob, type ImportJob, type Job } from '../jobs/job';
import { listed } from '../jobs/job-list';
import type { JobKind, ResolvedOptions } from '../options';
import { ServiceError, type Caller, type Clock } from '../ports';
import { checkStart } from './start-checks';
import { asFolder, parseS3Uri, s3Uri, type S3Location } from '../runs/s3-location';

type StartRequest = StartFHIRImportJobRequest | StartFHIRExportJobRequest;

/** The operations on import and export jobs. */
export class Jobs {
  private readonly tokens: ClientTokens;
  private submitted = 0;

  public constructor(
    private readonly clock: Clock,
    private readonly options: ResolvedOptions,
    private readonly gate: Gate,
    private readonly ids: Ids,
    private readonly datastores: Datastores,
  ) {
    this.tokens = new ClientTokens(options);
  }

  public async startImport(input: StartFHIRImportJobRequest, caller: Caller): Promise<StartFHIRImportJobResponse> {
    return this.start('StartFHIRImportJob', input, caller, async () => {
      const location = parseS3Uri(input.InputDataConfig!.S3Uri!);
      const output = await this.check(input.DataAccessRoleArn!, input.DatastoreId!, input.JobOutputDataConfig!, location);
      const datastore = this.datastores.getActive(input.DatastoreId!);
      this.checkQueue(datastore);
      const base = this.newJob('import', input, output);
      const job: ImportJob = {
        ...base,
        kind: 'import',
        input: location,
        properties: {
          ...initialProperties(base, input, new Date(this.clock.now())),
          InputDataConfig: input.InputDataConfig,
          JobOutputDataConfig: outputConfig(base),
          ValidationLevel: input.ValidationLevel ?? 'strict',
        },
      };
      return enqueue(datastore, job);
    });
  }

  public async startExport(input: StartFHIRExportJobRequest, caller: Caller): Promise<StartFHIRExportJobResponse> {
    return this.start('StartFHIRExportJob', input, caller, async () => {
      const output = await this.check(input.DataAccessRoleArn!, input.DatastoreId!, input.OutputDataConfig!);
      const datastore = this.datastores.getActive(input.DatastoreId!);
      const base = this.newJob('export', input, output);
      const job: ExportJob = {
        ...base,
        kind: 'export',
        properties: { ...initialProperties(base, input, new Date(this.clock.now())), OutputDataConfig: outputConfig(base) },
      };
      return enqueue(datastore, job);
    });
  }

  public async describeImport(input: DescribeFHIRImportJobRequest, caller: Caller): Promise<DescribeFHIRImportJobResponse> {
    await this.gate.onDatastore(caller, 'DescribeFHIRImportJob', input.DatastoreId!);
    return { ImportJobProperties: this.find(importJobs, input.DatastoreId!, input.JobId!).properties };
  }

  public async describeExport(input: DescribeFHIRExportJobRequest, caller: Caller): Promise<DescribeFHIRExportJobResponse> {
    await this.gate.onDatastore(caller, 'DescribeFHIRExportJob', input.DatastoreId!);
    return { ExportJobProperties: this.find(exportJobs, input.DatastoreId!, input.JobId!).properties };
  }

  public async listImports(input: ListFHIRImportJobsRequest, caller: Caller): Promise<ListFHIRImportJobsResponse> {
    await this.gate.onDatastore(caller, 'ListFHIRImportJobs', input.DatastoreId!);
    const found = listed(importJobs(this.datastores.get(input.DatastoreId!)), input, this.clock.now() - this.options.listDelayMs);
    const { items, nextToken } = paginate('ListFHIRImportJobs', found, input);
    return { ImportJobPropertiesList: items.map((job) => job.properties), NextToken: nextToken };
  }

  public async listExports(input: ListFHIRExportJobsRequest, caller: Caller): Promise<ListFHIRExportJobsResponse> {
    await this.gate.onDatastore(caller, 'ListFHIRExportJobs', input.DatastoreId!);
    const found = listed(exportJobs(this.datastores.get(input.DatastoreId!)), input, this.clock.now() - this.options.listDelayMs);
    const { items, nextToken } = paginate('ListFHIRExportJobs', found, input);
    return { ExportJobPropertiesList: items.map((job) => job.properties), NextToken: nextToken };
  }

  private async start<I extends StartRequest>(
    operation: string, input: I, caller: Caller, submit: () => Promise<Job>,
  ): Promise<StartFHIRImportJobResponse> {
    await this.gate.onDatastore(caller, operation, input.DatastoreId!);
    await this.gate.toPassRole(caller, input.DataAccessRoleArn!);
    this.datastores.getActive(input.DatastoreId!);
    const job = await this.tokens.once(operation, input, submit);
    return { JobId: job.jobId, JobStatus: job.properties.JobStatus, DatastoreId: job.datastoreId };
  }

  /** HealthLake's own look at the locations before it takes a job on; gives the output location. */
  private async check(
    roleArn: string, datastoreId: string, outputDataConfig: OutputDataConfig, input?: S3Location,
  ): Promise<{ folder: S3Location; kmsKeyId: string }> {
    const { S3Uri, KmsKeyId } = outputDataConfig.S3Configuration!;
    const output = { folder: asFolder(parseS3Uri(S3Uri!)), kmsKeyId: KmsKeyId! };
    const access = await this.gate.assumeRole(roleArn, datastoreId);
    try {
      await checkStart(access, { input, output: output.folder, kmsKeyId: output.kmsKeyId });
    } finally {
      access.s3.destroy();
    }
    return output;
  }

  private checkQueue(datastore: Datastore): void {
    if (datastore.queues.import.length < this.options.queueLimit) {
      return;
    }
    throw new ServiceError('ThrottlingException', `The data store ${datastore.id} has ${this.options.queueLimit} queued import jobs already`);
  }

  private newJob(kind: JobKind, input: StartRequest, output: ExportJob['output']): Omit<ExportJob, 'kind' | 'properties'> {
    const jobId = this.ids.next();
    const datastoreId = input.DatastoreId!;
    const override = this.options.overrideJob({ kind, datastoreId, jobId, jobName: input.JobName });
    return {
      jobId,
      datastoreId,
      dataAccessRoleArn: input.DataAccessRoleArn!,
      sequence: this.submitted += 1,
      output: { ...output, folder: jobFolder(output.folder, kind, datastoreId, jobId) },
      pace: { ...this.options.pace, ...override?.pace },
      forced: override?.outcome,
      detour: override?.detour,
    };
  }

  private find<J extends Job>(jobsOf: (datastore: Datastore) => J[], datastoreId: string, jobId: string): J {
    const job = jobsOf(this.datastores.get(datastoreId)).find((candidate) => candidate.jobId === jobId);
    if (!job) {
      throw new ServiceError('ResourceNotFoundException', `The requested job ${jobId} was not found in data store ${datastoreId}`);
    }
    return job;
  }
}

/** The import jobs of a data store, the oldest first. */
export function importJobs(datastore: Datastore): ImportJob[] {
  return datastore.jobs.filter((job) => job.kind === 'import');
}

/** The export jobs of a data store, the oldest first. */
export function exportJobs(datastore: Datastore): ExportJob[] {
  return datastore.jobs.filter((job) => job.kind === 'export');
}

function enqueue(datastore: Datastore, job: Job): Job {
  datastore.jobs.push(job);
  datastore.queues[job.kind].enqueue(job);
  return job;
}

function initialProperties(job: Omit<ExportJob, 'kind' | 'properties'>, input: StartRequest, submitTime: Date) {
  return {
    JobId: job.jobId,
    JobName: input.JobName,
    JobStatus: 'SUBMITTED',
    SubmitTime: submitTime,
    DatastoreId: job.datastoreId,
    DataAccessRoleArn: job.dataAccessRoleArn,
  } as const;
}

/** What was asked for, but with the job's own folder. */
function outputConfig(job: Omit<ExportJob, 'kind' | 'properties'>): OutputDataConfig {
  return { S3Configuration: { S3Uri: s3Uri(job.output.folder), KmsKeyId: job.output.kmsKeyId } };
}
