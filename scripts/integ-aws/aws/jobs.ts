import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeFHIRImportJobCommand, type HealthLakeClient, type ImportJobProperties, paginateListFHIRImportJobs,
} from '@aws-sdk/client-healthlake';

const ENDED = /^(COMPLETED|FAILED|CANCEL_COMPLETED|CANCEL_FAILED)/;

/** How often jobs are looked at; an account has 10 calls a second. */
const INTERVAL = 5_000;

/** How long a job of a few lines may take, with the jobs before it. */
const PATIENCE = 30 * 60_000;

/** All import jobs of a data store, oldest first. */
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
    throw new Error(`HealthLake describes no job for the id ${jobId}`);
  }
  return job;
}

/** The job as it is when it has ended. */
export async function waitForEnd(healthlake: HealthLakeClient, datastoreId: string, jobId: string,
  signal: AbortSignal): Promise<ImportJobProperties> {
  for (const start = Date.now(); Date.now() - start < PATIENCE;) {
    const job = await describeJob(healthlake, datastoreId, jobId);
    if (ENDED.test(job.JobStatus ?? '')) {
      return job;
    }
    await sleep(INTERVAL, undefined, { signal });
  }
  throw new Error(`the import job ${jobId} did not end within ${PATIENCE / 60_000} minutes; look at it in the console`);
}

/** Collects which statuses each job shows. */
export class StatusWatch {
  private readonly statuses = new Map<string, string[]>();
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>;

  public constructor(private readonly healthlake: HealthLakeClient, private readonly datastoreId: string) {
    this.running = this.watch();
  }

  /** What was seen of each job. */
  public async stop(): Promise<string[][]> {
    this.stopped.abort();
    await this.running;
    return [...this.statuses.values()];
  }

  private async watch(): Promise<void> {
    for (let last = false; !last;) {
      last = this.stopped.signal.aborted;
      await this.look().catch((error: Error) => console.log(`(could not list the jobs: ${error.name})`));
      await sleep(INTERVAL, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    for (const { JobId: id, JobStatus: status } of await listJobs(this.healthlake, this.datastoreId)) {
      const seen = this.statuses.get(id!) ?? [];
      this.statuses.set(id!, seen.at(-1) === status ? seen : [...seen, status!]);
    }
  }
}
