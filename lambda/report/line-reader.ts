import { CARRIAGE_RETURN, COMMA } from './bytes';
import { KnownTexts } from './known-texts';
import { parseLine } from './line-parser';
import { endsLine, Envelope, IssueShape, shapeOf } from './line-shape';
import { LineHandler, LineSplitter } from './line-splitter';
import { LINE_NOT_JSON, LINE_TOO_LONG, Outcome } from './outcome';
import { Bounds, Chunk, decodeText, matchSegment, numberIn } from './segment';
import { FileTally, Reason, Tally } from './tally';

/** How many shapes are tried. More would take longer than parsing. */
const MAX_ENVELOPES = 8;
const MAX_ISSUES = 16;

/** After so many lines it is asked whether shapes are worth it. */
const TRIAL = 1_024;

/** If they are not: how many lines are parsed before they are tried again. */
const PAUSE = 64 * TRIAL;

const BLANK = /^\s*$/;

/** A resource type in the head of a line of which no more is known. */
const RESOURCE_TYPE = /"resourceType"\s*:\s*"([A-Za-z]+)"/;

/** A shape, and how often it was found. */
interface Known<T> {
  readonly name: string;
  readonly shape: T;
  hits: number;
}

interface KnownIssue extends Known<IssueShape> {
  readonly texts: KnownTexts;
}

interface FoundIssue {
  issue: KnownIssue;
  /** -1 if it has no text. */
  textStart: number;
  textEnd: number;
}

/** Reads the lines of one kind of files and counts what they say. One for all files: what it learns from one serves the next. */
export class LineReader {
  private envelopes: Known<Envelope>[] = [];
  private issues: KnownIssue[] = [];
  private tried = 0;
  private hits = 0;
  private pause = 0;
  // Used again for each line, because making them anew would take as long as reading it.
  private readonly bounds: Bounds = [];
  private readonly found: FoundIssue[] = [];
  private foundCount = 0;
  private readonly reasons: Reason[] = [];

  public constructor(private readonly tally: Tally) {}

  /** What takes the pieces of a file. */
  public open(file: FileTally): LineSplitter {
    return new LineSplitter(new FileLines(file, this));
  }

  /** Reads the line between `start` and its newline at `end`. */
  public readLine(chunk: Chunk, start: number, end: number, file: FileTally, line: number): void {
    if (this.readKnown(chunk, start, end, file, line)) {
      return;
    }
    const bytes = chunk.bytes.subarray(start, end > start && chunk.bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
    const text = bytes.toString('utf8');
    if (BLANK.test(text)) {
      return;
    }
    const outcome = parseLine(text);
    this.count(outcome, file, line);
    if (this.pause === 0 && outcome.issues[0].code !== LINE_NOT_JSON) {
      this.learn(bytes);
    }
  }

  /** Counts a line of which only the head is known. */
  public skipLine(head: Buffer, file: FileTally, line: number): void {
    const resourceType = RESOURCE_TYPE.exec(head.toString('latin1'))?.[1];
    this.count({ resourceType, issues: [{ code: LINE_TOO_LONG }] }, file, line);
  }

  private count({ resourceType, issues, lineId }: Outcome, file: FileTally, line: number): void {
    this.tally.add(resourceType, [...new Set(issues.map((issue) => this.tally.reason(issue)))], file, line, lineId);
  }

  /** Whether the line was read without being parsed. */
  private readKnown(chunk: Chunk, start: number, end: number, file: FileTally, line: number): boolean {
    if (this.pause > 0) {
      this.pause -= 1;
      return false;
    }
    if (this.tried === TRIAL) {
      this.review();
    }
    this.tried += 1;
    for (let i = 0; i < this.envelopes.length; i++) {
      const { head, tail, resourceType, lineIdSlot } = this.envelopes[i].shape;
      const issuesStart = matchSegment(chunk, start, end, head, this.bounds);
      const lineId = issuesStart < 0 || lineIdSlot === undefined ? undefined : numberIn(chunk, this.bounds, lineIdSlot);
      const issuesEnd = issuesStart < 0 ? -1 : this.findIssues(chunk, issuesStart, end);
      const reasons = issuesEnd >= 0 && endsLine(chunk, issuesEnd, end, tail, this.bounds) ? this.reasonsOfFound(chunk) : undefined;
      if (reasons) {
        this.tally.add(resourceType, reasons, file, line, lineId);
        this.hits += 1;
        noteHit(this.envelopes, i);
        return true;
      }
    }
    return false;
  }

  /** Finds the issues that begin here. Gives where they end, or -1 if one isn't known. */
  private findIssues(chunk: Chunk, start: number, end: number): number {
    this.foundCount = 0;
    let at = start;
    for (;;) {
      at = this.findIssue(chunk, at, end);
      if (at < 0 || chunk.bytes[at] !== COMMA) {
        return at;
      }
      at += 1;
    }
  }

  private findIssue(chunk: Chunk, start: number, end: number): number {
    for (let i = 0; i < this.issues.length; i++) {
      const issue = this.issues[i];
      const { segment, textSlot } = issue.shape;
      const at = matchSegment(chunk, start, end, segment, this.bounds);
      if (at >= 0) {
        const found = this.found[this.foundCount++] ??= { issue, textStart: -1, textEnd: -1 };
        found.issue = issue;
        found.textStart = textSlot === undefined ? -1 : this.bounds[2 * textSlot];
        found.textEnd = textSlot === undefined ? -1 : this.bounds[2 * textSlot + 1];
        noteHit(this.issues, i);
        return at;
      }
    }
    return -1;
  }

  /** The reasons that the line's errors give, or all its issues if none is an error; undefined if a text is none of JSON. */
  private reasonsOfFound(chunk: Chunk): readonly Reason[] | undefined {
    const { reasons, found, foundCount } = this;
    let hasErrors = false;
    for (let i = 0; i < foundCount; i++) {
      hasErrors ||= found[i].issue.shape.isError;
    }
    reasons.length = 0;
    for (let i = 0; i < foundCount; i++) {
      const { issue, textStart, textEnd } = found[i];
      const counts = issue.shape.isError === hasErrors;
      const reason = counts ? issue.texts.reasonOf(chunk, textStart, textEnd) : undefined;
      if (reason && !reasons.includes(reason)) {
        reasons.push(reason); // a line that says the same twice is counted once
      } else if (!reason && (counts || (textStart >= 0 && decodeText(chunk, textStart, textEnd) === undefined))) {
        return undefined;
      }
    }
    return reasons;
  }

  private learn(line: Buffer): void {
    const isFull = this.envelopes.length >= MAX_ENVELOPES || this.issues.length >= MAX_ISSUES;
    const shape = isFull ? undefined : shapeOf(line);
    if (!shape) {
      return;
    }
    const name = shape.envelope.head.name + shape.envelope.tail.name;
    if (!this.envelopes.some((known) => known.name === name)) {
      this.envelopes.push({ name, shape: shape.envelope, hits: 0 });
    }
    for (const issue of shape.issues) {
      if (!this.issues.some((known) => known.name === issue.segment.name)) {
        this.issues.push({ name: issue.segment.name, shape: issue, hits: 0, texts: new KnownTexts(this.tally.reasonsWith(issue.code)) });
      }
    }
  }

  /** Shapes that were not found make room for others; if most lines had none, they are left alone for a while. */
  private review(): void {
    const isWorthIt = this.hits >= TRIAL / 4;
    this.pause = isWorthIt ? 0 : PAUSE;
    this.envelopes = isWorthIt ? renew(this.envelopes) : [];
    this.issues = isWorthIt ? renew(this.issues) : [];
    this.tried = 0;
    this.hits = 0;
  }
}

/** The lines of one file, numbered. */
class FileLines implements LineHandler {
  private line = 0;

  public constructor(private readonly file: FileTally, private readonly reader: LineReader) {}

  public readLine(chunk: Chunk, start: number, end: number): void {
    this.line += 1;
    this.reader.readLine(chunk, start, end, this.file, this.line);
  }

  public skipLine(head: Buffer): void {
    this.line += 1;
    this.reader.skipLine(head, this.file, this.line);
  }
}

/** What is found most often comes to be tried first. */
function noteHit(known: Known<unknown>[], index: number): void {
  const found = known[index];
  found.hits += 1;
  if (index > 0 && found.hits > known[index - 1].hits) {
    known[index] = known[index - 1];
    known[index - 1] = found;
  }
}

/** Those that were found, to be counted anew. */
function renew<T extends Known<unknown>>(known: readonly T[]): T[] {
  const found = known.filter(({ hits }) => hits > 0);
  for (const one of found) {
    one.hits = 0;
  }
  return found;
}
