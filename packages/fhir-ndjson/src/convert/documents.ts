import { isUtf8 } from 'node:buffer';
import type { ChangeCode, Log } from './changes';
import { endOfDocument, startsDocument } from './document-end';

/** A JSON object or array in a file. */
export interface Document {
  readonly text: string;
  readonly value: object;
  /** The number of its first line, from 1. */
  readonly line: number;
  /** Whether the document is one whole line, so that its text is a line of NDJSON. */
  readonly isLine: boolean;
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const BLOCK_LENGTH = 1024 ** 2;
const MAX_LENGTH = 256 * 1024 ** 2;

/**
 * Reads the JSON documents of a file: one on each line, or over several lines. A document that is not valid JSON is left out, and reading goes on at the next
 * line that starts with a brace or bracket, as the lines of NDJSON and the first lines of pretty-printed documents do.
 */
export class DocumentReader {
  /** The part of the file that is in memory. */
  private block: Buffer = Buffer.alloc(0);
  /** The position in the block that is read next. */
  private at = 0;
  /** The number of the line that is read next. */
  private line = 1;
  private isLineStart = true;
  /** Whether bytes are skipped until a line can start a document. */
  private isLost = false;
  private hasCarriageReturn = false;

  public constructor(private readonly file: string, private readonly log: Log, private readonly maxLength = MAX_LENGTH) {}

  public* read(content: Iterable<Buffer>): Generator<Document> {
    let pieces: Buffer[] = [];
    let length = 0;
    let wanted = BLOCK_LENGTH;
    for (const piece of content) {
      pieces.push(piece);
      length += piece.length;
      if (length >= wanted) {
        yield* this.readBlock(Buffer.concat(pieces), false);
        pieces = [this.block.subarray(this.at)];
        length = pieces[0].length;
        wanted = Math.max(BLOCK_LENGTH, 2 * length); // reads twice as much before it searches for the end of an open document again
      }
    }
    yield* this.readBlock(Buffer.concat(pieces), true);
  }

  /** Reads the documents that end in this block. */
  private* readBlock(block: Buffer, isLast: boolean): Generator<Document> {
    this.block = block;
    this.at = 0;
    if (this.line === 1 && this.isLineStart && block.subarray(0, 3).equals(BYTE_ORDER_MARK)) {
      this.note('byte-order-mark');
      this.at = 3;
    }
    while (this.at < block.length) {
      const newline = block.indexOf(NEWLINE, this.at);
      if (this.isLost) {
        this.skip(newline);
      } else if (newline >= 0 || isLast) {
        const document = this.readDocument(newline < 0 ? block.length : newline, isLast);
        if (document === 'open') {
          break;
        }
        if (document) {
          yield document;
        }
      } else {
        break;
      }
    }
    if (block.length - this.at > this.maxLength) {
      this.lose('too-large');
    }
  }

  /** Reads the document that starts on this line. Returns `open` if it doesn't end in this block, and undefined if the line starts no valid document. */
  private readDocument(endOfLine: number, isLast: boolean): Document | 'open' | undefined {
    const document = this.isLineStart ? this.readLine(endOfLine) : undefined;
    if (document || this.isLost) {
      return document;
    }
    const start = this.skipSpace(endOfLine);
    if (start === endOfLine) {
      this.endLine(endOfLine);
      return undefined;
    }
    if (!startsDocument(this.block[start])) {
      this.lose('not-json');
      return undefined;
    }
    const { kind, end, newlines } = endOfDocument(this.block, start);
    if (kind === 'open' && !isLast) {
      return 'open';
    }
    const line = this.line;
    this.at = end;
    this.line += newlines;
    this.isLineStart = false;
    if (kind === 'complete') {
      return this.parseDocument(this.block.subarray(start, end), line);
    }
    this.lose('not-json', line);
    return undefined;
  }

  /** Reads a line as a document. Returns undefined if the line is not a whole document. */
  private readLine(endOfLine: number): Document | undefined {
    const hasCarriageReturn = endOfLine > this.at && this.block[endOfLine - 1] === CARRIAGE_RETURN;
    const bytes = this.block.subarray(this.at, hasCarriageReturn ? endOfLine - 1 : endOfLine);
    if (hasCarriageReturn && !this.hasCarriageReturn) {
      this.note('carriage-return');
      this.hasCarriageReturn = true;
    }
    if (!isUtf8(bytes)) {
      this.lose('invalid-utf8');
      return undefined;
    }
    const text = bytes.toString();
    const value = parse(text);
    if (!value) {
      return undefined;
    }
    const document = { text, value, line: this.line, isLine: true };
    this.isLineStart = false;
    this.endLine(endOfLine);
    return document;
  }

  private parseDocument(bytes: Buffer, line: number): Document | undefined {
    if (!isUtf8(bytes)) {
      this.note('invalid-utf8', line + validLines(bytes), line);
      return undefined;
    }
    const text = bytes.toString();
    const value = parse(text, (position) => this.note('not-json', line + text.slice(0, position).split('\n').length - 1, line));
    if (!value) {
      return undefined;
    }
    this.note('pretty-printed', line);
    return { text, value, line, isLine: false };
  }

  private skipSpace(endOfLine: number): number {
    let at = this.at;
    while (at < endOfLine && this.block[at] <= SPACE) {
      at += 1;
    }
    return at;
  }

  private endLine(endOfLine: number): void {
    if (this.isLineStart) {
      this.note('blank-line');
    }
    this.at = endOfLine + 1;
    this.line += 1;
    this.isLineStart = true;
  }

  /** Skips this line, unless it can start a document. */
  private skip(newline: number): void {
    if (this.isLineStart && startsDocument(this.block[this.at])) {
      this.isLost = false;
    } else if (newline < 0) {
      this.at = this.block.length;
      this.isLineStart = false;
    } else {
      this.at = newline + 1;
      this.line += 1;
      this.isLineStart = true;
    }
  }

  /** Gives up the document because of a problem on this line. */
  private lose(code: ChangeCode, start?: number): void {
    this.note(code, this.line, start);
    this.isLost = true;
    this.isLineStart = false;
  }

  private note(code: ChangeCode, line = this.line, start = line): void {
    this.log(code, { file: this.file, line }, start === line ? undefined : { other: { file: this.file, line: start } });
  }
}

/** Returns the number of lines before the first one that is not UTF-8. */
function validLines(bytes: Buffer): number {
  let lines = 0;
  let start = 0;
  for (let newline = bytes.indexOf(NEWLINE); newline >= 0 && isUtf8(bytes.subarray(start, newline)); newline = bytes.indexOf(NEWLINE, start)) {
    lines += 1;
    start = newline + 1;
  }
  return lines;
}

function parse(text: string, onError?: (position: number) => void): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    onError?.(Number(/at position (\d+)/.exec(String(error))?.[1] ?? 0));
    return undefined;
  }
}
