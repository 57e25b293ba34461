import type { JobStatus } from '@aws-sdk/client-healthlake';
import type { Job } from './job';
import type { JobJournal } from './job-journal';
import type { Access } from '../access';
import type { ResourceStore } from '../datastores/resource-store';
import { JobAbortion, messageOfFailure } from '../failures';
import type { ForcedOutcome, ResolvedOptions } from '../options';
import type { Clock } from '../ports';
import { runExport } from '../runs/export-run';
import { ImportRun } from '../runs/import-run';

/** The final status of a job. */
interface JobEnd {
  readonly status: JobStatus;
  readonly message?: string;
}

/** Runs jobs from IN_PROGRESS to their final status. */
export class JobRunner {
  public constructor(
    private readonly clock: Clock, private readonly journal: JobJournal, private readonly access: Access,
    private readonly options: Pick<ResolvedOptions, 'resourcesPerExportFile'>,
  ) {}

  /** Runs a job and never rejects. An aborted job ends as FAILED if the abort reason is a `JobAbortion`, and keeps its status otherwise. */
  public async run(job: Job, resources: ResourceStore, signal: AbortSignal): Promise<void> {
    this.journal.status(job, 'IN_PROGRESS');
    try {
      const { status, message } = await this.execute(job, resources, signal);
      if (job.detour) {
        this.journal.status(job, job.detour.status as JobStatus); // the SDK's enum may lack this status
        await this.clock.sleep(job.detour.ms, signal);
      }
      this.journal.ended(job, status, message);
    } catch {
      if (signal.reason instanceof JobAbortion) {
        this.journal.ended(job, 'FAILED', signal.reason.message);
      }
    }
  }

  /** Executes a job and returns its final status. Rejects only if the job is aborted. */
  private async execute(job: Job, resources: ResourceStore, signal: AbortSignal): Promise<JobEnd> {
    const { forced } = job;
    try {
      if (forced && forced.status !== 'COMPLETED_WITH_ERRORS') {
        return await this.emulate(job, forced, signal);
      }
      const status = await this.work(job, resources, signal);
      return forced ?? { status };
    } catch (error) {
      if (signal.aborted) {
        throw error;
      }
      return { status: 'FAILED', message: messageOfFailure(error) };
    }
  }

  private async work(job: Job, resources: ResourceStore, signal: AbortSignal): Promise<JobStatus> {
    const { s3 } = await this.access.assumeRole(job.dataAccessRoleArn, job.datastoreId);
    const context = { clock: this.clock, journal: this.journal, resources, s3, signal };
    try {
      return await (job.input ? new ImportRun(job, job.input, context).run() : runExport(job, context, this.options.resourcesPerExportFile));
    } finally {
      s3.destroy();
    }
  }

  private async emulate(job: Job, forced: ForcedOutcome, signal: AbortSignal): Promise<JobEnd> {
    await this.clock.sleep(job.pace.minimumDurationMs, signal);
    if (forced.status !== 'FAILED') {
      for (const status of ['CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS'] as const) {
        this.journal.status(job, status);
        await this.clock.sleep(job.pace.submitDelayMs, signal);
      }
    }
    return forced;
  }
}
