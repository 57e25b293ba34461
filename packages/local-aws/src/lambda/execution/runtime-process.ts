import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { FunctionErrorPayload } from './invocation-errors';
import type { Runtime } from './runtimes';

/** A reading of the local AWS's clock: the clock showed `clockEpoch` at the real time `realEpoch`. */
export interface ClockReading {
  readonly realEpoch: number;
  readonly clockEpoch: number;
}

/** The options of the Lambda runtime in the process. Unlike environment variables, function code can't see these options. */
export interface RuntimeOptions {
  readonly handler: string;
  readonly codeDirectory: string;
  /** The directory of the unpacked layers, for which functions use the path `/opt`. */
  readonly layerDirectory?: string;
  readonly endpoint: string;
  /** HTTPS requests of the function to this host are sent to `endpoint` instead. */
  readonly responseHost: string;
  readonly time: ClockReading & { readonly scale: number };
}

export type RuntimeMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'succeeded'; readonly payload: string }
  | { readonly type: 'failed'; readonly error: FunctionErrorPayload }
  /** The process sends this message before it ends after an error. */
  | { readonly type: 'crashed'; readonly error: FunctionErrorPayload };

export interface RuntimeInvocation {
  readonly requestId: string;
  readonly functionArn: string;
  /** The deadline of the invocation in milliseconds since the epoch, by the clock of the local AWS. */
  readonly deadline: number;
  /** The current reading of the local AWS's clock, which may have skipped time since the last event. */
  readonly time: ClockReading;
  readonly payload: string;
}

/** The process that runs a function's code. */
export class RuntimeProcess {
  /** Resolves when the process has ended and all of its output has been read. */
  public readonly exited: Promise<void>;
  private readonly child: ChildProcess;

  public constructor(
    { executable, args }: Runtime,
    options: RuntimeOptions,
    variables: Record<string, string>,
    onMessage: (message: RuntimeMessage) => void,
    onOutput: (line: string) => void,
  ) {
    this.child = spawn(executable, [...args, JSON.stringify(options)], {
      env: variables,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Starts a process group, so that `kill` also ends the programs that the function runs.
      detached: true,
    });
    this.child.on('message', (message) => onMessage(message as RuntimeMessage));
    for (const input of [this.child.stdout, this.child.stderr]) {
      if (input) {
        createInterface({ input }).on('line', onOutput);
      }
    }
    this.exited = new Promise((resolve) => {
      this.child.once('close', () => resolve());
      this.child.once('error', () => resolve());
    });
  }

  public get isRunning(): boolean {
    return this.child.connected;
  }

  public get exitCode(): number | null {
    return this.child.exitCode;
  }

  public get signal(): NodeJS.Signals | null {
    return this.child.signalCode;
  }

  public send(invocation: RuntimeInvocation): void {
    // Ignores errors of `send`: if the process has exited, `exited` reports the exit.
    this.child.send(invocation, () => undefined);
  }

  public async kill(): Promise<void> {
    if (this.exitCode === null && this.signal === null) {
      process.kill(-this.child.pid!, 'SIGKILL');
    }
    await this.exited;
  }
}
