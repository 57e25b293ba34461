import type { Failure } from '../../src/retry/failures';
import { type Numbering, numberingOf } from '../../src/retry/numbering';

const LINES = ['{"id":"a"}', '{"id":"b"}', '{"id":"b"}', '{', '{"id":"c"}', '{', '{'];

const byId = (resourceId: string): Failure => ({ resourceId, issues: [] });
const NOT_JSON: Failure = { issues: [{ text: 'Invalid JSON found in input file' }] };

test.each<[string, Record<number, Failure>, Numbering | undefined]>([
  ['an id, counted from 1', { 5: byId('c') }, 1],
  ['an id, counted from 0', { 4: byId('c') }, 0],
  ['a line that is not JSON, counted from 1', { 4: NOT_JSON }, 1],
  ['a line that is not JSON, counted from 0', { 3: NOT_JSON }, 0],
  ['an id that two lines have, and then another one', { 2: byId('b'), 3: byId('b'), 5: byId('c') }, 1],
  ['no line for an id that is not in the file', { 1: byId('x'), 2: byId('y') }, undefined],
  ['no line without an id and with JSON', { 1: { issues: [] }, 2: { issues: [] } }, undefined],
])('the first line that shows the numbering is %s', (_, failures, expected) => {
  const byLine = new Map(Object.entries(failures).map(([line, failure]) => [Number(line), failure]));
  const shown = LINES.map((line, index) => numberingOf({ byLine, withoutLine: 0 }, Buffer.from(line), index));
  expect(shown.find((numbering) => numbering !== undefined)).toBe(expected);
});
