import { availableParallelism } from 'node:os';
import { CheckThread } from './check-thread';
import { type BatchLine, type BatchProblem, firstOfEachPath, type StructureFinding } from './findings';
import { STRUCTURE_PROBLEMS, type StructureCode } from './problems';

/** A problem of structure in the whole data set. */
export interface StructureSummary {
  readonly code: StructureCode;
  readonly severity: 'warning';
  readonly count: number;
  /** The number of files that have the problem. */
  readonly files: number;
  readonly first: readonly StructureFinding[];
}

/** The number of characters at which a batch of lines is sent to a thread. At this size, sending takes little of the time. */
const BATCH_LENGTH = 256 * 1024;
/** Each worker takes memory, and a container sees all cores of its machine. */
const MAX_WORKERS = 8;

/**
 * Checks the structure of resources in worker threads, at most one for each core. Holds a batch of lines for each thread and the one that is being filled, so
 * that its memory doesn't grow with the data.
 */
export class StructureCheck {
  private readonly threads: CheckThread[] = [];
  private readonly idle: CheckThread[] = [];
  private readonly running = new Set<Promise<void>>();
  private readonly problems = new Map<StructureCode, { count: number; files: Set<string>; findings: (StructureFinding & { batch: number })[] }>();
  private batch: BatchLine[] = [];
  private batchLength = 0;
  private batches = 0;
  private failure?: Error;

  public constructor(
    private readonly workers = Math.min(availableParallelism(), MAX_WORKERS),
    private readonly startThread = () => new CheckThread(),
  ) {}

  /**
   * Adds a line. Waits while all threads are busy, so the caller must wait for it before it adds the next line.
   * @throws if a thread ended
   */
  public async add(file: string, line: number, text: string): Promise<void> {
    this.batch.push({ file, line, text });
    this.batchLength += text.length;
    if (this.batchLength >= BATCH_LENGTH) {
      await this.send();
    }
  }

  /**
   * Waits for all lines, ends the threads, and returns the problems, the most frequent one first.
   * @throws if a thread ended
   */
  public async end(): Promise<StructureSummary[]> {
    try {
      if (this.batch.length > 0) {
        await this.send();
      }
      await Promise.all(this.running);
      this.throwFailure();
    } finally {
      await this.close();
    }
    return [...this.problems]
      .map(([code, { count, files, findings }]) => ({
        code,
        severity: STRUCTURE_PROBLEMS[code].severity,
        count,
        files: files.size,
        first: findings.map(({ batch: _, ...finding }) => finding),
      }))
      .sort((a, b) => b.count - a.count);
  }

  /** Ends the threads. */
  public async close(): Promise<void> {
    await Promise.all(this.threads.map(async (thread) => thread.close()));
  }

  private async send(): Promise<void> {
    const thread = await this.takeThread();
    const lines = this.batch;
    const batch = this.batches++;
    this.batch = [];
    this.batchLength = 0;
    const run: Promise<void> = thread.check(lines).then((problems) => {
      this.merge(problems, batch);
      this.idle.push(thread);
    }).catch((error: Error) => {
      this.failure ??= error;
    }).finally(() => this.running.delete(run));
    this.running.add(run);
  }

  private async takeThread(): Promise<CheckThread> {
    if (this.idle.length === 0 && this.threads.length >= this.workers) {
      await Promise.race(this.running);
    }
    this.throwFailure();
    const idle = this.idle.pop();
    if (idle !== undefined) {
      return idle;
    }
    const thread = this.startThread();
    this.threads.push(thread);
    return thread;
  }

  private throwFailure(): void {
    if (this.failure !== undefined) {
      throw this.failure;
    }
  }

  private merge(problems: readonly BatchProblem[], batch: number): void {
    for (const { code, count, files, first } of problems) {
      const all = this.problems.get(code) ?? { count: 0, files: new Set(), findings: [] };
      this.problems.set(code, all);
      all.count += count;
      files.forEach((file) => all.files.add(file));
      // Batches end in any order. Sorting makes the result the same each time.
      all.findings = firstOfEachPath([...all.findings, ...first.map((finding) => ({ ...finding, batch }))].sort((a, b) => a.batch - b.batch));
    }
  }
}
