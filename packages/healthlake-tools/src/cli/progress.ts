import { Presets, SingleBar } from 'cli-progress';
import type { Console } from './console';
import { size } from './text';

/** Shows how many bytes of a task are done. */
export interface Progress {
  add(bytes: number): void;
}

const NO_PROGRESS: Progress = { add: () => undefined };

/** Runs a task with a progress bar of its bytes on stderr. Shows no bar if stderr is not a terminal that can move its cursor. */
export async function withProgress<T>(
  { stderr }: Console, label: string, totalBytes: number, task: (progress: Progress) => T | Promise<T>,
): Promise<T> {
  if (!stderr.isTTY || process.env.TERM === 'dumb' || totalBytes === 0) {
    return task(NO_PROGRESS);
  }
  const bar = new SingleBar({
    stream: stderr,
    format: `${label} {bar} {percentage} % of {size}, {eta_formatted} left`,
    clearOnComplete: true,
    // The bar changes no settings of the terminal and handles no signals, so Ctrl-C ends a synchronous task too.
    gracefulExit: false,
    hideCursor: false,
    linewrap: true,
  }, Presets.shades_classic);
  bar.start(totalBytes, 0, { size: size(totalBytes) });
  try {
    return await task({ add: (bytes) => bar.increment(bytes) });
  } finally {
    bar.stop();
  }
}
