import type { Job } from './job';
import type { JobJournal } from './job-journal';
import type { Clock } from '../ports';

/** The queue of one kind of job in one data store: first in, first out, one running job at a time. */
export class JobQueue {
  private readonly waiting: Job[] = [];
  private readonly submitted = new Set<Job>();
  private readonly tasks = new Set<Promise<void>>();
  private readonly aborting = new AbortController();
  private running?: Job;
  private stalled = false;

  /** @param run runs a job to its end and never rejects */
  public constructor(
    private readonly clock: Clock, private readonly journal: JobJournal, private readonly run: (job: Job, signal: AbortSignal) => Promise<void>,
  ) {}

  public get length(): number {
    return this.waiting.length;
  }

  public enqueue(job: Job): void {
    this.waiting.push(job);
    this.journal.submitted(job);
    this.track(this.admit(job));
  }

  /** Keeps waiting jobs in the queue. A running job continues. */
  public stall(): void {
    this.stalled = true;
  }

  public resume(): void {
    this.stalled = false;
    this.next();
  }

  /** Ends the running job and all waiting jobs as FAILED. */
  public async fail(reason: Error): Promise<void> {
    const waiting = this.waiting.splice(0);
    this.aborting.abort(reason);
    for (const job of waiting) {
      this.journal.ended(job, 'FAILED', reason.message);
    }
    await this.idle();
  }

  /** Stops all jobs without changing their status. */
  public async close(): Promise<void> {
    this.waiting.length = 0;
    this.aborting.abort();
    await this.idle();
  }

  private async admit(job: Job): Promise<void> {
    await this.clock.sleep(job.pace.submitDelayMs, this.aborting.signal);
    this.submitted.add(job);
    this.next();
    if (this.waiting.includes(job)) {
      this.journal.status(job, 'QUEUED');
    }
  }

  private next(): void {
    const [job] = this.waiting;
    if (!job || this.running || this.stalled || !this.submitted.delete(job)) {
      return;
    }
    this.waiting.shift();
    this.running = job;
    this.track(this.run(job, this.aborting.signal).finally(() => {
      this.running = undefined;
      this.next();
    }));
  }

  private track(task: Promise<void>): void {
    const tracked = task.catch(() => undefined).finally(() => this.tasks.delete(tracked));
    this.tasks.add(tracked);
  }

  private async idle(): Promise<void> {
    while (this.tasks.size > 0) {
      await Promise.all(this.tasks);
    }
  }
}
