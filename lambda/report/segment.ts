import { BACKSLASH, QUOTE } from './bytes';
import { parseJson } from './json';

/**
 * A part of a line without what differs from line to line: numbers of lines, ids and texts. What is left is compared byte by byte, and what is
 * in the slots can't change the rest.
 *
 * What comes before a slot ends a key: a quote right after a letter closes a string, because JSON has no letters that a string could follow, and
 * only that of a key is followed by a colon. So what is in the slot is the key's value.
 */
export interface Segment {
  /** The same for equal segments only. */
  readonly name: string;
  /** The bytes between the slots: there is one piece more than there are slots. */
  readonly pieces: readonly Piece[];
  readonly slots: readonly SlotKind[];
}

/** Bytes that are compared with others. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Digits; a string that is passed over; a string that is read. */
export type SlotKind = 'digits' | 'passed' | 'read';

/** Where the slots of a matched segment begin and end, by turns. Used again for each line: making one for each would take longer than matching. */
export type Bounds = number[];

/** Marks that no line has in these places: its digits and its strings are in slots there. */
const DIGITS_MARK = 9e15;
const TEXT_MARK = 'slot ';

/** What comes before a slot. The locations of an issue are often one path, with indexes that differ from line to line. */
const SLOT_START = /"lineId"\s*:\s*(?=[1-9])|"(?:resourceId|diagnostics|text)"\s*:\s*"|"(?:location|expression)"\s*:\s*\[\s*"/g;

/** Segments with more are rarely alike. */
export const MAX_SLOTS = 10;

const FIRST_DIGIT = 48;
const LAST_DIGIT = 57;
const FIRST_PRINTABLE = 32;

/** More digits than a number holds exactly. */
const MAX_DIGITS = 15;

/** What may follow a backslash in JSON: one character, or a `u` and four digits. */
const ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const UNICODE_ESCAPE = /^\\u[0-9A-Fa-f]{4}$/;
const UNICODE_ESCAPE_LENGTH = 6;

/** What a string of JSON can't hold as it is. */
const CONTROL_CHARACTER = /[\x00-\x1f]/;

/** Bytes, and what it takes to go through them quickly. */
export class Chunk {
  /** For comparing four bytes at a time. */
  public readonly view: DataView;
  /** There is no backslash between these two places. */
  private searchedFrom = 0;
  private backslash = -1;

  public constructor(public readonly bytes: Buffer) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The place of the first backslash from there on; beyond the end if there is none. */
  public nextBackslash(from: number): number {
    if (from < this.searchedFrom || from > this.backslash) {
      const found = this.bytes.indexOf(BACKSLASH, from);
      this.searchedFrom = from;
      this.backslash = found < 0 ? Infinity : found;
    }
    return this.backslash;
  }
}

/** A part of a line, cut at its slots. */
export interface Cut {
  readonly pieces: readonly Buffer[];
  readonly slots: readonly ('digits' | 'read')[];
  /** The part with marks in the slots, to be parsed: where the marks turn up is what the slots are for. */
  readonly marked: string;
}

/**
 * Undefined if it has no use as a segment.
 *
 * @param firstMark so that the marks of two parts are different
 */
export function cut(part: Buffer, firstMark = 0): Cut | undefined {
  const chunk = new Chunk(part);
  const pieces: Buffer[] = [];
  const slots: ('digits' | 'read')[] = [];
  let at = 0;
  for (const { 0: start, index } of part.toString('latin1').matchAll(SLOT_START)) { // in which a character is a byte
    const slotStart = index + start.length;
    const kind = start.startsWith('"lineId"') ? 'digits' : 'read';
    pieces.push(part.subarray(at, slotStart));
    slots.push(kind);
    at = endOfSlot(kind, chunk, slotStart, part.length);
  }
  pieces.push(part.subarray(at));
  if (slots.length > MAX_SLOTS) {
    return undefined;
  }
  const marks = slots.map((kind, slot) => Buffer.from(kind === 'digits' ? String(DIGITS_MARK + firstMark + slot) : `${TEXT_MARK}${firstMark + slot}`));
  return { pieces, slots, marked: Buffer.concat(pieces.flatMap((piece, i) => [piece, marks[i] ?? Buffer.of()])).toString('utf8') };
}

/** The slot that a number is the mark of, the first mark being 0; undefined if it is none. */
export function slotOfNumber({ slots }: Cut, number: number): number | undefined {
  return slots[number - DIGITS_MARK] === 'digits' ? number - DIGITS_MARK : undefined;
}

/** The slot that a text is the mark of, the first mark being 0; undefined if it is none. */
export function slotOfText({ slots }: Cut, text: string): number | undefined {
  const slot = text.startsWith(TEXT_MARK) ? Number(text.slice(TEXT_MARK.length)) : NaN;
  return slots[slot] === 'read' ? slot : undefined;
}

/** The segment that a cut part is one of. */
export function segmentOf({ pieces, slots, marked }: Cut, readSlot?: number): Segment {
  const kinds = slots.map((kind, slot) => (kind === 'read' && slot !== readSlot ? 'passed' : kind));
  return { name: marked, pieces: pieces.map(toPiece), slots: kinds };
}

/**
 * Where the segment ends that begins at `start`, or -1 if none does. A text that is to be read may yet be none of JSON, which `decodeText`
 * finds out.
 *
 * @param limit the place of the line's newline
 * @param bounds where to put those of the slots
 */
export function matchSegment(chunk: Chunk, start: number, limit: number, { pieces, slots }: Segment, bounds: Bounds): number {
  let at = start;
  for (let i = 0; i < slots.length; i++) {
    if (!hasPiece(chunk, at, pieces[i])) {
      return -1;
    }
    at += pieces[i].bytes.length;
    const end = endOfSlot(slots[i], chunk, at, limit);
    if (slots[i] === 'digits' && (end === at || end - at > MAX_DIGITS || chunk.bytes[at] === FIRST_DIGIT)) {
      return -1;
    }
    bounds[2 * i] = at;
    bounds[2 * i + 1] = end;
    at = end;
  }
  const last = pieces[slots.length];
  return hasPiece(chunk, at, last) ? at + last.bytes.length : -1;
}

/** The number in a slot of digits. */
export function numberIn({ bytes }: Chunk, bounds: Bounds, slot: number): number {
  let number = 0;
  for (let at = bounds[2 * slot]; at < bounds[2 * slot + 1]; at++) {
    number = number * 10 + bytes[at] - FIRST_DIGIT;
  }
  return number;
}

/** The string of JSON that stands between two places; undefined if none can stand so. */
export function decodeText({ bytes }: Chunk, start: number, end: number): string | undefined {
  const text = bytes.toString('utf8', start, end);
  if (!text.includes('\\')) {
    return CONTROL_CHARACTER.test(text) ? undefined : text;
  }
  return parseJson(`"${text}"`) as string | undefined; // what is in quotes can only be a string
}

/** Bytes to compare others with. */
export function toPiece(piece: Buffer): Piece {
  const bytes = Uint8Array.from(piece);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** Whether these bytes stand there. */
export function hasPiece({ bytes, view }: Chunk, start: number, piece: Piece): boolean {
  const { length } = piece.bytes;
  if (start + length > bytes.length) {
    return false;
  }
  const wholeWords = length - (length % 4);
  for (let i = 0; i < wholeWords; i += 4) {
    if (view.getInt32(start + i) !== piece.view.getInt32(i)) {
      return false;
    }
  }
  for (let i = wholeWords; i < length; i++) {
    if (bytes[start + i] !== piece.bytes[i]) {
      return false;
    }
  }
  return true;
}

/** Where what belongs into the slot ends. If it ends otherwise than it should, the next piece isn't there. */
function endOfSlot(kind: SlotKind, chunk: Chunk, start: number, limit: number): number {
  switch (kind) {
    case 'digits':
      return endOfDigits(chunk.bytes, start, limit);
    case 'passed':
      return endOfPassed(chunk.bytes, start, limit);
    case 'read':
      return endOfRead(chunk, start, limit);
  }
}

function endOfDigits(bytes: Buffer, start: number, limit: number): number {
  let at = start;
  while (at < limit && bytes[at] >= FIRST_DIGIT && bytes[at] <= LAST_DIGIT) {
    at++;
  }
  return at;
}

/** Strings that are passed over are short. Those with escapes are left to the parser. */
function endOfPassed(bytes: Buffer, start: number, limit: number): number {
  let at = start;
  while (at < limit) {
    const byte = bytes[at];
    if (byte === QUOTE || byte === BACKSLASH || byte < FIRST_PRINTABLE) {
      return at;
    }
    at++;
  }
  return limit;
}

/** Control characters are looked for when the text is read. */
function endOfRead(chunk: Chunk, start: number, limit: number): number {
  let at = start;
  for (;;) {
    const quote = chunk.bytes.indexOf(QUOTE, at);
    const backslash = chunk.nextBackslash(at);
    if (quote < 0 || quote >= limit) {
      return limit;
    }
    if (quote < backslash) {
      return quote;
    }
    const escape = escapeLength(chunk.bytes, backslash);
    if (escape === 0) {
      return backslash;
    }
    at = backslash + escape;
  }
}

/** 0 for what is no escape. */
function escapeLength(bytes: Buffer, at: number): number {
  if (ESCAPES.has(bytes[at + 1])) {
    return 2;
  }
  return UNICODE_ESCAPE.test(bytes.toString('latin1', at, at + UNICODE_ESCAPE_LENGTH)) ? UNICODE_ESCAPE_LENGTH : 0;
}
