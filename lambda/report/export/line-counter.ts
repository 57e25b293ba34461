import { LineSplitter } from '../../../packages/fhir-ndjson/src/lines/line-splitter';
import type { PieceReader } from '../shared/read-all';

const SPACE = 0x20;

/** Counts the lines of a file that have content. */
export class LineCounter implements PieceReader {
  public count = 0;
  private readonly splitter = new LineSplitter();

  public push(piece: Buffer): void {
    this.add(this.splitter.push(piece));
  }

  public end(): void {
    this.add(this.splitter.end());
  }

  private add(lines: ReturnType<LineSplitter['push']>): void {
    for (const { bytes } of lines) {
      this.count += bytes.some((byte) => byte > SPACE) ? 1 : 0;
    }
  }
}
