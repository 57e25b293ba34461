/** Matches a member `reference` up to the start of its content. The content of a JSON string can't match, because it escapes quotation marks. */
const MEMBER = /"reference"\s*:\s*"/g;

/** Matches a literal reference, which may name a version of its target. */
const LITERAL = /^([A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** Receives references. */
export interface ReferenceVisitor {
  /** Receives the position in `json` where the content of a string starts. Returns whether this content is a reference `Type/id` and nothing else. */
  onTarget(json: string, start: number): boolean;
  /** Receives a reference that is not literal. */
  onOther(reference: string): void;
}

/**
 * Visits the references in the JSON text of a resource. Searches the text, because a visit to all members of the parsed resource would take longer than
 * parsing. Gives `onTarget` a position in the text instead of a copy of the reference, which is faster too.
 */
export function visitReferences(json: string, visitor: ReferenceVisitor): void {
  MEMBER.lastIndex = 0;
  while (MEMBER.test(json)) {
    const start = MEMBER.lastIndex;
    if (!visitor.onTarget(json, start)) {
      const reference = stringAt(json, start);
      const target = LITERAL.exec(reference)?.[1];
      if (target === undefined) {
        visitor.onOther(reference);
      } else {
        visitor.onTarget(`${target}"`, 0);
      }
    }
  }
}

/** Returns the value of the string whose content starts here. */
function stringAt(json: string, start: number): string {
  let end = start;
  while (json[end] !== '"') {
    end += json[end] === '\\' ? 2 : 1;
  }
  return JSON.parse(json.slice(start - 1, end + 1)) as string;
}
