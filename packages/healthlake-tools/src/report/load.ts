import { readFile, stat } from 'node:fs/promises';
import type { ReportDocument } from '../../../../lambda/report/document/document';
import type { ExportDocument } from '../../../../lambda/report/export/document';
import { readText } from '../../../../lambda/report/shared/objects';
import { type AwsOptions, s3Client } from '../aws/clients';
import { calling } from '../aws/errors';
import { isS3Uri, parseS3Uri } from '../aws/s3-uri';
import { ToolError } from '../cli/errors';

/** A report that the library wrote on one job. */
export type AnyReport = { readonly kind: 'import'; readonly document: ReportDocument } | { readonly kind: 'export'; readonly document: ExportDocument };

/** The largest report that the library reads or writes. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads a report from a file or from S3.
 *
 * @throws if the file or object can't be read or is not a report
 */
export async function loadReport(location: string, options: AwsOptions): Promise<AnyReport> {
  return parseReport(await (isS3Uri(location) ? readObject(location, options) : readLocalFile(location)), location);
}

async function readObject(uri: string, options: AwsOptions): Promise<string> {
  const { bucket, key } = parseS3Uri(uri);
  if (key === '' || key.endsWith('/')) {
    throw new ToolError(`${uri} is not an object: give the location of report.json or export.json`);
  }
  const { text } = await calling(`${uri} can't be read`, () => readText(s3Client(options), bucket, key, MAX_BYTES, new AbortController().signal));
  return text;
}

async function readLocalFile(path: string): Promise<string> {
  if ((await stat(path)).size > MAX_BYTES) {
    throw noReport(path);
  }
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw Object.assign(error, { path }); // the error of a folder has no path
  });
}

/** @throws if the text is not a report, or a report of a newer version */
function parseReport(text: string, location: string): AnyReport {
  const document = parseJson(text);
  if (isReport(document, 'failures', 'searchValidation')) {
    const report = checkVersion(document, 1, location) as ReportDocument;
    if ([report.job?.input, report.job?.output].some((uri) => typeof uri !== 'string')) {
      throw noReport(location);
    }
    return { kind: 'import', document: report };
  }
  if (isReport(document, 'jobStatus', 'types')) {
    return { kind: 'export', document: checkVersion(document, '1', location) as ExportDocument };
  }
  throw noReport(location);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isReport(document: unknown, ...members: readonly string[]): document is { readonly version: unknown } {
  return typeof document === 'object' && document !== null && ['version', ...members].every((member) => member in document);
}

function checkVersion(document: { readonly version: unknown }, version: number | string, location: string): object {
  if (document.version !== version) {
    throw new ToolError(`${location} has version ${JSON.stringify(document.version)} of the report, and this tool reads version ${version}: install a newer version of healthlake-tools`);
  }
  return document;
}

/** Returns the error about a file or object that is not a report. */
export function noReport(location: string): ToolError {
  return new ToolError(`${location} is not a report of cdk-healthlake-import: give the location of report.json or export.json`);
}
