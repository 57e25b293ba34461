import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { QUIET_SDK } from '../../local-healthlake/src/quiet-sdk';

/** How a run of the CDK CLI ended. */
export interface CdkRun {
  readonly exitCode: number;
  /** Both streams, in the order in which the lines came. */
  readonly output: string;
}

/** How to run the CDK CLI. */
export interface CdkRunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Called with each line of output. */
  readonly onLine?: (line: string) => void;
  /** How many times shorter the CLI's pauses between its questions about a stack are; 1 unless given. */
  readonly pollScale?: number;
  /** Ends the CLI and everything that it has started. */
  readonly signal?: AbortSignal;
}

const SHORT_POLLS = join(__dirname, 'short-polls.cjs');

/** Runs the unmodified CDK CLI. */
export async function runCdk(args: readonly string[], { cwd, env, onLine, pollScale = 1, signal }: CdkRunOptions): Promise<CdkRun> {
  signal?.throwIfAborted();
  // A process group of its own: the app that the CLI runs, and what that runs, end with it.
  const preload = pollScale === 1 ? [] : ['--require', SHORT_POLLS];
  const child = spawn(process.execPath, [...preload, require.resolve('aws-cdk/bin/cdk'), ...args], {
    cwd, env: { ...inherited(), ...env, LOCAL_AWS_POLL_SCALE: String(pollScale) }, detached: true, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => killGroup(child);
  signal?.addEventListener('abort', end, { once: true });
  const lines: string[] = [];
  const collect = (line: string) => {
    lines.push(line);
    onLine?.(line);
  };
  createInterface(child.stdout).on('line', collect);
  createInterface(child.stderr).on('line', collect);
  try {
    const [exitCode] = await once(child, 'close') as [number | null];
    signal?.throwIfAborted();
    return { exitCode: exitCode ?? 1, output: lines.join('\n') };
  } finally {
    signal?.removeEventListener('abort', end);
    end();
  }
}

/** The environment of this process without what would lead the CLI to another AWS. */
function inherited(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !/^(AWS_|CDK_|https?_proxy$|all_proxy$)/i.test(name));
  return { ...Object.fromEntries(entries) as Record<string, string>, ...QUIET_SDK, NO_COLOR: '1', FORCE_COLOR: '0' };
}

function killGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGTERM');
  } catch {
    // The group has ended by itself.
  }
}
