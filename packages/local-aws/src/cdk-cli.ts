import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { QUIET_SDK } from '../../local-healthlake/src/quiet-sdk';

/** The result of one CDK CLI command. */
export interface CdkRun {
  readonly exitCode: number;
  /** The lines of stdout and stderr, in the order of arrival. */
  readonly output: string;
}

export interface CdkRunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Called with each line of output. */
  readonly onLine?: (line: string) => void;
  /** The factor by which the CLI polls stacks more often than usual; by default 1. */
  readonly pollScale?: number;
  /** When this signal is aborted, the CLI and its child processes end. */
  readonly signal?: AbortSignal;
}

const PLAIN_OUTPUT = { ...QUIET_SDK, NO_COLOR: '1', FORCE_COLOR: '0' } as const;
const CDK = require.resolve('aws-cdk/bin/cdk');
const SHORT_POLLS = join(__dirname, 'short-polls.cjs');
const COMPILE_CACHE = join(__dirname, 'compile-cache.cjs');
const COMPILED = join(CDK, '..', '..', '..', '.cache', 'local-aws');

/** Runs the unmodified CDK CLI. */
export async function runCdk(args: readonly string[], { cwd, env, onLine, pollScale = 1, signal }: CdkRunOptions): Promise<CdkRun> {
  signal?.throwIfAborted();
  const preload = (pollScale === 1 ? [COMPILE_CACHE] : [COMPILE_CACHE, SHORT_POLLS]).flatMap((file) => ['--require', file]);
  // The CLI runs in its own process group, so that `killGroup` also ends the CDK app that the CLI starts.
  const child = spawn(process.execPath, [...preload, CDK, ...args], {
    cwd,
    env: {
      ...withoutAwsSettings(process.env), ...PLAIN_OUTPUT, ...env, LOCAL_AWS_POLL_SCALE: String(pollScale), LOCAL_AWS_COMPILE_CACHE: COMPILED,
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
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

/** Returns a copy of the environment variables without those that configure AWS, the CDK or a proxy. */
export function withoutAwsSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS_|CDK_|https?_proxy$|all_proxy$)/i.test(name)));
}

function killGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGTERM');
  } catch {
    // The process group has already ended.
  }
}
