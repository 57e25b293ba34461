import { type Line, LineSplitter } from './line-splitter';
import { LINE_TOO_LONG, type Outcome, readOutcome } from './result-line';
import type { FileTally, Tally } from './tally';

const BLANK = /^\s*$/;

/** Finds the resource type in the start of a line that is too long to parse. */
const RESOURCE_TYPE = /"resourceType"\s*:\s*"([A-Za-z]+)"/;

/** Reads the lines of one results file and counts their reasons. */
export class LineReader {
  private readonly splitter = new LineSplitter();
  private line = 0;

  public constructor(private readonly tally: Tally, private readonly file: FileTally) {}

  /** Takes the next piece of the file. */
  public push(piece: Buffer): void {
    this.readLines(this.splitter.push(piece));
  }

  /** Reads the last line, if it has no newline. */
  public end(): void {
    this.readLines(this.splitter.end());
  }

  private readLines(lines: Iterable<Line>): void {
    for (const { bytes, isTooLong } of lines) {
      this.line += 1;
      const text = bytes.toString('utf8');
      if (isTooLong) {
        this.count({ resourceType: RESOURCE_TYPE.exec(text)?.[1], issues: [{ code: LINE_TOO_LONG }] });
      } else if (!BLANK.test(text)) {
        this.count(readOutcome(text));
      }
    }
  }

  /** Counts a line, once for each reason. */
  private count({ resourceType, issues, lineId }: Outcome): void {
    this.tally.add(resourceType, [...new Set(issues.map((issue) => this.tally.reason(issue)))], this.file, this.line, lineId);
  }
}
