import { NEWLINE } from './bytes';
import { Chunk } from './segment';

/** A line of more bytes than this is not kept. */
export const MAX_LINE_LENGTH = 1024 * 1024;

/** What is kept of it. */
const HEAD_LENGTH = 1024;

/** What is done with lines. */
export interface LineHandler {
  /** Reads the line between `start` and its newline at `end`. */
  readLine(chunk: Chunk, start: number, end: number): void;
  /** Takes note of a line that is too long to be read, of which this is the head. */
  skipLine(head: Buffer): void;
}

/** Cuts what comes in pieces into lines. It holds one line at most, and of a long one only the head. */
export class LineSplitter {
  private pending: Buffer[] = [];
  private pendingLength = 0;
  /** The head of a line that is being skipped. */
  private skipped?: Buffer;

  public constructor(private readonly handler: LineHandler) {}

  /** Takes the next piece. */
  public push(piece: Buffer): void {
    const start = this.finishPending(piece);
    if (start < piece.length) {
      this.keep(piece.subarray(this.readLines(piece, start)));
    }
  }

  /** There are no more pieces: the last line may have no newline. */
  public end(): void {
    this.finishPending(Buffer.of(NEWLINE));
  }

  /** Ends the line that began in an earlier piece. Gives where the next one begins: at the end of the piece if the line goes on beyond it. */
  private finishPending(piece: Buffer): number {
    if (!this.skipped && this.pendingLength === 0) {
      return 0;
    }
    const newline = piece.indexOf(NEWLINE);
    this.keep(newline < 0 ? piece : piece.subarray(0, newline));
    if (newline < 0) {
      return piece.length;
    }
    if (this.skipped) {
      this.handler.skipLine(this.skipped);
    } else {
      this.readLines(Buffer.concat([...this.pending, Buffer.of(NEWLINE)]), 0);
    }
    this.skipped = undefined;
    this.forgetPending();
    return newline + 1;
  }

  /** Reads whole lines, and gives where the part of a line begins that is left. */
  private readLines(bytes: Buffer, start: number): number {
    const chunk = new Chunk(bytes);
    let at = start;
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline < 0) {
        return at;
      }
      this.handler.readLine(chunk, at, newline);
      at = newline + 1;
    }
  }

  private keep(part: Buffer): void {
    if (this.skipped || part.length === 0) {
      return;
    }
    if (this.pendingLength + part.length > MAX_LINE_LENGTH) {
      this.skipped = Buffer.concat([...this.pending, part], Math.min(HEAD_LENGTH, this.pendingLength + part.length));
      this.forgetPending();
      return;
    }
    this.pending.push(part);
    this.pendingLength += part.length;
  }

  private forgetPending(): void {
    this.pending = [];
    this.pendingLength = 0;
  }
}
