import { eventFilter } from '../../src/events/pattern';

const EVENT = {
  'source': 'app.imports',
  'detail-type': 'Import Ended',
  'resources': ['arn:one', 'arn:two'],
  'detail': { count: 5, none: null, done: true, nested: { deep: 'x' }, items: [{ id: 1 }, { id: 2 }] },
};

test.each<[string, object, boolean]>([
  ['an exact text', { source: ['app.imports'] }, true],
  ['another text', { source: ['app.exports'] }, false],
  ['one of several texts', { source: ['app.exports', 'app.imports'] }, true],
  ['only one of two fields', { 'source': ['app.imports'], 'detail-type': ['Import Started'] }, false],
  ['an element of a list', { resources: ['arn:two'] }, true],
  ['no element of a list', { resources: ['arn:three'] }, false],
  ['a number', { detail: { count: [5] } }, true],
  ['a text instead of a number', { detail: { count: ['5'] } }, false],
  ['a boolean', { detail: { done: [true] } }, true],
  ['null', { detail: { none: [null] } }, true],
  ['null for an absent field', { detail: { absent: [null] } }, false],
  ['a nested field', { detail: { nested: { deep: ['x'] } } }, true],
  ['a field of an absent object', { detail: { other: { deep: ['x'] } } }, false],
  ['a field of one of several objects', { detail: { items: { id: [2] } } }, true],
  ['a field of none of several objects', { detail: { items: { id: [3] } } }, false],
])('the filter for a pattern with %s, %j, returns %s', (_, pattern, expected) => {
  expect(eventFilter(pattern)(EVENT)).toBe(expected);
});

test.each<[unknown, string]>([
  [{}, 'at least one field'],
  [undefined, 'at least one field'],
  [{ source: 'text' }, '"source" must be an object or an array'],
  [{ source: [] }, 'Empty arrays are not allowed'],
  [{ source: [{ prefix: 'x' }] }, 'match expression {"prefix":"x"} of an event pattern isn\'t emulated'],
  [{ $or: [{ source: ['x'] }] }, 'match expression {"source":["x"]} of an event pattern isn\'t emulated'],
])('the pattern %j is refused', (pattern, reason) => {
  expect(() => eventFilter(pattern)).toThrow(reason);
});
