import type { SourceFile } from './source';
import { type CheckResult, DataSetCheck } from '../../../fhir-ndjson/src/check/data-set-check';
import { type Console, EXIT, type ExitCode } from '../cli/console';
import { withProgress } from '../cli/progress';

/** Checks the files of a data set, with a progress bar. */
export async function checkFiles(console: Console, files: readonly SourceFile[]): Promise<CheckResult> {
  const check = new DataSetCheck();
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  await withProgress(console, 'checking', bytes, async (progress) => {
    for (const { name, size, read } of files) {
      const file = check.file(name);
      if (file.isIgnored) {
        progress.add(size);
        continue;
      }
      for await (const piece of read()) {
        file.push(piece);
        progress.add(piece.length);
      }
      file.end();
    }
  });
  return check.result();
}

/** Returns the exit code of a check. */
export function exitCodeOf({ problems }: CheckResult): ExitCode {
  return problems.some(({ severity }) => severity === 'rejected') ? EXIT.problems : EXIT.ok;
}
