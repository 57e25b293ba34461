import type { JobProgressReport, JobStatus } from '@aws-sdk/client-healthlake';
import type { Job } from './job';
import type { JobKind } from '../options';
import type { Clock } from '../ports';

/** A job has changed its status or made progress. */
export interface JobEvent {
  readonly kind: JobKind;
  readonly datastoreId: string;
  readonly jobId: string;
  readonly jobName?: string;
  readonly status: JobStatus;
  readonly submitTime: Date;
  /** What an import job reads. */
  readonly inputUri?: string;
  readonly message?: string;
  /** Of import jobs that have started. */
  readonly progress?: JobProgressReport;
}

export type JobListener = (event: JobEvent) => void;

/** Writes down what happens to jobs, and tells whoever listens. */
export class JobJournal {
  private readonly listeners = new Set<JobListener>();

  public constructor(private readonly clock: Clock) {}

  /** Returns the function that ends the listening. */
  public observe(listener: JobListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  public submitted(job: Job): void {
    this.publish(job);
  }

  public status(job: Job, status: JobStatus): void {
    job.properties.JobStatus = status;
    this.publish(job);
  }

  public progress(job: Job, report: JobProgressReport): void {
    if (job.kind === 'import') {
      job.properties.JobProgressReport = report;
    }
    this.publish(job);
  }

  public ended(job: Job, status: JobStatus, message?: string): void {
    if (message !== undefined) {
      job.properties.Message = message;
    }
    job.properties.EndTime = new Date(this.clock.now());
    this.status(job, status);
  }

  private publish(job: Job): void {
    const { JobStatus: status, JobName: jobName, Message: message, SubmitTime: submitTime } = job.properties;
    const { JobProgressReport: progress, InputDataConfig: input } = job.kind === 'import' ? job.properties : {};
    const { kind, datastoreId, jobId } = job;
    const event = { kind, datastoreId, jobId, jobName, status: status!, submitTime: submitTime!, inputUri: input?.S3Uri, message, progress };
    for (const listener of this.listeners) {
      listener(event);
    }
  }
}
