import { documentOf, type Findings, type ReportDocument } from '../../../lambda/report/document/document';
import { LineReader } from '../../../lambda/report/read/line-reader';
import type { Reading } from '../../../lambda/report/read/read-files';
import { type FileTally, type Reason, Tally } from '../../../lambda/report/read/tally';
import type { ReportRequest } from '../../../lambda/report/types';

/** A name that stands for patient data. */
export const CANARY = 'Quillfeather';

/** The times of a job, as the handler sends them to the report function. */
export const WINDOW = { submitted: '2026-01-15T12:00:00.000Z', ended: '2026-01-15T12:01:30.000Z', restorePoint: '2026-01-15T11:59:00.000Z' };

export const REQUEST: ReportRequest = {
  DatastoreId: '6407b9ae4c2def3cb6f1a46a0c599ec0',
  JobId: 'c0fddbf76f238297632d4aebdbfc9ddf',
  InputS3Uri: 's3://clinic-data/',
  OutputLocation: 's3://clinic-results/x-FHIR_IMPORT-y/',
  ReportRoleArn: 'arn:aws:iam::123456789012:role/report',
  Window: WINDOW,
};

/** Returns the report on these findings. By default, all files were read and no resource failed. */
export function documentOn({ reading, ...findings }: Partial<Omit<Findings, 'reading'>> & { readonly reading?: Partial<Reading> }, request = REQUEST): ReportDocument {
  return documentOf(request, { bucket: 'clinic-results', prefix: 'x-FHIR_IMPORT-y/' }, {
    manifest: { counts: { resourcesScanned: 3 } },
    failures: new Tally(),
    searchValidation: new Tally(),
    reading: { filesRead: 1, filesTotal: 1, allListed: true, timeUp: false, filesUnread: 0, unread: [], ...reading },
    ...findings,
  });
}

/** Returns a line about a failed resource as HealthLake writes it into the results. */
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

export function error(diagnostics: string): object {
  return { severity: 'error', code: 'processing', diagnostics };
}

export function fileTally(key = 'file', index = 0): FileTally {
  return { key, index, wasRead: false, count: 0, first: [] };
}

/** Returns the tally of a file with this content, which the reader gets in pieces of `pieceSize` bytes. */
export function tallyOf(content: string | Buffer, pieceSize = 64 * 1024): Tally {
  const tally = new Tally();
  readInto(tally, fileTally(), content, pieceSize);
  return tally;
}

export function readInto(tally: Tally, file: FileTally, content: string | Buffer, pieceSize = 64 * 1024): void {
  const lines = new LineReader(tally, file);
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += pieceSize) {
    lines.push(bytes.subarray(at, at + pieceSize));
  }
  lines.end();
  tally.addFile(file);
}

/** Returns a row for each reason and resource type of a tally. */
export function rowsOf(tally: Tally): (Omit<Reason, 'types'> & { readonly type: string })[] {
  return tally.reasons.flatMap(({ types, ...reason }) => [...types].map(([type, count]) => ({ ...reason, type, count })));
}
