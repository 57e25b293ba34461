import type { DescribeFHIRImportJobRequest, ListFHIRImportJobsRequest, StartFHIRExportJobRequest, StartFHIRImportJobResponse } from '@aws-sdk/client-healthlake';
import type { OperationContext, Operations } from './operation';
import { paginate, type Page } from './pagination';
import { checkFolder, checkStart, refuseTransformation } from './start-checks';
import type { StartImportRequest } from '../api/newer-types';
import { jobFolder, type Job } from '../jobs/job';
import type { JobKind } from '../options';
import { ServiceError, type Caller } from '../ports';
import { asFolder, parseS3Uri, s3Uri } from '../runs/s3-location';

/** A request to start an import or an export. An import has `JobOutputDataConfig`, and an export has `OutputDataConfig`. */
type StartRequest = Partial<StartImportRequest & StartFHIRExportJobRequest>;

/** The operations on import and export jobs. */
export function jobOperations(context: OperationContext): Operations {
  return {
    StartFHIRImportJob: (input: StartRequest, caller) => start(context, 'import', input, caller),
    StartFHIRExportJob: (input: StartRequest, caller) => start(context, 'export', input, caller),

    DescribeFHIRImportJob: async (input: DescribeFHIRImportJobRequest, caller) =>
      ({ ImportJobProperties: (await find(context, 'import', input, caller)).properties }),
    DescribeFHIRExportJob: async (input: DescribeFHIRImportJobRequest, caller) =>
      ({ ExportJobProperties: (await find(context, 'export', input, caller)).properties }),

    ListFHIRImportJobs: async (input: ListFHIRImportJobsRequest, caller) => {
      const { items, nextToken } = await list(context, 'import', input, caller);
      return { ImportJobPropertiesList: items.map((job) => job.properties), NextToken: nextToken };
    },
    ListFHIRExportJobs: async (input: ListFHIRImportJobsRequest, caller) => {
      const { items, nextToken } = await list(context, 'export', input, caller);
      return { ExportJobPropertiesList: items.map((job) => job.properties), NextToken: nextToken };
    },
  };
}

async function start(context: OperationContext, kind: JobKind, input: StartRequest, caller: Caller): Promise<StartFHIRImportJobResponse> {
  const { access, datastores, tokens } = context;
  const name = `Start${apiName(kind)}Job`;
  await access.onDatastore(caller, name, input.DatastoreId!);
  await access.toPassRole(caller, input.DataAccessRoleArn!);
  refuseTransformation(input);
  datastores.getActive(input.DatastoreId!);
  const job = await tokens.once(name, input, () => submit(context, kind, input));
  return { JobId: job.jobId, JobStatus: job.properties.JobStatus, DatastoreId: job.datastoreId };
}

/** Checks the request with the data access role and puts the job into the queue. */
async function submit({ access, datastores, options, ports, newId }: OperationContext, kind: JobKind, request: StartRequest): Promise<Job> {
  const { JobName, InputDataConfig } = request;
  const [datastoreId, dataAccessRoleArn] = [request.DatastoreId!, request.DataAccessRoleArn!];
  const { S3Uri, KmsKeyId } = (request.JobOutputDataConfig ?? request.OutputDataConfig)!.S3Configuration!;
  const [location, kmsKeyId] = [asFolder(parseS3Uri(S3Uri!)), KmsKeyId!];
  const input = InputDataConfig && parseS3Uri(InputDataConfig.S3Uri!);

  const dataAccess = await access.assumeRole(dataAccessRoleArn, datastoreId);
  try {
    await checkStart(dataAccess, { input, output: location, kmsKeyId });
  } finally {
    dataAccess.s3.destroy();
  }
  const datastore = datastores.getActive(datastoreId);
  if (datastore.queues[kind].length >= options.queueLimit) {
    throw new ServiceError('ThrottlingException', `The data store ${datastoreId} has ${options.queueLimit} queued ${kind} jobs already`);
  }

  const jobId = newId();
  const override = options.overrideJob({ kind, datastoreId, jobId, jobName: JobName });
  const folder = jobFolder(location, kind, datastoreId, jobId);
  checkFolder(folder);
  const outputConfig = { S3Configuration: { S3Uri: s3Uri(folder), KmsKeyId: kmsKeyId } };
  const job: Job = {
    kind,
    jobId,
    datastoreId,
    dataAccessRoleArn,
    sequence: datastore.jobs.length,
    input,
    output: { folder, requestedUri: S3Uri!, kmsKeyId },
    pace: { ...options.pace, ...override?.pace },
    forced: override?.outcome,
    detour: override?.detour,
    properties: {
      JobId: jobId,
      JobName,
      JobStatus: 'SUBMITTED',
      SubmitTime: new Date(ports.clock.now()),
      DatastoreId: datastoreId,
      DataAccessRoleArn: dataAccessRoleArn,
      InputDataConfig,
      JobOutputDataConfig: kind === 'import' ? outputConfig : undefined,
      OutputDataConfig: kind === 'export' ? outputConfig : undefined,
      ValidationLevel: kind === 'import' ? request.ValidationLevel ?? 'strict' : undefined,
    },
  };
  datastore.jobs.push(job);
  datastore.queues[kind].enqueue(job);
  return job;
}

async function find({ access, datastores }: OperationContext, kind: JobKind, input: DescribeFHIRImportJobRequest, caller: Caller): Promise<Job> {
  const { DatastoreId: datastoreId, JobId: jobId } = input;
  await access.onDatastore(caller, `Describe${apiName(kind)}Job`, datastoreId!);
  const job = datastores.get(datastoreId!).jobsOf(kind).find((candidate) => candidate.jobId === jobId);
  if (!job) {
    throw new ServiceError('ResourceNotFoundException', `The requested job ${jobId} was not found in data store ${datastoreId}`);
  }
  return job;
}

async function list(
  { access, datastores, options, ports }: OperationContext, kind: JobKind, input: ListFHIRImportJobsRequest, caller: Caller,
): Promise<Page<Job>> {
  const name = `List${apiName(kind)}Jobs`;
  await access.onDatastore(caller, name, input.DatastoreId!);
  const { JobName, JobStatus, SubmittedBefore, SubmittedAfter } = input;
  const latest = ports.clock.now() - options.listDelayMs;
  const found = datastores.get(input.DatastoreId!).jobsOf(kind).filter(({ properties }) => {
    const submittedAt = properties.SubmitTime.getTime();
    return submittedAt <= latest
      && (JobName === undefined || properties.JobName === JobName)
      && (JobStatus === undefined || properties.JobStatus === JobStatus)
      && (SubmittedBefore === undefined || submittedAt < SubmittedBefore.getTime())
      && (SubmittedAfter === undefined || submittedAt > SubmittedAfter.getTime());
  });
  return paginate(name, found, input);
}

/** Returns the kind of a job as it appears in operation names, such as `FHIRImport` in `StartFHIRImportJob`. */
function apiName(kind: JobKind): string {
  return kind === 'import' ? 'FHIRImport' : 'FHIRExport';
}
