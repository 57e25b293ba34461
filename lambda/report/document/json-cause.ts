import type { OccurrenceDocument, ReasonDocument, SectionDocument } from './document';
import type { JsonCause } from '../types';

/** HealthLake's message for an input line that is not a JSON object. */
export const INVALID_JSON = 'Invalid JSON found in input file';

/** The number of failed lines in one file, and the first of these lines. */
interface Sample {
  readonly count: number;
  /** The first failed lines, at most three. */
  readonly first: readonly Pick<OccurrenceDocument, 'inputLine'>[];
}

/** Returns the likely cause of most of the failed lines. Returns undefined if the results have no line numbers of the input. */
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

/**
 * Returns a sample of the failed lines of each file. The report counts the lines of a file for all reasons together. So if lines failed for other
 * reasons too, a sample has only the lines that the report lists for this reason.
 */
function samplesOf({ count, first }: ReasonDocument, failures: SectionDocument): readonly Sample[] {
  if (count === failures.count) {
    return failures.files;
  }
  const keys = [...new Set(first.map(({ key }) => key))];
  return keys.map((key) => first.filter((place) => place.key === key)).map((places) => ({ count: places.length, first: places }));
}

/**
 * Returns the likely cause of invalid JSON in one file. Accepts 0 or 1 as the number of the first line, because HealthLake doesn't document where its numbering
 * starts.
 */
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
