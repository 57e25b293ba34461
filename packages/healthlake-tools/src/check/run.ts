import type { SourceFile } from './source-file';
import { StructureLines } from './structure-lines';
import { type CheckResult, DataSetCheck, type ProblemSummary } from '../../../fhir-ndjson/src/check/data-set-check';
import { type Console, EXIT, type ExitCode } from '../cli/console';
import { type Progress, withProgress } from '../cli/progress';
import { StructureCheck, type StructureSummary } from '../structure/structure-check';

/** The result of a check. It includes the problems of structure if the structure was checked. */
export interface Checked extends Omit<CheckResult, 'problems'> {
  readonly problems: readonly (ProblemSummary | StructureSummary)[];
}

/** Checks the files of a data set, with a progress bar. */
export async function checkFiles(console: Console, files: readonly SourceFile[], withStructure = false): Promise<Checked> {
  const check = new DataSetCheck();
  const structure = withStructure ? new StructureCheck() : undefined;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  try {
    await withProgress(console, 'checking', bytes, async (progress) => {
      for (const file of files) {
        await checkFile(file, check, structure, progress);
      }
    });
    return merged(check.result(), await structure?.end() ?? []);
  } finally {
    await structure?.close();
  }
}

async function checkFile(
  { name, size, read }: SourceFile, check: DataSetCheck, structure: StructureCheck | undefined, progress: Progress,
): Promise<void> {
  const file = check.file(name);
  if (file.isIgnored) {
    progress.add(size);
    return;
  }
  const lines = structure && new StructureLines(structure, name);
  for await (const piece of read()) {
    file.push(piece);
    await lines?.push(piece);
    progress.add(piece.length);
  }
  file.end();
  await lines?.end();
}

/** Inserts the problems of structure, which are warnings, after the other warnings. */
function merged(result: CheckResult, structure: readonly StructureSummary[]): Checked {
  const isInfo = ({ severity }: ProblemSummary): boolean => severity === 'info';
  return { ...result, problems: [...result.problems.filter((problem) => !isInfo(problem)), ...structure, ...result.problems.filter(isInfo)] };
}

/** Returns the exit code of a check. */
export function exitCodeOf({ problems }: Checked): ExitCode {
  return problems.some(({ severity }) => severity === 'rejected') ? EXIT.problems : EXIT.ok;
}
