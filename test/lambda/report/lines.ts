import { LineReader } from '../../../lambda/report/read/line-reader';
import { type FileTally, type Reason, Tally } from '../../../lambda/report/read/tally';

/** A string that stands for patient data. */
export const CANARY = 'Quillfeather';

/** The job that documents report on. */
export const REQUEST = {
  DatastoreId: '6407b9ae4c2def3cb6f1a46a0c599ec0',
  JobId: 'c0fddbf76f238297632d4aebdbfc9ddf',
  InputS3Uri: 's3://clinic-data/',
  OutputLocation: 's3://clinic-results/x-FHIR_IMPORT-y/',
  ReportRoleArn: 'arn:aws:iam::123456789012:role/report',
};

/** A line as HealthLake writes it. */
export function failure(lineId: number, issues: string | readonly object[], more: object = {}): string {
  const issue = typeof issues === 'string' ? [error(issues)] : issues;
  return JSON.stringify({
    lineId,
    resourceId: `${CANARY}-${lineId}`,
    resourceType: 'Patient',
    ...more,
    UpdateResourceResponse: { jsonBlob: { resourceType: 'OperationOutcome', issue }, statusCode: 400 },
  });
}

export function error(diagnostics: string, more: object = {}): object {
  return { severity: 'error', code: 'processing', diagnostics, ...more };
}

export function fileTally(key = 'file', index = 0): FileTally {
  return { key, index, wasRead: false, count: 0, first: [] };
}

/** Reads a file that comes in pieces of a size. */
export function tallyOf(content: string | Buffer, pieceSize = 64 * 1024): Tally {
  const tally = new Tally();
  const file = fileTally();
  const lines = new LineReader(tally, file);
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += pieceSize) {
    lines.push(bytes.subarray(at, at + pieceSize));
  }
  lines.end();
  tally.addFile(file);
  return tally;
}

/** The reasons that a tally has counted, a row for each resource type. */
export function rowsOf(tally: Tally): (Omit<Reason, 'types'> & { readonly type: string })[] {
  return tally.reasons.flatMap(({ types, ...reason }) => [...types].map(([type, count]) => ({ ...reason, type, count })));
}

/** What a tally has counted, in a form that can be compared. */
export function summaryOf(tally: Tally): object {
  const rows = rowsOf(tally).map(({ type, code, message, count, first }) => ({
    type, code, message, count, first: first.map(({ line, lineId }) => [line, lineId]),
  }));
  return {
    count: tally.count,
    rows: rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    types: tally.resourceTypes.filter(({ count }) => count > 0).map(({ type, count }) => [type, count]).sort(),
  };
}
