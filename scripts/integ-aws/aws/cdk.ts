import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const QUICKSTART = join(__dirname, '..', '..', '..', 'examples', 'typescript', 'quickstart');

/** Runs this project's CDK CLI in the folder of the quickstart. The CLI writes its output to the terminal. */
export class Cdk {
  public constructor(private readonly region: string, private readonly signal: AbortSignal) {}

  /** Returns whether the CLI succeeded. */
  public async run(...args: string[]): Promise<boolean> {
    this.signal.throwIfAborted();
    console.log(`\n$ npx cdk ${args.join(' ')}`);
    // Starts the CLI in its own process group, so that the script can end the CLI and its child processes together.
    const child = spawn(process.execPath, [require.resolve('aws-cdk/bin/cdk'), ...args, '--no-notices', '--ci', '--progress', 'events'], {
      cwd: QUICKSTART,
      env: { ...process.env, AWS_REGION: this.region, AWS_DEFAULT_REGION: this.region },
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const end = () => killGroup(child);
    this.signal.addEventListener('abort', end, { once: true });
    try {
      const [exitCode] = await once(child, 'close') as [number | null];
      this.signal.throwIfAborted();
      return exitCode === 0;
    } finally {
      this.signal.removeEventListener('abort', end);
      end();
    }
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGTERM');
  } catch {
    // The process group has already ended.
  }
}
