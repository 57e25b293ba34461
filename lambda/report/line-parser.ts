import { parseJson } from './json';
import { LINE_NOT_JSON, Outcome, readOutcome } from './outcome';

/** How the developer guide prints lines: a name without quotes, and one brace less than there should be. */
const AS_PRINTED = /^(\s*\{\s*"lineId"\s*:\s*\d+\s*,\s*)UpdateResourceResponse(\s*:.*)$/s;

/** Reads a line the plain way. */
export function parseLine(text: string): Outcome {
  const line = parseJson(text) ?? parseJson(text.replace(AS_PRINTED, '$1"UpdateResourceResponse"$2}'));
  return line === undefined ? { issues: [{ code: LINE_NOT_JSON }] } : readOutcome(line);
}
