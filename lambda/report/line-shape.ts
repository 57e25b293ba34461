import { BACKSLASH, CARRIAGE_RETURN, CLOSING_BRACE, CLOSING_BRACKET, COMMA, OPENING_BRACE, QUOTE } from './bytes';
import { parseJson } from './json';
import { isError, Issue, readIssue, readOutcome } from './outcome';
import { Bounds, Chunk, cut, matchSegment, MAX_SLOTS, Segment, segmentOf, slotOfNumber, slotOfText } from './segment';

/**
 * The lines of a file are much alike: an envelope with a list of issues in it. Lines whose parts are known are read without being parsed. Each part
 * is JSON by itself, so that any of them put together are.
 */
export interface LineShape {
  readonly envelope: Envelope;
  readonly issues: readonly IssueShape[];
}

/** A line without its issues. */
export interface Envelope {
  readonly head: Segment;
  readonly tail: Segment;
  readonly resourceType?: string;
  /** The slot of the head that holds the line's number. */
  readonly lineIdSlot?: number;
}

/** An issue without what differs. */
export interface IssueShape {
  readonly segment: Segment;
  readonly isError: boolean;
  readonly code?: string;
  /** The slot that holds its text, if it has one. */
  readonly textSlot?: number;
}

const ISSUES_START = /"issue"\s*:\s*\[(?=\{)/;

/** Longer lines are rarely alike. */
const MAX_LENGTH = 64 * 1024;

/** An issue that no line has, to see whether the list is the one that counts. */
const MARK: Issue = { code: 'mark', text: undefined };
const MARKED_ISSUE = JSON.stringify({ severity: 'error', code: MARK.code });

/**
 * The shapes of a line's parts, or undefined if it has none that are of use.
 *
 * @param line known to be JSON, without its newline
 */
export function shapeOf(line: Buffer): LineShape | undefined {
  const start = line.length > MAX_LENGTH ? null : ISSUES_START.exec(line.toString('latin1')); // in which a character is a byte
  if (!start) {
    return undefined;
  }
  const issues: Buffer[] = [];
  let at = start.index + start[0].length;
  do {
    const end = endOfObject(line, at);
    issues.push(line.subarray(at, end));
    at = end + 1;
  } while (line[at - 1] === COMMA);
  const envelope = line[at - 1] === CLOSING_BRACKET ? envelopeOf(line.subarray(0, start.index + start[0].length), line.subarray(at - 1)) : undefined;
  const shapes = issues.map(issueShapeOf);
  return envelope && shapes.every((shape) => shape !== undefined) ? { envelope, issues: shapes } : undefined;
}

/** Whether the line goes on from `start` with the envelope's tail, and ends with it. */
export function endsLine(chunk: Chunk, start: number, end: number, tail: Segment, bounds: Bounds): boolean {
  const tailEnd = matchSegment(chunk, start, end, tail, bounds);
  return tailEnd === end || (tailEnd === end - 1 && chunk.bytes[tailEnd] === CARRIAGE_RETURN);
}

function envelopeOf(headBytes: Buffer, tailBytes: Buffer): Envelope | undefined {
  const [head, tail] = [cut(headBytes), cut(tailBytes, MAX_SLOTS)];
  const marked = head && tail && parseJson(head.marked + MARKED_ISSUE + tail.marked);
  if (marked === undefined) {
    return undefined;
  }
  const { resourceType, lineId, issues } = readOutcome(marked);
  const lineIdSlot = lineId === undefined ? undefined : slotOfNumber(head!, lineId);
  const isOurs = issues.length === 1 && issues[0].code === MARK.code && lineIdSlot !== undefined === (lineId !== undefined);
  return isOurs ? { head: segmentOf(head!), tail: segmentOf(tail!), resourceType, lineIdSlot } : undefined;
}

function issueShapeOf(bytes: Buffer): IssueShape | undefined {
  const issue = cut(bytes);
  const marked = issue && parseJson(issue.marked);
  if (typeof marked !== 'object' || marked === null) {
    return undefined;
  }
  const { code, text } = readIssue(marked);
  const textSlot = text === undefined ? undefined : slotOfText(issue!, text);
  const isOurs = textSlot !== undefined === (text !== undefined);
  return isOurs ? { segment: segmentOf(issue!, textSlot), isError: isError(marked), code, textSlot } : undefined;
}

/** Where the object ends that begins here, of JSON that is known to be sound. */
function endOfObject(line: Buffer, start: number): number {
  let depth = 0;
  let inString = false;
  for (let at = start; at < line.length; at++) {
    const byte = line[at];
    if (inString && byte === BACKSLASH) {
      at++;
    } else if (byte === QUOTE) {
      inString = !inString;
    } else if (!inString && byte === OPENING_BRACE) {
      depth += 1;
    } else if (!inString && byte === CLOSING_BRACE) {
      depth -= 1;
      if (depth === 0) {
        return at + 1;
      }
    }
  }
  return line.length;
}
