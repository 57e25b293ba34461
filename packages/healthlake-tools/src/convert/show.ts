import type { Conversion } from './run';
import { CHANGES, type ChangeSummary } from '../../../fhir-ndjson/src/convert/changes';
import { findingsDocument, findingsText, type ShownFindings } from '../cli/findings';
import { type Colors, counted, printable, table } from '../cli/text';

/** The maximum number of files in the table. The JSON document has all files. */
const MAX_FILES = 20;

/** Returns the result of a conversion as text. */
export function conversionText({ files, resources, changes, ignored }: Conversion, out: string, showValues: boolean, colors: Colors): string {
  const rows = files.slice(0, MAX_FILES).map(({ from, to, resources: written }) => [from, written === 0 ? '' : to, written]);
  return [
    `${colors.bold('Wrote')} ${counted(resources, 'resource')} from ${counted(files.length, 'file')} to ${printable(out)}\n`,
    table(['file', 'written as', '>resources'], rows, colors) + (files.length > MAX_FILES ? `and ${counted(files.length - MAX_FILES, 'more file')}\n` : ''),
    ...changes.map((change) => findingsText(shown(change), showValues, colors)),
    ...ignored.length === 0 ? [] : [`${counted(ignored.length, 'file')} with other names not converted: ${ignored.slice(0, MAX_FILES).map(printable).join(', ')}\n`],
  ].join('\n');
}

/** Returns the result of a conversion as the JSON document shows it. */
export function conversionDocument({ changes, ...result }: Conversion, showValues: boolean): object {
  return { ...result, changes: changes.map((change) => findingsDocument({ ...shown(change), files: change.files }, showValues)) };
}

/** Adds the texts to a change. A change of the severity `info` has no remedy. */
function shown(change: ChangeSummary): ShownFindings {
  const { text, remedy } = CHANGES[change.code];
  return { ...change, text, remedy: change.severity === 'info' ? undefined : remedy };
}
