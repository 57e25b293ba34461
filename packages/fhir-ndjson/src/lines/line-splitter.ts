/** The default of the maximum length of a line that is kept as a whole, in bytes. */
export const MAX_LINE_LENGTH = 1024 * 1024;

const NEWLINE = 10;

/** A line without its newline. */
export interface Line {
  /** The bytes of the line. If the line is too long, only the bytes of its start. */
  readonly bytes: Buffer;
  readonly isTooLong: boolean;
}

/**
 * Splits a file that arrives in pieces into lines. Keeps at most one line, of limited length, in memory. Node's `readline` is not suitable: it keeps lines of
 * any length, and also splits at U+2028, which JSON allows in a string.
 */
export class LineSplitter {
  /** The pieces of the line that has not ended yet. */
  private parts: Buffer[] = [];
  private length = 0;

  public constructor(private readonly maxLineLength = MAX_LINE_LENGTH) {}

  /** Receives the next piece of the file, and yields the lines that end in this piece. */
  public* push(piece: Buffer): Generator<Line> {
    let start = 0;
    for (let newline = piece.indexOf(NEWLINE); newline >= 0; newline = piece.indexOf(NEWLINE, start)) {
      this.keep(piece.subarray(start, newline));
      yield this.takeLine();
      start = newline + 1;
    }
    this.keep(piece.subarray(start));
  }

  /** Yields the last line of the file if no newline ends it. */
  public* end(): Generator<Line> {
    if (this.length > 0) {
      yield this.takeLine();
    }
  }

  private keep(part: Buffer): void {
    if (part.length > 0 && !this.isTooLong) {
      this.parts.push(part);
      this.length += part.length;
    }
  }

  private takeLine(): Line {
    const line = { bytes: this.parts.length === 1 ? this.parts[0] : Buffer.concat(this.parts), isTooLong: this.isTooLong };
    this.parts = [];
    this.length = 0;
    return line;
  }

  private get isTooLong(): boolean {
    return this.length > this.maxLineLength;
  }
}
