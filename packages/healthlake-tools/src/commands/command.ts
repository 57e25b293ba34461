import type { Command } from 'commander';

/** The options of a command, which commander doesn't type. */
export type CommandOptions = any; // eslint-disable-line @typescript-eslint/no-explicit-any

/** Turns the work of a command, which returns the exit code, into an action of commander. */
export type Register = (work: (args: readonly string[], options: CommandOptions) => Promise<number>) => (this: Command) => Promise<void>;
