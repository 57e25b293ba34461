import { type Issue, LINE_NOT_JSON, LINE_TOO_LONG, LINE_WITHOUT_ISSUE, LINE_WITHOUT_RESPONSE } from './result-line';
import { ISSUE_TYPES, RESOURCE_TYPES } from '../messages/fhir-r4-names';
import { findMessage, isMessage } from '../messages/message';

/** How many of the first occurrences are kept. */
export const FIRST_KEPT = 3;

/** Beyond this number of reasons, new messages stay unfilled templates: filled ones could be as many as there are elements in the data. */
const MAX_FILLED = 2_000;

/** How many files have a row of their own: those with the most lines. */
export const MAX_FILE_ROWS = 1_000;

/** What is said of codes and types that FHIR R4 doesn't have: they could be anything. */
export const OTHER = 'other';

/** Messages of the codes of our own. */
const OWN_MESSAGES: ReadonlyMap<string, string> = new Map([
  [LINE_NOT_JSON, 'a line of the results is not a JSON object'],
  [LINE_WITHOUT_RESPONSE, 'a line of the results has no UpdateResourceResponse'],
  [LINE_WITHOUT_ISSUE, 'a line of the results has no issue'],
  [LINE_TOO_LONG, 'a line of the results is too long to be read'],
]);

/** Where something was found. */
export interface Occurrence {
  readonly file: FileTally;
  /** Of the file of results, from 1. */
  readonly line: number;
  /** Of the input file, as HealthLake counts. */
  readonly lineId?: number;
}

/** Something that is counted. */
export interface Count {
  count: number;
  /** The first ones, in the order of files and lines, however the files were read. */
  readonly first: Occurrence[];
}

/** A file of results. */
export interface FileTally extends Count {
  readonly key: string;
  /** Its place among the files. */
  readonly index: number;
  /** Whether it was read to its end. */
  wasRead: boolean;
}

/** Lines with the same code and message. */
export interface Reason extends Count {
  readonly code: string;
  readonly message?: string;
  /** The lines of each resource type. */
  readonly types: Map<string, number>;
}

/**
 * Counts the reasons of one kind of lines. Its memory doesn't grow with the number of lines: the issue types and message templates bound the number
 * of reasons, and filled messages add at most `MAX_FILLED`.
 */
export class Tally implements Count {
  public count = 0;
  public readonly first: Occurrence[] = [];
  /** Of files that have no row of their own. */
  public readonly otherFiles = { files: 0, count: 0 };
  public readonly reasons: Reason[] = [];
  /** By code and message. */
  private readonly reasonsByCode = new Map<string, Map<string | undefined, Reason>>();
  private readonly types = new Map<string, Count & { readonly type: string }>();
  private files: FileTally[] = [];

  public get resourceTypes(): readonly (Count & { readonly type: string })[] {
    return [...this.types.values()];
  }

  /** Those with the most lines first. */
  public get fileRows(): readonly FileTally[] {
    this.keepLargestFiles();
    return this.files;
  }

  /** Counts one line, once for each of its reasons. */
  public add(resourceType: string | undefined, reasons: readonly Reason[], file: FileTally, line: number, lineId?: number): void {
    const type = resourceType !== undefined && RESOURCE_TYPES.has(resourceType) ? resourceType : OTHER;
    bump(this, file, line, lineId);
    bump(file, file, line, lineId);
    bump(this.typeOf(type), file, line, lineId);
    for (const reason of reasons) {
      bump(reason, file, line, lineId);
      reason.types.set(type, (reason.types.get(type) ?? 0) + 1);
    }
  }

  /** Takes the counts of a file that nothing more will be read of. */
  public addFile(file: FileTally): void {
    if (file.count > 0) {
      this.files.push(file);
    }
    if (this.files.length >= 2 * MAX_FILE_ROWS) {
      this.keepLargestFiles();
    }
  }

  /** The reason of an issue, without codes and messages that are not known to come from FHIR or HealthLake. */
  public reason({ code, text }: Issue): Reason {
    if (code !== undefined && OWN_MESSAGES.has(code)) {
      return this.reasonOf(code, OWN_MESSAGES.get(code))!;
    }
    const known = code !== undefined && ISSUE_TYPES.has(code) ? code : OTHER;
    const message = text === undefined ? undefined : findMessage(text);
    return this.reasonOf(known, message?.filled, MAX_FILLED) ?? this.reasonOf(known, message?.bare)!;
  }

  /** Gets or creates the reason. Returns undefined if there would be more than `max` reasons. */
  private reasonOf(code: string, message: string | undefined, max = Infinity): Reason | undefined {
    const known = this.reasonsByCode.get(code)?.get(message);
    if (known || this.reasons.length >= max) {
      return known;
    }
    const reason: Reason = { code, message, count: 0, first: [], types: new Map() };
    this.reasons.push(reason);
    this.reasonsByCode.set(code, (this.reasonsByCode.get(code) ?? new Map<string | undefined, Reason>()).set(message, reason));
    return reason;
  }

  private typeOf(type: string): Count {
    const known = this.types.get(type);
    if (known) {
      return known;
    }
    const made = { type, count: 0, first: [] };
    this.types.set(type, made);
    return made;
  }

  private keepLargestFiles(): void {
    this.files.sort((a, b) => b.count - a.count || a.index - b.index);
    for (const { count } of this.files.splice(MAX_FILE_ROWS)) {
      this.otherFiles.files += 1;
      this.otherFiles.count += count;
    }
  }
}

/** Whether this is how a tally words a reason: so that a report that somebody else has written shows nothing that ours would not. */
export function isReason(code: string, message: string | undefined): boolean {
  return OWN_MESSAGES.has(code)
    ? OWN_MESSAGES.get(code) === message
    : (ISSUE_TYPES.has(code) || code === OTHER) && (message === undefined || isMessage(message));
}

function bump(counted: Count, file: FileTally, line: number, lineId?: number): void {
  const { first } = counted;
  counted.count += 1;
  if (first.length < FIRST_KEPT || file.index < first[first.length - 1].file.index) {
    // Files may be read in another order than they were listed. The lines of one file arrive in order, and the stable sort keeps that.
    first.push({ file, line, lineId });
    first.sort((a, b) => a.file.index - b.file.index);
    first.length = Math.min(first.length, FIRST_KEPT);
  }
}
