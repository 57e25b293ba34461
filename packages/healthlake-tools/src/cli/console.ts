import type { Writable } from 'node:stream';

/** A stream of text, and whether it is a terminal. */
export type TextStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The streams and the timer that the commands use. */
export interface Console {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  pause(ms: number): Promise<unknown>;
}

/** The exit codes of all commands. */
export const EXIT = {
  /** The command is done. */
  ok: 0,
  /** The command is done, and the data has problems. */
  problems: 1,
  /** The arguments are wrong, or the command could not run. */
  failed: 2,
} as const;

export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** Prints a JSON document. */
export function printJson({ stdout }: Console, document: unknown): void {
  stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
}
