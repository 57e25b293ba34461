import type { JobWindow } from '../../../src/contract';
import { describeError } from '../../aws/errors';
import { ownNamesOfReport } from '../../service-text/own-names';
import type { ManifestReading } from '../read/manifest';
import type { Reading } from '../read/read-files';
import { FAILURES_FOLDER, SEARCH_VALIDATION_FOLDER } from '../read/results';
import type { Count, FileTally, Reason, Tally } from '../read/tally';
import type { ResultsLocation } from '../shared/objects';
import type { ManifestCounts, ReportRequest } from '../types';

/** The version of the report format in this file. docs/report.schema.json describes the format. */
export const REPORT_VERSION = 1;

/**
 * The maximum size in bytes of each list of files or reasons as JSON. A report has four of these lists, so it stays below 16 MiB, the largest `report.json`
 * that the report function reads.
 */
const MAX_LIST_BYTES = 2 * 1024 * 1024;

/**
 * The content of `report.json`. Object keys can contain patient data. The report has them nevertheless, so that the owner of the data can find the failed
 * resources. It has no other patient data.
 */
export interface ReportDocument {
  readonly version: typeof REPORT_VERSION;
  readonly job: JobWindow & { readonly datastoreId: string; readonly jobId: string; readonly input: string; readonly output: string };
  /** Whether every results file was read to its end. */
  readonly complete: boolean;
  /** The reason why the report is incomplete. Undefined if it is complete. */
  readonly incomplete?: string;
  readonly files: {
    readonly read: number;
    readonly total: number;
    /** Whether all results files were listed. If not, there may be more files than `total`. */
    readonly totalIsExact: boolean;
    /** The results files that could not be read, at most 20. */
    readonly unread: readonly { readonly key: string; readonly why: string }[];
  };
  readonly manifest?: ManifestCounts;
  readonly manifestProblem?: string;
  /** The resources in FAILURE/, which were not imported. */
  readonly failures: SectionDocument;
  /** The resources in SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/, which HealthLake imported although search can't index them completely. */
  readonly searchValidation: SectionDocument;
}

/** The counts of the lines in one folder of the results, by file, resource type and reason. Each list has the largest counts first. */
export interface SectionDocument {
  readonly count: number;
  readonly files: readonly FileDocument[];
  /** The number of files that `files` leaves out, and the number of lines in them. */
  readonly otherFiles: { readonly files: number; readonly count: number };
  readonly resourceTypes: readonly TypeDocument[];
  readonly reasons: readonly ReasonDocument[];
  /** The number of reasons that `reasons` leaves out, and the sum of their counts. A resource counts once for each of its reasons. */
  readonly otherReasons?: { readonly reasons: number; readonly count: number };
}

interface CountDocument {
  readonly count: number;
  readonly first: readonly OccurrenceDocument[];
}

export interface FileDocument extends CountDocument {
  readonly key: string;
  readonly inputKey: string;
  readonly complete: boolean;
}

export interface TypeDocument extends CountDocument {
  readonly type: string;
}

export interface ReasonDocument extends CountDocument {
  readonly code: string;
  readonly message?: string;
  readonly resourceTypes: readonly { readonly type: string; readonly count: number }[];
}

/** A line of a results file. `inputLine` is the line number in the input file that HealthLake reports for the resource. */
export interface OccurrenceDocument {
  readonly key: string;
  readonly line: number;
  readonly inputLine?: number;
}

/** The data from which `documentOf()` creates a report. */
export interface Findings {
  readonly manifest: ManifestReading;
  readonly failures: Tally;
  readonly searchValidation: Tally;
  readonly reading: Reading;
}

/** Returns the report. The same arguments always produce the same report. */
export function documentOf(request: ReportRequest, results: ResultsLocation, findings: Findings): ReportDocument {
  const { manifest, failures, searchValidation, reading } = findings;
  const incomplete = incompleteOf(reading, ownNamesOfReport(request));
  const { DatastoreId: datastoreId, JobId: jobId, InputS3Uri: input, OutputLocation: output } = request;
  return {
    version: REPORT_VERSION,
    job: { datastoreId, jobId, input, output, ...request.Window },
    complete: incomplete === undefined,
    ...(incomplete !== undefined && { incomplete }),
    files: { read: reading.filesRead, total: reading.filesTotal, totalIsExact: reading.allListed, unread: reading.unread },
    ...('counts' in manifest ? { manifest: manifest.counts } : { manifestProblem: manifest.problem }),
    failures: sectionOf(failures, inputKeys(input, results, FAILURES_FOLDER)),
    searchValidation: sectionOf(searchValidation, inputKeys(input, results, SEARCH_VALIDATION_FOLDER)),
  };
}

/** Returns the reason why the report is incomplete, or undefined if every file was read. */
function incompleteOf(reading: Reading, own: readonly string[]): string | undefined {
  const { filesRead, filesTotal, allListed, timeUp, filesUnread, unread, listError } = reading;
  const total = allListed ? String(filesTotal) : `${filesTotal} or more`;
  const codes = [...new Set(unread.map(({ why }) => why))].join(', ');
  const problems = [
    timeUp ? `the time was up: ${filesRead} of ${total} files read` : '',
    filesUnread > 0 ? `${filesUnread} of ${total} files could not be read (${codes})` : '',
    listError !== undefined ? `not all files could be listed: ${describeError(listError, own)}` : '',
  ];
  return problems.filter((problem) => problem !== '').join('; ') || undefined;
}

/**
 * Returns a function that maps the key of a results file to the key of its input file. HealthLake gives a results file the name and sub-folder of its input
 * file.
 */
function inputKeys(input: string, { prefix }: ResultsLocation, folder: string): (key: string) => string {
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

/** Returns the entries that fit into `MAX_LIST_BYTES`. For the entries that don't fit, returns their number and the sum of their counts. */
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

function countOf({ count, first }: Count): CountDocument {
  return { count, first: first.map(({ file, line, lineId }) => ({ key: file.key, line, ...(lineId !== undefined && { inputLine: lineId }) })) };
}

/** Sorts entries by count, largest first. Entries with the same count are sorted by name. */
function mostFrequentFirst<T extends { readonly count: number }>(counted: readonly T[], nameOf: (one: T) => string): T[] {
  return [...counted].sort((a, b) => b.count - a.count || (nameOf(a) < nameOf(b) ? -1 : 1));
}

function typeOf({ type }: { readonly type: string }): string {
  return type;
}

/** Returns the name by which reasons with the same count are sorted. Reasons without a message come last. */
function reasonName({ code, message }: { readonly code: string; readonly message?: string }): string {
  return message === undefined ? `1${code}` : `0${code} ${message}`;
}
