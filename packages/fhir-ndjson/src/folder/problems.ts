import { type ObstacleCode, OBSTACLES } from './obstacles';
import type { FolderProblem } from './prepared-folder';
import type { Place, ProblemSummary } from '../check/data-set-check';
import { PROBLEMS } from '../check/problems';

/** The maximum number of places that are named for a problem. */
export const FIRST = 10;

/** Returns the problem for the entries of a folder with the same obstacle. The name of the folder itself is empty. */
export function problemOfObstacle(code: ObstacleCode, names: readonly string[]): FolderProblem {
  const places = names.slice(0, FIRST).filter((name) => name !== '').map(printable);
  return { code, severity: 'error', ...OBSTACLES[code], count: names.length, places };
}

/** Returns the problem for findings of a check, without the values. */
export function problemOfCheck({ code, severity, count, first }: ProblemSummary, describe: (place: Place) => string = describePlace): FolderProblem {
  const { text, remedy } = PROBLEMS[code];
  return { code, severity: severity === 'rejected' ? 'error' : severity, text, remedy, count, places: describeAll(first, describe) };
}

export function describePlace({ file, line }: Place): string {
  return line === undefined ? file : `${file}:${line}`;
}

export function describeAll<P>(findings: readonly { readonly place: P; readonly other?: P }[], describe: (place: P) => string): string[] {
  return findings.map(({ place, other }) => (other ? `${describe(place)} and ${describe(other)}` : describe(place)));
}

/** Escapes control characters, which a terminal would obey. */
function printable(name: string): string {
  return JSON.stringify(name).slice(1, -1);
}
