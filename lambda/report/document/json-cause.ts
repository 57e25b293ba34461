import type { OccurrenceDocument, ReasonDocument, SectionDocument } from './document';
import type { JsonCause } from '../types';

/** HealthLake's message for a line that is not a JSON object. */
export const INVALID_JSON = 'Invalid JSON found in input file';

/** The failed lines of one file. */
interface Sample {
  /** The number of failed lines. */
  readonly count: number;
  /** The first failed lines, at most three. */
  readonly first: readonly Pick<OccurrenceDocument, 'inputLine'>[];
}

/** The cause that explains the most lines. Undefined if HealthLake doesn't number the lines. */
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

/** The failed lines by file, if no line failed for another reason. Otherwise only the occurrences of this reason that the report lists, by file. */
function samplesOf({ count, first }: ReasonDocument, failures: SectionDocument): readonly Sample[] {
  if (count === failures.count) {
    return failures.files;
  }
  const keys = [...new Set(first.map(({ key }) => key))];
  return keys.map((key) => first.filter((place) => place.key === key)).map((places) => ({ count: places.length, first: places }));
}

/** The first line may be 0 or 1: HealthLake doesn't document where it begins to count. */
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
