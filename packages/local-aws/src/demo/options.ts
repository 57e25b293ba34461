import { parseArgs } from 'node:util';

/** What the demo was asked to show. */
export interface DemoOptions {
  /** Import the hand-made bad lines: the import fails, and the stack is rolled back. */
  readonly badData: boolean;
}

/** Reads the command line; throws on what it doesn't know. */
export function parseOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({ args: [...args], options: { 'bad-data': { type: 'boolean', default: false } } });
  return { badData: values['bad-data'] };
}
