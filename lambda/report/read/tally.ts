import { type Issue, LINE_NOT_JSON, LINE_TOO_LONG, LINE_WITHOUT_ISSUE, LINE_WITHOUT_RESPONSE } from './result-line';
import { ISSUE_TYPES, RESOURCE_TYPES } from '../messages/fhir-r4-names';
import { findMessage, isMessage } from '../messages/message';

/** The maximum number of lines that `Count.first` keeps. */
const FIRST_KEPT = 3;

/**
 * The messages of reasons come from templates with placeholders, such as `{element}`. When a tally has this many reasons, new messages show the
 * placeholders instead of names. Otherwise the many names of FHIR elements would make too many reasons.
 */
const MAX_FILLED = 2_000;

/** The maximum number of files in `Tally.fileRows`. The files with the most lines are kept. */
const MAX_FILE_ROWS = 1_000;

/** The name that replaces codes and types that FHIR R4 doesn't define, because they may be patient data. */
export const OTHER = 'other';

/** The messages for the issue codes of this library. */
const OWN_MESSAGES: ReadonlyMap<string, string> = new Map([
  [LINE_NOT_JSON, 'a line of the results is not a JSON object'],
  [LINE_WITHOUT_RESPONSE, 'a line of the results has no UpdateResourceResponse'],
  [LINE_WITHOUT_ISSUE, 'a line of the results has no issue'],
  [LINE_TOO_LONG, 'a line of the results is too long to be read'],
]);

/** A line of a results file. */
export interface Occurrence {
  readonly file: FileTally;
  /** The number of the line in the results file, starting at 1. */
  readonly line: number;
  /** The line number in the input file that HealthLake reports for the resource. */
  readonly lineId?: number;
}

/** A number of lines, and the first of these lines. */
export interface Count {
  count: number;
  /** The first lines, in the order in which S3 lists their files. */
  readonly first: Occurrence[];
}

/** The count of the lines in a results file. */
export interface FileTally extends Count {
  readonly key: string;
  /** The index of the file in the S3 listing. */
  readonly index: number;
  /** Whether the file was read to its end. */
  wasRead: boolean;
}

/** The count of the lines with the same resource type. */
export interface TypeTally extends Count {
  readonly type: string;
}

/** The count of the lines with the same code and message. */
export interface Reason extends Count {
  readonly code: string;
  readonly message?: string;
  /** The number of lines of each resource type. */
  readonly types: Map<string, number>;
}

/**
 * Counts the lines of the results in one folder. The memory that a tally uses doesn't grow with the number of lines, because issue types, message
 * templates and `MAX_FILLED` limit the number of reasons.
 */
export class Tally implements Count {
  public count = 0;
  public readonly first: Occurrence[] = [];
  /** The number of files that `fileRows` leaves out, and the number of lines in them. */
  public readonly otherFiles = { files: 0, count: 0 };
  private readonly reasonsByKey = new Map<string, Reason>();
  private readonly typesByName = new Map<string, TypeTally>();
  private readonly files: FileTally[] = [];

  public get reasons(): readonly Reason[] {
    return [...this.reasonsByKey.values()];
  }

  public get resourceTypes(): readonly TypeTally[] {
    return [...this.typesByName.values()];
  }

  /** The files with the most lines, in descending order of their number of lines. */
  public get fileRows(): readonly FileTally[] {
    this.keepLargestFiles();
    return this.files;
  }

  /** Counts a line in its folder, file and resource type, and in each of its reasons. */
  public add(resourceType: string | undefined, reasons: readonly Reason[], file: FileTally, line: number, lineId?: number): void {
    const type = resourceType !== undefined && RESOURCE_TYPES.has(resourceType) ? resourceType : OTHER;
    const ofType = this.typesByName.get(type) ?? { type, count: 0, first: [] };
    this.typesByName.set(type, ofType);
    for (const counted of [this, file, ofType, ...reasons]) {
      bump(counted, file, line, lineId);
    }
    for (const { types } of reasons) {
      types.set(type, (types.get(type) ?? 0) + 1);
    }
  }

  /** Adds a file to the file list. Call this method after all lines of the file are counted. */
  public addFile(file: FileTally): void {
    if (file.count > 0) {
      this.files.push(file);
    }
    if (this.files.length >= 2 * MAX_FILE_ROWS) {
      this.keepLargestFiles();
    }
  }

  /** Returns the reason for an issue. Replaces a code that FHIR doesn't define with `other`, and leaves out a message that matches no template. */
  public reason({ code, text }: Issue): Reason {
    if (code !== undefined && OWN_MESSAGES.has(code)) {
      return this.reasonOf(code, OWN_MESSAGES.get(code));
    }
    const known = code !== undefined && ISSUE_TYPES.has(code) ? code : OTHER;
    const message = text === undefined ? undefined : findMessage(text);
    const isFull = this.reasonsByKey.size >= MAX_FILLED && !this.reasonsByKey.has(keyOf(known, message?.filled));
    return this.reasonOf(known, isFull ? message?.bare : message?.filled);
  }

  private reasonOf(code: string, message: string | undefined): Reason {
    const key = keyOf(code, message);
    const reason = this.reasonsByKey.get(key) ?? { code, message, count: 0, first: [], types: new Map() };
    this.reasonsByKey.set(key, reason);
    return reason;
  }

  private keepLargestFiles(): void {
    this.files.sort((a, b) => b.count - a.count || a.index - b.index);
    for (const { count } of this.files.splice(MAX_FILE_ROWS)) {
      this.otherFiles.files += 1;
      this.otherFiles.count += count;
    }
  }
}

/** Returns whether a tally can contain this reason. `readReport()` uses this check to reject a `report.json` with texts that this library doesn't write. */
export function isReason(code: string, message: string | undefined): boolean {
  return OWN_MESSAGES.has(code)
    ? OWN_MESSAGES.get(code) === message
    : (ISSUE_TYPES.has(code) || code === OTHER) && (message === undefined || isMessage(message));
}

function keyOf(code: string, message = ''): string {
  return `${code} ${message}`;
}

function bump(counted: Count, file: FileTally, line: number, lineId?: number): void {
  const { first } = counted;
  counted.count += 1;
  if (first.length < FIRST_KEPT || file.index < first[first.length - 1].file.index) {
    first.push({ file, line, lineId });
    // It is enough to sort by file, because the lines of one file arrive in order and a stable sort keeps that order.
    first.sort((a, b) => a.file.index - b.file.index);
    first.length = Math.min(first.length, FIRST_KEPT);
  }
}
