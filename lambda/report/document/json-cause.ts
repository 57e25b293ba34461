import type { OccurrenceDocument, ReasonDocument, SectionDocument } from './document';
import type { JsonCause } from '../types';

/** HealthLake's message for a line that is not a JSON object. */
export const INVALID_JSON = 'Invalid JSON found in input file';

/** The failed lines of a file. */
interface Sample {
  readonly count: number;
  /** The first failed lines, at most three. */
  readonly first: readonly Pick<OccurrenceDocument, 'inputLine'>[];
}

/** Returns the cause that explains the most lines, or undefined if HealthLake did not number the lines. */
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

/** Returns the failed lines of each file. If lines failed for other reasons too, returns only the occurrences that the report lists for this reason. */
function samplesOf({ count, first }: ReasonDocument, failures: SectionDocument): readonly Sample[] {
  if (count === failures.count) {
    return failures.files;
  }
  const keys = [...new Set(first.map(({ key }) => key))];
  return keys.map((key) => first.filter((place) => place.key === key)).map((places) => ({ count: places.length, first: places }));
}

/** Returns the likely cause in one file. The first line may have the number 0 or 1, because HealthLake doesn't document where it starts counting. */
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
