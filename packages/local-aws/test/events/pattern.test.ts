import { eventFilter } from '../../src/events/pattern';
import { valueAt } from '../../src/events/target-input';

const EVENT = {
  'source': 'app.imports',
  'detail-type': 'Import Ended',
  'resources': ['arn:one', 'arn:two'],
  'detail': { status: 'FAILED', count: 5, none: null, done: true, nested: { deep: 'x' }, items: [{ id: 1 }, { id: 2 }], empty: [] },
};

const matches = (pattern: object) => eventFilter(pattern)(EVENT);
const detail = (condition: object) => matches({ detail: condition });

test.each<[string, object, boolean]>([
  ['an exact text', { source: ['app.imports'] }, true],
  ['another text', { source: ['app.exports'] }, false],
  ['one of several', { source: ['app.exports', 'app.imports'] }, true],
  ['all fields', { 'source': ['app.imports'], 'detail-type': ['Import Started'] }, false],
  ['an element of a list', { resources: ['arn:two'] }, true],
  ['no element of a list', { resources: ['arn:three'] }, false],
  ['one alternative', { $or: [{ source: ['no'] }, { 'detail-type': ['Import Ended'] }] }, true],
  ['no alternative', { $or: [{ source: ['no'] }, { 'detail-type': ['no'] }] }, false],
])('%s', (_, pattern, expected) => {
  expect(matches(pattern)).toBe(expected);
});

test.each<[string, object, boolean]>([
  ['a number', { count: [5] }, true],
  ['a number is no text', { count: ['5'] }, false],
  ['a boolean', { done: [true] }, true],
  ['null', { none: [null] }, true],
  ['null is not absent', { absent: [null] }, false],
  ['nested', { nested: { deep: ['x'] } }, true],
  ['nested in something absent', { other: { deep: ['x'] } }, false],
  ['in one of many objects', { items: { id: [2] } }, true],
  ['in none of many objects', { items: { id: [3] } }, false],
  ['prefix', { status: [{ prefix: 'FA' }] }, true],
  ['other prefix', { status: [{ prefix: 'AI' }] }, false],
  ['prefix in any case', { status: [{ prefix: { 'equals-ignore-case': 'fa' } }] }, true],
  ['suffix', { status: [{ suffix: 'ED' }] }, true],
  ['other suffix', { status: [{ suffix: 'FAI' }] }, false],
  ['any case', { status: [{ 'equals-ignore-case': 'failed' }] }, true],
  ['wildcard', { status: [{ wildcard: 'F*L*D' }] }, true],
  ['wildcard of the whole text', { status: [{ wildcard: 'F*L' }] }, false],
  ['anything but one', { status: [{ 'anything-but': 'COMPLETED' }] }, true],
  ['anything but this', { status: [{ 'anything-but': ['COMPLETED', 'FAILED'] }] }, false],
  ['anything but a number', { count: [{ 'anything-but': 5 }] }, false],
  ['anything but a prefix', { status: [{ 'anything-but': { prefix: 'FA' } }] }, false],
  ['anything but other suffixes', { status: [{ 'anything-but': { suffix: ['x', 'y'] } }] }, true],
  ['anything but of what is absent', { absent: [{ 'anything-but': 'x' }] }, false],
  ['exists', { status: [{ exists: true }] }, true],
  ['exists, an empty list', { empty: [{ exists: true }] }, false],
  ['does not exist', { absent: [{ exists: false }] }, true],
  ['does not exist in something absent', { other: { absent: [{ exists: false }] } }, true],
  ['exists, against the pattern', { status: [{ exists: false }] }, false],
  ['greater', { count: [{ numeric: ['>', 4] }] }, true],
  ['between', { count: [{ numeric: ['>', 5, '<=', 10] }] }, false],
  ['equal', { count: [{ numeric: ['=', 5] }] }, true],
  ['a text is no number', { status: [{ numeric: ['>=', 0] }] }, false],
])('in the detail: %s', (_, condition, expected) => {
  expect(detail(condition)).toBe(expected);
});

test.each<[unknown, string]>([
  [{}, 'at least one field'],
  [undefined, 'at least one field'],
  [{ source: 'text' }, '"source" must be an object or an array'],
  [{ source: [] }, 'Empty arrays are not allowed'],
  [{ source: [{ like: 'x' }] }, 'Unrecognized match type like'],
  [{ source: [{ prefix: 'x', suffix: 'y' }] }, 'Only one key allowed'],
  [{ source: [{ prefix: 1 }] }, '1 is not a string'],
  [{ source: [{ numeric: ['~', 1] }] }, 'Bad numeric range'],
])('the pattern %j is refused', (pattern, reason) => {
  expect(() => eventFilter(pattern)).toThrow(reason);
});

test.each<[string, unknown]>([
  ['$', EVENT],
  ['$.detail.status', 'FAILED'],
  ['$.detail-type', 'Import Ended'],
  ["$['detail-type']", 'Import Ended'],
  ['$.resources[1]', 'arn:two'],
  ['$.detail.items[0].id', 1],
  ['$.detail.absent.deep', undefined],
])('the path %s', (path, value) => {
  expect(valueAt(EVENT, path)).toEqual(value);
});

test('a path with a filter is refused', () => {
  expect(() => valueAt(EVENT, '$..id')).toThrow("JSON path $..id isn't played here");
});
