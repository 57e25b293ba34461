import { LINE_TOO_LONG, readResultLine, type ResultLine } from './result-line';
import type { FileTally, Tally } from './tally';
import { type Line, LineSplitter } from '../../../packages/fhir-ndjson/src/lines/line-splitter';
import type { PieceReader } from '../shared/read-all';

/** Matches the resource type in the start of a line that is too long to parse. */
const RESOURCE_TYPE = /"resourceType"\s*:\s*"([A-Za-z]+)"/;

/** Parses the lines of a results file, and counts them in a tally. */
export class LineReader implements PieceReader {
  private readonly splitter = new LineSplitter();
  private line = 0;

  public constructor(private readonly tally: Tally, private readonly file: FileTally) {}

  /** Receives the next piece of the file, and counts the lines that end in this piece. */
  public push(piece: Buffer): void {
    this.readLines(this.splitter.push(piece));
  }

  /** Counts the last line of the file if no newline ends it. */
  public end(): void {
    this.readLines(this.splitter.end());
  }

  private readLines(lines: Iterable<Line>): void {
    for (const { bytes, isTooLong } of lines) {
      this.line += 1;
      const text = bytes.toString('utf8');
      if (isTooLong) {
        this.count({ resourceType: RESOURCE_TYPE.exec(text)?.[1], issues: [{ code: LINE_TOO_LONG }] });
      } else if (text.trim() !== '') {
        this.count(readResultLine(text));
      }
    }
  }

  private count({ resourceType, issues, lineId }: ResultLine): void {
    const reasons = new Set(issues.map((issue) => this.tally.reason(issue)));
    this.tally.add(resourceType, [...reasons], this.file, this.line, lineId);
  }
}
