import {
  DescribeFHIRImportJobCommand, type ExportJobProperties, type HealthLakeClient, type ImportJobProperties, type JobProgressReport,
  type OutputDataConfig, paginateListFHIRExportJobs, paginateListFHIRImportJobs,
} from '@aws-sdk/client-healthlake';
import { JOB_STATUSES, type JobKind } from '../../src/contract';
import { hasEnded, isQueued } from '../jobs/healthlake-job';

/** An import or export job, as HealthLake lists it. */
export interface ListedJob {
  readonly kind: JobKind;
  readonly id: string;
  readonly name?: string;
  readonly status: string;
  readonly submitted: Date;
  /** The end of the job. Undefined if the job has not ended. */
  readonly ended?: Date;
  /** The progress of an import job. HealthLake reports no progress of export jobs. */
  readonly progress?: JobProgress;
  /** HealthLake's own text. It may have patient data, so show it only as `quoteServiceText` masks it. */
  readonly message?: string;
  /** The location of the results of an import, or of the exported files. */
  readonly output?: string;
}

/** The progress of an import job. A number that HealthLake doesn't report is undefined. */
export interface JobProgress {
  /** The number of files in the input location. */
  readonly files?: number;
  readonly filesImported?: number;
  /** The number of files that HealthLake could not read. */
  readonly filesFailed?: number;
  readonly scanned?: number;
  readonly imported?: number;
  readonly failed?: number;
  /** HealthLake's `Throughput`, in a unit that AWS's pages don't agree on. */
  readonly throughput?: number;
}

/** The maximum page size of ListFHIRImportJobs and ListFHIRExportJobs. */
const PAGE_SIZE = 500;

/** The filters of a list. HealthLake takes one status at most. */
type Filter = { readonly SubmittedAfter: Date } | { readonly SubmittedBefore: Date; readonly JobStatus: typeof OPEN_STATUSES[number] };

/** The statuses that a job can keep for longer than the look-back, in the order in which a job takes them. */
const OPEN_STATUSES = [...JOB_STATUSES.queued, ...JOB_STATUSES.inProgress] as const;

/**
 * Returns the jobs of one kind, newest first: all jobs that were submitted to a data store since a time, and the older jobs that are queued or in progress.
 * A job that changes during the listing is returned once.
 *
 * @throws if HealthLake refuses a page, or doesn't return it before the signal aborts
 */
export async function listJobs(
  client: HealthLakeClient, datastoreId: string, kind: JobKind, submittedSince: Date, abortSignal: AbortSignal,
): Promise<ListedJob[]> {
  // SubmittedAfter and SubmittedBefore may both exclude a job that was submitted at that very time.
  const SubmittedAfter = new Date(submittedSince.getTime() - 1);
  const filters: Filter[] = [...OPEN_STATUSES.map((JobStatus) => ({ JobStatus, SubmittedBefore: submittedSince })), { SubmittedAfter }];
  const jobs = new Map<string, ListedJob>();
  // The lists are read one after the other, in the order of a job's life. So a job whose status changes meanwhile is in one of the later lists.
  for (const filter of filters) {
    for await (const page of pagesOf(client, datastoreId, kind, filter, abortSignal)) {
      for (const job of page) {
        jobs.set(job.id, newerOf(jobs.get(job.id), job));
      }
    }
  }
  return [...jobs.values()]
    .filter(({ status, submitted }) => submitted >= submittedSince || !hasEnded(status)) // in case HealthLake ignores a filter
    .sort((a, b) => b.submitted.getTime() - a.submitted.getTime() || a.id.localeCompare(b.id));
}

/** Returns an import job with its progress. Calls DescribeFHIRImportJob if the list had no progress. */
export async function withProgress(client: HealthLakeClient, datastoreId: string, job: ListedJob, abortSignal: AbortSignal): Promise<ListedJob> {
  if (job.progress !== undefined || job.kind === 'EXPORT') {
    return job;
  }
  const described = await client.send(new DescribeFHIRImportJobCommand({ DatastoreId: datastoreId, JobId: job.id }), { abortSignal });
  return { ...job, progress: progressOf(described.ImportJobProperties?.JobProgressReport) };
}

async function* pagesOf(
  client: HealthLakeClient, DatastoreId: string, kind: JobKind, filter: Filter, abortSignal: AbortSignal,
): AsyncGenerator<ListedJob[]> {
  const [config, query, options] = [{ client, pageSize: PAGE_SIZE }, { DatastoreId, ...filter }, { abortSignal }] as const;
  if (kind === 'IMPORT') {
    for await (const { ImportJobPropertiesList: page = [] } of paginateListFHIRImportJobs(config, query, options)) {
      yield page.map(importJobOf);
    }
  } else {
    for await (const { ExportJobPropertiesList: page = [] } of paginateListFHIRExportJobs(config, query, options)) {
      yield page.map(exportJobOf);
    }
  }
}

/** Returns an import job that HealthLake listed or described. */
export function importJobOf(job: ImportJobProperties): ListedJob {
  return { ...toListedJob('IMPORT', job, job.JobOutputDataConfig), progress: progressOf(job.JobProgressReport) };
}

/** Returns an export job that HealthLake listed or described. */
export function exportJobOf(job: ExportJobProperties): ListedJob {
  return toListedJob('EXPORT', job, job.OutputDataConfig);
}

function toListedJob(kind: JobKind, job: ImportJobProperties | ExportJobProperties, config?: OutputDataConfig): ListedJob {
  const { JobId, JobName, JobStatus, SubmitTime, EndTime, Message } = job;
  const output = config?.S3Configuration?.S3Uri;
  return { kind, id: JobId!, name: JobName, status: JobStatus!, submitted: SubmitTime!, ended: EndTime, message: Message, output };
}

function progressOf(report: JobProgressReport | undefined): JobProgress | undefined {
  return report && {
    files: report.TotalNumberOfScannedFiles,
    filesImported: report.TotalNumberOfImportedFiles,
    filesFailed: report.TotalNumberOfFilesReadWithCustomerError,
    scanned: report.TotalNumberOfResourcesScanned,
    imported: report.TotalNumberOfResourcesImported,
    failed: report.TotalNumberOfResourcesWithCustomerError,
    throughput: report.Throughput,
  };
}

/** Returns the row that has the later state of a job. Of two rows with the same state, returns the one that was read later. */
function newerOf(earlier: ListedJob | undefined, later: ListedJob): ListedJob {
  return earlier !== undefined && stageOf(earlier) > stageOf(later) ? earlier : later;
}

function stageOf({ status }: ListedJob): number {
  return hasEnded(status) ? 2 : isQueued(status) ? 0 : 1;
}
