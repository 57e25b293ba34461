/** Matches the start of the member `reference` of a Reference. A string of JSON can't contain it, because strings escape their quotation marks. */
const MEMBER = /"reference"\s*:\s*"/g;

/** Matches a literal reference, which may name a version of its target. */
const LITERAL = /^([A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** Receives references. */
export interface ReferenceVisitor {
  /** Receives the start of a string's content. Returns true if it is a reference `Type/id` and nothing else. */
  onTarget(json: string, start: number): boolean;
  /** Receives a reference that is not literal. */
  onOther(reference: string): void;
}

/**
 * Visits the references in the JSON text of a resource. Searches the text, because a visit to all members of the parsed resource takes longer than parsing. For the
 * same reason, the usual reference `Type/id` is not cut out of the text.
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
