import type { Issue } from './issues';
import type { StructureCode } from './problems';

/** The number of places that are kept for each problem. */
const MAX_PLACES = 10;

/** A line of a file, without its newline. */
export interface BatchLine {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** A place where a problem was found. */
export interface StructureFinding extends Issue {
  readonly place: { readonly file: string; readonly line: number };
}

/** A problem in a batch of lines. */
export interface BatchProblem {
  readonly code: StructureCode;
  readonly count: number;
  readonly files: readonly string[];
  /** The first place of each path that has the problem, at most `MAX_PLACES`. */
  readonly first: readonly StructureFinding[];
}

/** Returns the first finding of each path, at most `MAX_PLACES`. The indexes of arrays don't make another path. */
export function firstOfEachPath<F extends StructureFinding>(findings: readonly F[]): F[] {
  const paths = new Map<string, F>();
  for (const finding of findings) {
    const path = finding.location.replace(/\[\d+\]/g, '');
    if (!paths.has(path)) {
      paths.set(path, finding);
    }
  }
  return [...paths.values()].slice(0, MAX_PLACES);
}
