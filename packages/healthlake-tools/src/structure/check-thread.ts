import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BatchLine, BatchProblem } from './findings';
import { ToolError } from '../cli/errors';

/** The extension of the worker's file: `.js` in the package, `.ts` in the repository. */
const EXTENSION = extname(__filename);
const WORKER = join(__dirname, `structure-worker${EXTENSION}`);

/** A worker thread that checks one batch of lines at a time. */
export class CheckThread {
  private readonly worker: Worker;
  private settle?: { readonly resolve: (problems: readonly BatchProblem[]) => void; readonly reject: (error: Error) => void };

  public constructor(file = WORKER) {
    this.worker = new Worker(file, EXTENSION === '.ts' ? { execArgv: ['--require', 'tsx/cjs'] } : {});
    this.worker.on('message', (problems: readonly BatchProblem[]) => this.settle?.resolve(problems));
    this.worker.on('error', (error: NodeJS.ErrnoException) => this.fail(error.code ?? error.name)); // not the message: it may quote the data
    this.worker.on('exit', (code) => this.fail(`exit code ${code}`));
  }

  /** @throws if the thread ended */
  public async check(lines: readonly BatchLine[]): Promise<readonly BatchProblem[]> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.worker.postMessage(lines);
    });
  }

  public async close(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(reason: string): void {
    this.settle?.reject(new ToolError(
      `a worker thread of the structure check ended (${reason}): leave out --structure, or use a machine with more memory`,
    ));
  }
}
