const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPENING_BRACKET = 91;
const BACKSLASH = 92;
const CLOSING_BRACKET = 93;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;

/** The end of a JSON object or array in a file. */
export interface DocumentEnd {
  /** `broken`: the line that ends at this position is cut off. `open`: the document doesn't end in these bytes. */
  readonly kind: 'complete' | 'broken' | 'open';
  /** The position after the last byte. */
  readonly end: number;
  /** The number of newlines up to that position. */
  readonly newlines: number;
}

/** Finds the end of the JSON object or array that starts here. Counts brackets only: a complete document can still be invalid JSON. */
export function endOfDocument(bytes: Buffer, start: number): DocumentEnd {
  let depth = 0;
  let newlines = 0;
  let last = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === NEWLINE) {
      if (startsDocument(bytes[at + 1]) && last !== COLON && last !== COMMA && last !== OPENING_BRACKET) {
        return { kind: 'broken', end: at, newlines };
      }
      newlines += 1;
    } else if (byte === QUOTE) {
      at = closingQuote(bytes, at);
      if (bytes[at] === NEWLINE) {
        return { kind: 'broken', end: at, newlines };
      }
      last = QUOTE;
    } else if (byte > SPACE) {
      if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
        depth += 1;
      } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) {
        depth -= 1;
        if (depth === 0) {
          return { kind: 'complete', end: at + 1, newlines };
        }
      }
      last = byte;
    }
  }
  return { kind: 'open', end: bytes.length, newlines };
}

export function startsDocument(byte: number | undefined): boolean {
  return byte === OPENING_BRACE || byte === OPENING_BRACKET;
}

/** Returns the position of the quote that closes the string, or of a newline before it, because a JSON string can't contain a newline. */
function closingQuote(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE && bytes[at] !== NEWLINE) {
    at += bytes[at] === BACKSLASH ? 2 : 1;
  }
  return at;
}
