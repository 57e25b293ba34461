import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeFHIRImportJobCommand, type HealthLakeClient, type ImportJobProperties, paginateListFHIRImportJobs,
} from '@aws-sdk/client-healthlake';

const ENDED = /^(COMPLETED|FAILED|CANCEL_COMPLETED|CANCEL_FAILED)/;

/** The pause between polls. AWS limits an account to 10 DescribeFHIRImportJob calls a second. */
const POLL_INTERVAL_MS = 5_000;

/** The time limit for a job of a few lines, including its time in the queue. */
const JOB_LIMIT_MS = 30 * 60_000;

/** Returns all import jobs of a data store, oldest first. */
export async function listJobs(healthlake: HealthLakeClient, datastoreId: string): Promise<ImportJobProperties[]> {
  const jobs: ImportJobProperties[] = [];
  for await (const { ImportJobPropertiesList: page = [] } of paginateListFHIRImportJobs({ client: healthlake }, { DatastoreId: datastoreId })) {
    jobs.push(...page);
  }
  return jobs.sort((a, b) => a.SubmitTime!.getTime() - b.SubmitTime!.getTime());
}

export async function describeJob(healthlake: HealthLakeClient, datastoreId: string, jobId: string): Promise<ImportJobProperties> {
  const { ImportJobProperties: job } = await healthlake.send(new DescribeFHIRImportJobCommand({ DatastoreId: datastoreId, JobId: jobId }));
  if (!job) {
    throw new Error(`DescribeFHIRImportJob returned no job for the id ${jobId}`);
  }
  return job;
}

/** Waits until a job ends, and returns the job. */
export async function waitForEnd(healthlake: HealthLakeClient, datastoreId: string, jobId: string,
  signal: AbortSignal): Promise<ImportJobProperties> {
  for (const start = Date.now(); Date.now() - start < JOB_LIMIT_MS;) {
    const job = await describeJob(healthlake, datastoreId, jobId);
    if (ENDED.test(job.JobStatus ?? '')) {
      return job;
    }
    await sleep(POLL_INTERVAL_MS, undefined, { signal });
  }
  throw new Error(`the import job ${jobId} did not end within ${JOB_LIMIT_MS / 60_000} minutes; see the HealthLake console`);
}

/** Polls ListFHIRImportJobs and records the statuses of each job. */
export class StatusPoller {
  private readonly statuses = new Map<string, string[]>();
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>;

  public constructor(private readonly healthlake: HealthLakeClient, private readonly datastoreId: string) {
    this.running = this.run();
  }

  /** Stops polling and returns the statuses of each job. */
  public async stop(): Promise<string[][]> {
    this.stopped.abort();
    await this.running;
    return [...this.statuses.values()];
  }

  private async run(): Promise<void> {
    for (let last = false; !last;) {
      last = this.stopped.signal.aborted;
      await this.poll().catch((error: Error) => console.log(`(could not list the jobs: ${error.name})`));
      await sleep(POLL_INTERVAL_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }

  private async poll(): Promise<void> {
    for (const { JobId: id, JobStatus: status } of await listJobs(this.healthlake, this.datastoreId)) {
      const seen = this.statuses.get(id!) ?? [];
      this.statuses.set(id!, seen.at(-1) === status ? seen : [...seen, status!]);
    }
  }
}
