import { describeError } from '../../aws/errors';
import { ownNamesOfReport } from '../../service-text/own-names';
import type { ManifestReading } from '../read/manifest';
import type { Reading } from '../read/read-files';
import { FAILURES_FOLDER, type Results, SEARCH_VALIDATION_FOLDER } from '../read/results';
import type { Count, FileTally, Reason, Tally } from '../read/tally';
import type { ManifestCounts, ReportRequest } from '../types';

/** The version of the shapes in this file, which docs/report.schema.json describes. */
export const REPORT_VERSION = 1;

/** The maximum JSON size of a list of files or reasons. A report has four lists and must stay below the 16 MiB that can be read back. */
const MAX_LIST_BYTES = 2 * 1024 * 1024;

/** `report.json`. It has object keys, so that the owner of the data finds what has to be mended, and no other value of the data. */
export interface ReportDocument {
  readonly version: typeof REPORT_VERSION;
  readonly job: { readonly datastoreId: string; readonly jobId: string; readonly input: string; readonly output: string };
  /** Whether every file of the results was read to its end. */
  readonly complete: boolean;
  /** What is missing, if anything is. */
  readonly incomplete?: string;
  readonly files: {
    readonly read: number;
    readonly total: number;
    /** False if the time was up before all files were listed. */
    readonly totalIsExact: boolean;
    /** Of those that could not be read, the first ones. */
    readonly unread: readonly { readonly key: string; readonly why: string }[];
  };
  readonly manifest?: ManifestCounts;
  readonly manifestProblem?: string;
  /** FAILURE/: resources that were not imported. */
  readonly failures: SectionDocument;
  /** SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/: resources that were imported although they failed checks that searching needs. */
  readonly searchValidation: SectionDocument;
}

/** What the lines of one kind say, the most frequent first. */
export interface SectionDocument {
  readonly count: number;
  readonly files: readonly FileDocument[];
  /** Files that are not in the list. */
  readonly otherFiles: { readonly files: number; readonly count: number };
  readonly resourceTypes: readonly TypeDocument[];
  readonly reasons: readonly ReasonDocument[];
  /** Reasons that are not in the list, if any. `count` sums their counts, so a resource may be counted more than once. */
  readonly otherReasons?: { readonly reasons: number; readonly count: number };
}

export interface FileDocument {
  readonly key: string;
  readonly inputKey: string;
  readonly complete: boolean;
  readonly count: number;
  readonly first: readonly OccurrenceDocument[];
}

export interface TypeDocument {
  readonly type: string;
  readonly count: number;
  readonly first: readonly OccurrenceDocument[];
}

export interface ReasonDocument {
  readonly code: string;
  readonly message?: string;
  readonly count: number;
  readonly resourceTypes: readonly { readonly type: string; readonly count: number }[];
  readonly first: readonly OccurrenceDocument[];
}

/** Where something was found: an object of the results with its line, and the line of the input as HealthLake counts. */
export interface OccurrenceDocument {
  readonly key: string;
  readonly line: number;
  readonly inputLine?: number;
}

/** What a report is made of. */
export interface Findings {
  readonly manifest: ManifestReading;
  readonly failures: Tally;
  readonly searchValidation: Tally;
  readonly reading: Reading;
}

/** The report as it is written. The same findings give the same bytes. */
export function documentOf(request: ReportRequest, results: Results, { manifest, failures, searchValidation, reading }: Findings): ReportDocument {
  const incomplete = missingOf(reading, ownNamesOfReport(request));
  const { DatastoreId: datastoreId, JobId: jobId, InputS3Uri: input, OutputLocation: output } = request;
  return {
    version: REPORT_VERSION,
    job: { datastoreId, jobId, input, output },
    complete: incomplete === undefined,
    ...(incomplete !== undefined && { incomplete }),
    files: { read: reading.filesRead, total: reading.filesTotal, totalIsExact: reading.listing === 'ended', unread: reading.unread },
    ...('counts' in manifest ? { manifest: manifest.counts } : { manifestProblem: manifest.problem }),
    failures: sectionOf(failures, inputKeys(input, results, FAILURES_FOLDER)),
    searchValidation: sectionOf(searchValidation, inputKeys(input, results, SEARCH_VALIDATION_FOLDER)),
  };
}

/** What was not read, in words; undefined if all was. */
function missingOf({ filesRead, filesTotal, listing, timeUp, filesUnread, unread, listError }: Reading, own: readonly string[]): string | undefined {
  const total = listing === 'ended' ? String(filesTotal) : `${filesTotal} or more`;
  const codes = [...new Set(unread.map(({ why }) => why))].join(', ');
  const missing = [
    timeUp ? `the time was up: ${filesRead} of ${total} files read` : '',
    filesUnread > 0 ? `${filesUnread} of ${total} files could not be read (${codes})` : '',
    listError !== undefined ? `not all files could be listed: ${describeError(listError, own)}` : '',
  ].filter((sentence) => sentence !== '');
  return missing.length > 0 ? missing.join('; ') : undefined;
}

/** An output file is named as its input file is, sub-folders included. */
function inputKeys(input: string, { prefix }: Results, folder: string): (key: string) => string {
  const inputPrefix = /^s3:\/\/[^/]+\/?(.*)$/s.exec(input)?.[1] ?? '';
  return (key) => inputPrefix + key.slice(prefix.length + folder.length);
}

function sectionOf(tally: Tally, inputKeyOf: (key: string) => string): SectionDocument {
  const files = listOf(tally.fileRows, (file) => fileOf(file, inputKeyOf(file.key)));
  const reasons = listOf(mostFrequentFirst(tally.reasons, reasonName), reasonOf);
  return {
    count: tally.count,
    files: files.listed,
    otherFiles: { files: tally.otherFiles.files + files.rest, count: tally.otherFiles.count + files.restCount },
    resourceTypes: mostFrequentFirst(tally.resourceTypes, typeOf).map((counted) => ({ type: counted.type, ...countOf(counted) })),
    reasons: reasons.listed,
    ...(reasons.rest > 0 && { otherReasons: { reasons: reasons.rest, count: reasons.restCount } }),
  };
}

/** Splits entries into those that fit into a list and the rest, which is given by its number and the sum of its counts. */
function listOf<T extends Count, D>(counted: readonly T[], toDocument: (one: T) => D): { listed: D[]; rest: number; restCount: number } {
  const listed: D[] = [];
  let bytes = 0;
  for (const one of counted) {
    const document = toDocument(one);
    bytes += Buffer.byteLength(JSON.stringify(document));
    if (bytes > MAX_LIST_BYTES) {
      break;
    }
    listed.push(document);
  }
  const rest = counted.slice(listed.length);
  return { listed, rest: rest.length, restCount: rest.reduce((sum, { count }) => sum + count, 0) };
}

function fileOf(file: FileTally, inputKey: string): FileDocument {
  return { key: file.key, inputKey, complete: file.wasRead, ...countOf(file) };
}

function reasonOf(reason: Reason): ReasonDocument {
  const { code, message, types } = reason;
  const { count, first } = countOf(reason);
  const resourceTypes = mostFrequentFirst([...types].map(([type, ofType]) => ({ type, count: ofType })), typeOf);
  return { code, ...(message !== undefined && { message }), count, resourceTypes, first };
}

function countOf({ count, first }: Count): { count: number; first: OccurrenceDocument[] } {
  return { count, first: first.map(toOccurrence) };
}

function toOccurrence({ file, line, lineId }: Count['first'][number]): OccurrenceDocument {
  return { key: file.key, line, ...(lineId !== undefined && { inputLine: lineId }) };
}

/** Of equally many the one first whose name is. */
function mostFrequentFirst<T extends { readonly count: number }>(counted: readonly T[], nameOf: (one: T) => string): T[] {
  return counted.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count || (nameOf(a) < nameOf(b) ? -1 : 1));
}

function typeOf({ type }: { readonly type: string }): string {
  return type;
}

/** Reasons without a message come last. */
function reasonName({ code, message }: { readonly code: string; readonly message?: string }): string {
  return message === undefined ? `1${code}` : `0${code} ${message}`;
}
