/** Matches a literal reference, which may name a version of its target. */
const LITERAL = /^([A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Receives references. */
export interface ReferenceVisitor {
  /** Receives the position in `json` where the content of a string starts. Returns whether this content is a reference `Type/id` and nothing else. */
  onTarget(json: Buffer, start: number): boolean;
  /** Receives a reference that is not literal. */
  onOther(reference: string): void;
}

/** Visits the reference whose content starts here. Gives `onTarget` its position, because reading bytes is faster than creating a string. */
export function visitReference(json: Buffer, start: number, visitor: ReferenceVisitor): void {
  if (!visitor.onTarget(json, start)) {
    const reference = stringAt(json, start);
    const target = LITERAL.exec(reference)?.[1];
    if (target === undefined) {
      visitor.onOther(reference);
    } else {
      visitor.onTarget(Buffer.from(`${target}"`), 0);
    }
  }
}

/** Returns the value of the string whose content starts here. */
function stringAt(json: Buffer, start: number): string {
  let end = start;
  while (json[end] !== QUOTE) {
    end += json[end] === BACKSLASH ? 2 : 1;
  }
  return JSON.parse(json.toString('utf8', start - 1, end + 1)) as string;
}
