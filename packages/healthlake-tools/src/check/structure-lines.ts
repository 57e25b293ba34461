import { MAX_CHECKED_LENGTH } from '../../../fhir-ndjson/src/check/file-check';
import { type Line, LineSplitter } from '../../../fhir-ndjson/src/lines/line-splitter';
import type { StructureCheck } from '../structure/structure-check';

/** Passes the lines of a file to the check of structure. Leaves out lines that are too long to be checked. */
export class StructureLines {
  private readonly splitter = new LineSplitter(MAX_CHECKED_LENGTH);
  private line = 0;

  public constructor(private readonly check: StructureCheck, private readonly file: string) {}

  public async push(piece: Buffer): Promise<void> {
    await this.add(this.splitter.push(piece));
  }

  public async end(): Promise<void> {
    await this.add(this.splitter.end());
  }

  private async add(lines: Iterable<Line>): Promise<void> {
    for (const { bytes, isTooLong } of lines) {
      this.line += 1;
      if (!isTooLong) {
        await this.check.add(this.file, this.line, bytes.toString('utf8'));
      }
    }
  }
}
