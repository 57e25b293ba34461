import type { ExtractedFile } from './extract';
import type { Checked } from '../check/run';
import { checkDocument, checkText } from '../check/show';
import { type Colors, counted, printable, table } from '../cli/text';

/** The number of failed resources that were written, in all files and by file. */
export interface Extraction {
  readonly resources: number;
  readonly notFound: number;
  /** The number of input files that HealthLake could not read. Their resources are not among the failures. */
  readonly unreadableFiles: number;
  readonly files: readonly ExtractedFile[];
}

/** The check of a set, and its upload. A set with lines that HealthLake will reject is not uploaded. */
export interface Uploading {
  readonly check: Checked;
  readonly uploaded?: { readonly location: string; readonly files: number };
}

/** Returns a text about the resources that were written. */
export function extractionText({ files, resources, notFound, unreadableFiles }: Extraction, out: string, colors: Colors): string {
  const written = files.length === 0 ? 'The results of the job have no failed resources.\n' : [
    `${colors.bold('Wrote')} ${counted(resources, 'failed resource')} in ${counted(files.length, 'file')} to ${printable(out)}\n\n`,
    table(['file', '>resources', '>not found'], files.map((file) => [file.file, file.resources, file.notFound]), colors),
  ].join('');
  return [
    written,
    notFound === 0 ? '' : `\n${colors.yellow(`${counted(notFound, 'failed resource')} not found`)}: the input is not what the job read, or HealthLake's results name no line.\n`,
    unreadableFiles === 0 ? '' : `\n${colors.yellow(`HealthLake could not read ${counted(unreadableFiles, 'input file')}`)}: check them, and import them again.\n`,
  ].join('');
}

/** Returns the text about the next steps after the failed resources were written. */
export function nextStepsText(report: string, out: string): string {
  return `
Mend the resources. The .reasons.jsonl file beside each file says why they failed. Then upload them:
  healthlake retry ${printable(report)} --out ${printable(out)} --upload s3://BUCKET/NEW-PREFIX/
`;
}

/** Returns the check and the upload of a set as text. */
export function uploadingText({ check, uploaded }: Uploading, colors: Colors): string {
  return uploaded
    ? `${colors.bold('Uploaded')} ${counted(uploaded.files, 'file')} to ${uploaded.location}. Import this prefix.\n`
    : `${checkText(check, false, colors)}Nothing was uploaded.\n`;
}

/** Returns the check and the upload of a set as the JSON document shows them. */
export function uploadingDocument({ check, uploaded }: Uploading): object {
  return { check: checkDocument(check, false), ...uploaded && { uploaded } };
}
