import { Chunk, decodeText, hasPiece, Piece, toPiece } from './segment';
import { Reason } from './tally';

/** How many texts are remembered, and how long they may be. */
const MAX_TEXTS = 500;
const MAX_LENGTH = 1_000;

/** A text, as it stands in JSON, and the reason that it gives. */
interface KnownText {
  readonly piece: Piece;
  readonly reason: Reason;
}

/** The reasons of an issue's texts. Texts that come again are found by their bytes: making strings of them would take longer than all else. */
export class KnownTexts {
  private readonly texts = new Map<number, KnownText>();
  private withoutText?: Reason;

  /**
   * @param findReason finds the reason of a text, of an issue without one if undefined
   */
  public constructor(private readonly findReason: (text?: string) => Reason) {}

  /**
   * The reason of the text between two places; undefined if it is none of JSON.
   *
   * @param start -1 if there is no text
   */
  public reasonOf(chunk: Chunk, start: number, end: number): Reason | undefined {
    if (start < 0) {
      this.withoutText ??= this.findReason();
      return this.withoutText;
    }
    const key = keyOf(chunk, start, end);
    const known = this.texts.get(key);
    if (known?.piece.bytes.length === end - start && hasPiece(chunk, start, known.piece)) {
      return known.reason;
    }
    const text = decodeText(chunk, start, end);
    const reason = text === undefined ? undefined : this.findReason(text);
    if (reason && !known && this.texts.size < MAX_TEXTS && end - start <= MAX_LENGTH) {
      this.texts.set(key, { piece: toPiece(chunk.bytes.subarray(start, end)), reason });
    }
    return reason;
  }
}

/** A number that texts have in common that are alike, and few others: of some of their bytes. */
function keyOf({ view }: Chunk, start: number, end: number): number {
  const length = end - start;
  if (length < 4) {
    return length;
  }
  const last = length - 4;
  let key = length;
  for (const at of [0, Math.floor(last / 3), Math.floor(last * 2 / 3), last]) {
    key = Math.imul(key, 31) + view.getInt32(start + at);
  }
  return Math.imul(key, 1); // of 32 bits, which a map takes fastest
}
