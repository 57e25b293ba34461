import type { JobStatus } from '@aws-sdk/client-healthlake';
import type { Job } from './job';
import type { JobJournal } from './job-journal';
import { messageOfFailure } from './job-message';
import type { ResourceStore } from '../datastores/resource-store';
import type { Detour, ForcedOutcome } from '../options';
import type { DataAccess, HealthLakePorts } from '../ports';
import { runExport } from '../runs/export-run';
import { ImportRun } from '../runs/import-run';

/** What a job comes to. */
interface JobEnd {
  readonly status: JobStatus;
  readonly message?: string;
}

/** Takes jobs from IN_PROGRESS to their end. */
export class JobRunner {
  public constructor(
    private readonly ports: HealthLakePorts,
    private readonly journal: JobJournal,
    private readonly assumeRole: (roleArn: string, datastoreId: string) => Promise<DataAccess>,
  ) {}

  /** Never rejects. A job that is aborted without a reason to tell stays as it is. */
  public async run(job: Job, resources: ResourceStore, signal: AbortSignal): Promise<void> {
    this.journal.status(job, 'IN_PROGRESS');
    try {
      const { status, message } = await this.endOf(job, resources, signal);
      if (job.detour) {
        await this.show(job, job.detour, signal);
      }
      this.journal.ended(job, status, message);
    } catch {
      if (signal.reason instanceof JobAbortion) {
        this.journal.ended(job, 'FAILED', signal.reason.message);
      }
    }
  }

  /** Does what there is to do for the job, and says what it ends as. Rejects only if it is aborted. */
  private async endOf(job: Job, resources: ResourceStore, signal: AbortSignal): Promise<JobEnd> {
    try {
      if (job.forced) {
        return await this.play(job, job.forced, signal);
      }
      return { status: await this.work(job, resources, signal) };
    } catch (error) {
      if (signal.aborted) {
        throw error;
      }
      return { status: 'FAILED', message: messageOfFailure(error) };
    }
  }

  private async work(job: Job, resources: ResourceStore, signal: AbortSignal): Promise<'COMPLETED' | 'COMPLETED_WITH_ERRORS'> {
    const { s3 } = await this.assumeRole(job.dataAccessRoleArn, job.datastoreId);
    const context = { clock: this.ports.clock, journal: this.journal, resources, s3, signal };
    try {
      return await (job.kind === 'import' ? new ImportRun(job, context).run() : runExport(job, context));
    } finally {
      s3.destroy();
    }
  }

  private async play(job: Job, forced: ForcedOutcome, signal: AbortSignal): Promise<JobEnd> {
    const { clock } = this.ports;
    await clock.sleep(job.pace.minimumDurationMs, signal);
    if (forced.status !== 'FAILED') {
      for (const status of ['CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS'] as const) {
        this.journal.status(job, status);
        await clock.sleep(job.pace.submitDelayMs, signal);
      }
    }
    return forced;
  }

  private async show(job: Job, { status, ms }: Detour, signal: AbortSignal): Promise<void> {
    this.journal.status(job, status as JobStatus); // AWS may have statuses that the SDK's enum doesn't know
    await this.ports.clock.sleep(ms, signal);
  }
}

/** Why a job that runs or waits is ended from outside. */
export class JobAbortion extends Error {}
