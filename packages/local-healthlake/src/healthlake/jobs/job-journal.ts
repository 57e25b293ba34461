import type { JobProgressReport, JobStatus } from '@aws-sdk/client-healthlake';
import type { Job } from './job';
import type { JobKind } from '../options';
import type { Clock } from '../ports';

/** A change of a job's status or progress. */
export interface JobEvent {
  readonly kind: JobKind;
  readonly datastoreId: string;
  readonly jobId: string;
  readonly jobName?: string;
  readonly status: JobStatus;
  readonly submitTime: Date;
  /** The input location of an import job. */
  readonly inputUri?: string;
  /** The output location that the request named. */
  readonly outputUri: string;
  readonly message?: string;
  /** The progress of an import job; undefined for export jobs and for jobs that have not started. */
  readonly progress?: JobProgressReport;
}

export type JobListener = (event: JobEvent) => void;

/** Updates the properties of jobs, and emits an event for each change. */
export class JobJournal {
  private readonly listeners = new Set<JobListener>();

  public constructor(private readonly clock: Clock) {}

  /** Adds a listener; the returned function removes it. */
  public observe(listener: JobListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  public submitted(job: Job): void {
    this.emit(job);
  }

  public status(job: Job, status: JobStatus): void {
    job.properties.JobStatus = status;
    this.emit(job);
  }

  public progress(job: Job, report: JobProgressReport): void {
    job.properties.JobProgressReport = report;
    this.emit(job);
  }

  public ended(job: Job, status: JobStatus, message?: string): void {
    if (message !== undefined) {
      job.properties.Message = message;
    }
    job.properties.EndTime = new Date(this.clock.now());
    this.status(job, status);
  }

  private emit({ kind, datastoreId, jobId, output, properties }: Job): void {
    const { JobStatus, JobName: jobName, Message: message, SubmitTime: submitTime, JobProgressReport: progress, InputDataConfig: input } = properties;
    const uris = { inputUri: input?.S3Uri, outputUri: output.requestedUri };
    const event = { kind, datastoreId, jobId, jobName, status: JobStatus!, submitTime, ...uris, message, progress };
    this.listeners.forEach((listener) => listener(event));
  }
}
