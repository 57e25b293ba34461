import type { OccurrenceDocument, ReasonDocument, SectionDocument } from './document';
import type { JsonCause } from './types';

/** The text of HealthLake for a line that is not a JSON object. */
export const INVALID_JSON = 'Invalid JSON found in input file';

/** The failed lines of one file. */
interface Sample {
  /** How many there are. */
  readonly count: number;
  /** The first of them, three at most. */
  readonly first: readonly Pick<OccurrenceDocument, 'inputLine'>[];
}

/** The cause that explains the most lines; undefined if HealthLake doesn't number them. */
export function jsonCauseOf(reason: ReasonDocument, failures: SectionDocument): JsonCause | undefined {
  const lines = new Map<JsonCause, number>();
  for (const sample of samplesOf(reason, failures)) {
    const cause = causeOf(sample);
    if (cause !== undefined) {
      lines.set(cause, (lines.get(cause) ?? 0) + sample.count);
    }
  }
  return [...lines].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** The files, if no line of theirs failed for another reason; otherwise the places of this reason that the report has. */
function samplesOf({ count, first }: ReasonDocument, failures: SectionDocument): readonly Sample[] {
  if (count === failures.count) {
    return failures.files;
  }
  const keys = [...new Set(first.map(({ key }) => key))];
  return keys.map((key) => first.filter((place) => place.key === key)).map((places) => ({ count: places.length, first: places }));
}

/** Whether HealthLake counts lines from 0 or from 1 is not documented. */
function causeOf({ count, first }: Sample): JsonCause | undefined {
  const [start, ...others] = first.map(({ inputLine }) => inputLine);
  if (start === undefined || others.includes(undefined)) {
    return undefined;
  }
  const isFromStart = start <= 1 && others.every((line, index) => line === start + index + 1);
  if (!isFromStart) {
    return 'single-lines';
  }
  return count > 2 ? 'whole-file' : 'start-of-file';
}
