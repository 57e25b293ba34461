import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, isRunning } from '../foundation';

/** Starts a function in a local AWS in another process, which is then killed. Expects that no process and no directory of the function remains. */
export async function expectNothingRemains(runtime: string): Promise<void> {
  const parent = join(__dirname, 'abandoning-parent.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', parent, runtime]).catch((error) => error);
  const [pid, directory] = stdout.split(' ');
  expect(Number(pid)).toBeGreaterThan(0);
  await eventually(() => !isRunning(Number(pid)) && !existsSync(directory));
}
