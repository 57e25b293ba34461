import type { Checked } from './run';
import type { FileSummary } from '../../../fhir-ndjson/src/check/data-set-check';
import { PROBLEMS } from '../../../fhir-ndjson/src/check/problems';
import { findingsDocument, findingsText } from '../cli/findings';
import { type Colors, count, counted, size, table } from '../cli/text';
import { STRUCTURE_PROBLEMS } from '../structure/problems';

const TEXTS = { ...PROBLEMS, ...STRUCTURE_PROBLEMS };

/** The maximum number of files in the table. The JSON document has all files. */
const MAX_FILES = 20;

/** Returns the result of a check as text. */
export function checkText({ files, types, resources, bytes, problems }: Checked, showValues: boolean, colors: Colors): string {
  const read = files.filter(({ isIgnored }) => !isIgnored);
  const rejected = problems.filter(({ severity }) => severity === 'rejected');
  const parts = [
    `${colors.bold('Checked')} ${counted(read.length, 'file')} with ${size(bytes)}: ${counted(resources, 'resource')} not known to be rejected\n`,
    types.length === 0 ? '' : table(['type', '>resources'], types.map(({ type, count: ofType }) => [type, ofType]), colors),
    filesText(read, colors),
    ...problems.map((problem) => findingsText({ ...problem, ...TEXTS[problem.code] }, showValues, colors)),
    rejected.length === 0
      ? `${colors.green('Nothing found that HealthLake is known to reject.')} Only an import shows whether it accepts the rest.\n`
      : `${colors.red('HealthLake will reject')} ${rejectedText(read, rejected)}.\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** Returns the result of a check as the JSON document shows it. */
export function checkDocument({ problems, ...result }: Checked, showValues: boolean): object {
  return { ...result, problems: problems.map((problem) => findingsDocument({ ...problem, ...TEXTS[problem.code] }, showValues)) };
}

function filesText(files: readonly FileSummary[], colors: Colors): string {
  const worstFirst = [...files].sort((a, b) => b.rejected - a.rejected);
  const rows = worstFirst.slice(0, MAX_FILES).map(({ file, lines, rejected, bytes }) => [file, lines, rejected, size(bytes)]);
  const more = files.length > MAX_FILES ? `and ${counted(files.length - MAX_FILES, 'more file')}\n` : '';
  return files.length === 0 ? '' : table(['file', '>lines', '>rejected', '>size'], rows, colors) + more;
}

function rejectedText(files: readonly FileSummary[], problems: Checked['problems']): string {
  const lines = files.reduce((sum, { rejected }) => sum + rejected, 0);
  return lines === 0 ? `the import: ${TEXTS[problems[0].code].text}` : `${counted(lines, 'line')} in ${count(files.filter(({ rejected }) => rejected > 0).length)} of ${counted(files.length, 'file')}`;
}
