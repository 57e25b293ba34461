import type { Command } from 'commander';

/** The options of a command, which commander doesn't type. */
export type CommandOptions = any; // eslint-disable-line @typescript-eslint/no-explicit-any

/** Makes the work of a command an action of commander. The work returns the exit code. */
export type Register = (work: (args: readonly string[], options: CommandOptions) => Promise<number>) => (this: Command) => Promise<void>;
