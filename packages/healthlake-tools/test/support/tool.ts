import { PassThrough } from 'node:stream';
import type { TextStream } from '../../src/cli/console';
import { run } from '../../src/program';

/** A name that stands for patient data. It is in the data of the tests, and the tool never prints it unless values are to be shown. */
export const CANARY = 'Quillfeather';

/** The result of a run of the tool. */
export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The set-up of a run. */
export interface SetUp {
  /** Whether stdout and stderr are a terminal. */
  readonly isTerminal?: boolean;
  readonly pause?: (ms: number) => Promise<void>;
  /** Whether the run may print patient data. */
  readonly showsValues?: boolean;
}

/** Runs the tool. Fails if it prints patient data. */
export async function healthlake(args: readonly string[], setUp: SetUp = {}): Promise<Result> {
  const { isTerminal = false, pause = async () => {}, showsValues = false } = setUp;
  const [stdout, stderr] = [streamOf(isTerminal), streamOf(isTerminal)];
  const { AWS_PROFILE: profile } = process.env;
  const code = await run(args, { stdout, stderr, pause });
  if (profile === undefined) {
    delete process.env.AWS_PROFILE; // --profile sets it
  }
  const [out, err] = [stdout, stderr].map((stream) => String(stream.read() ?? ''));
  if (!showsValues) {
    expect(out + err).not.toContain(CANARY);
  }
  return { code, out, err };
}

/** Expects a run that fails with one sentence on stderr. */
export async function expectFailure(args: readonly string[], sentence: string | RegExp, setUp?: SetUp): Promise<void> {
  const { code, out, err } = await healthlake(args, setUp);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^healthlake: [^\n]+[^.\n]\n$/);
  expect(err).toMatch(sentence);
}

function streamOf(isTTY: boolean): TextStream & PassThrough {
  return Object.assign(new PassThrough({ highWaterMark: 16 * 1024 * 1024 }), { isTTY, columns: 120 });
}
