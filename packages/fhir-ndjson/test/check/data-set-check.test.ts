import { check, findingsOf, resource } from './run';
import { MAX_CHECKED_LENGTH } from '../../src/check/file-check';

const A = resource('Patient', 'a');
const B = resource('Patient', 'b');
const PRETTY = JSON.stringify(JSON.parse(A), undefined, 2);

test('a check summarizes files, types and problems', () => {
  const last = 'x'.repeat(20);
  expect(check({ 'a.ndjson': `${A}\n\n${A}\n`, 'b/b.ndjson': `${resource('Device', 'a')}\nx\n${last}`, 'c.json': 'ignored' }, { first: 1 })).toEqual({
    files: [
      { file: 'a.ndjson', bytes: 2 * A.length + 3, lines: 3, rejected: 1, isIgnored: false },
      { file: 'b/b.ndjson', bytes: resource('Device', 'a').length + 3 + last.length, lines: 3, rejected: 2, isIgnored: false },
      { file: 'c.json', bytes: 0, lines: 0, rejected: 0, isIgnored: true },
    ],
    types: [{ type: 'Device', count: 1 }, { type: 'Patient', count: 2 }],
    resources: 3,
    bytes: 2 * A.length + resource('Device', 'a').length + 26,
    problems: [
      { code: 'not-json', severity: 'rejected', count: 2, files: 1, first: [{ code: 'not-json', place: { file: 'b/b.ndjson', line: 2 } }] },
      { code: 'blank-line', severity: 'rejected', count: 1, files: 1, first: [{ code: 'blank-line', place: { file: 'a.ndjson', line: 2 } }] },
      {
        code: 'repeated-id',
        severity: 'warning',
        count: 1,
        files: 1,
        first: [{ code: 'repeated-id', place: { file: 'a.ndjson', line: 3 }, other: { file: 'a.ndjson', line: 1 }, value: 'Patient/a' }],
      },
      { code: 'ignored-file', severity: 'warning', count: 1, files: 1, first: [{ code: 'ignored-file', place: { file: 'c.json' } }] },
    ],
  });
});

describe('a line', () => {
  test.each<[what: string, line: string | Buffer, findings: string[]]>([
    ['a resource', A, []],
    ['a resource with CRLF', `${A}\r`, []],
    ['nothing', '', ['blank-line f.ndjson:2']],
    ['only spaces', ' \t\r', ['blank-line f.ndjson:2']],
    ['text', 'resourceType,id', ['not-json f.ndjson:2']],
    ['two resources', A + B, ['not-json f.ndjson:2']],
    ['the start of a resource', '{"resourceType":"Patient","name":[{', ['not-json f.ndjson:2']],
    ['Latin-1', Buffer.from(resource('Patient', 'c', { name: 'M\u00fcller' }), 'latin1'), ['invalid-utf8 f.ndjson:2']],
    ['the character that replaces invalid bytes', resource('Patient', 'c', { name: '\uFFFD' }), []],
    ['UTF-16', Buffer.from(A, 'utf16le'), ['invalid-utf8 f.ndjson:2']],
    ['a byte order mark', `\uFEFF${A}`, ['byte-order-mark f.ndjson:2']],
    ['a byte order mark alone', '\uFEFF', ['byte-order-mark f.ndjson:2', 'blank-line f.ndjson:2']],
    ['an array', `[${A},${B}]`, ['array f.ndjson:2']],
    ['a text', '"Patient/a"', ['not-an-object f.ndjson:2']],
    ['null', 'null', ['not-an-object f.ndjson:2']],
    ['no type', '{"id":"a"}', ['no-resource-type f.ndjson:2']],
    ['a number as its type', '{"resourceType":1,"id":"a"}', ['no-resource-type f.ndjson:2']],
    ['a type of STU3', resource('MedicationOrder', 'a'), ['unsupported-type f.ndjson:2 MedicationOrder']],
    ['no id', '{"resourceType":"Patient"}', ['no-id f.ndjson:2']],
    ['null as its id', '{"resourceType":"Patient","id":null}', ['no-id f.ndjson:2']],
    ['an underscore in its id', resource('Patient', 'a_b'), ['illegal-id f.ndjson:2 a_b']],
    ['an id of 65 characters', resource('Patient', 'x'.repeat(65)), [`illegal-id f.ndjson:2 ${'x'.repeat(65)}`]],
    ['a very long id', resource('Patient', 'x'.repeat(5000)), [`illegal-id f.ndjson:2 ${'x'.repeat(200)}`]],
    ['a number as its id', '{"resourceType":"Patient","id":7}', ['illegal-id f.ndjson:2']],
    ['a Bundle', resource('Bundle', 'a', { entry: [{ fullUrl: 'urn:uuid:1', resource: { subject: { reference: 'urn:uuid:1' } } }] }), ['bundle f.ndjson:2']],
    ['a Bundle without an id', '{"resourceType":"Bundle"}', ['no-id f.ndjson:2', 'bundle f.ndjson:2']],
    ['a resource of 5 MiB', resource('Binary', 'a', { data: '' }).replace('""', `"${'A'.repeat(MAX_CHECKED_LENGTH - 49)}"`), []],
  ])('with %s is judged', (_, line, findings) => {
    expect(findingsOf(check({ 'f.ndjson': Buffer.concat([resource('Device', 'first'), '\n', line, '\n', resource('Device', 'last')].map((part) => Buffer.from(part))) },
      { pieceSize: 100_000 }))).toEqual(findings);
  });

  test('that is longer than 5 MiB is not checked and not called rejected', () => {
    const { files, problems, resources } = check({ 'f.ndjson': `${A}\n${'{'.repeat(MAX_CHECKED_LENGTH + 70_000)}\n${B}\n` }, { pieceSize: 65_536 });
    expect(problems).toMatchObject([{ code: 'line-too-long', severity: 'warning', first: [{ place: { line: 2 } }] }]);
    expect({ rejected: files[0].rejected, resources }).toEqual({ rejected: 0, resources: 2 });
  });
});

describe('a file', () => {
  test.each<[what: string, content: string, rejected: number, findings: string[]]>([
    ['is pretty-printed', PRETTY, 4, ['pretty-printed f.ndjson:1']],
    ['has many pretty-printed resources', `${PRETTY}\n`.repeat(5), 20, ['pretty-printed f.ndjson:1']],
    ['is pretty-printed with CRLF and a byte order mark', `\uFEFF${PRETTY.replaceAll('\n', '\r\n')}`, 4, ['byte-order-mark f.ndjson:1', 'pretty-printed f.ndjson:1']],
    ['has blank lines in a pretty-printed resource', PRETTY.replace(',\n', ',\n\n'), 5, ['pretty-printed f.ndjson:1']],
    ['has brackets and quotation marks in texts', '{\n"a": "}]\\"}\\""\n}\nx', 4, ['pretty-printed f.ndjson:1', 'not-json f.ndjson:4']],
    ['has a pretty-printed resource between others', `${A}\n${PRETTY}\n${B}\nx`, 5, ['pretty-printed f.ndjson:2', 'not-json f.ndjson:7']],
    ['has a line break in a resource', `${A}\n${B.replace(',', ',\n')}\n`, 2, ['pretty-printed f.ndjson:2']],
    ['is a pretty-printed Bundle with a whole resource on a line', `{\n  "resourceType": "Bundle",\n  "entry": [{\n"resource":\n ${A}\n  }]\n}`, 6, ['pretty-printed f.ndjson:1']],
    ['is a pretty-printed array', JSON.stringify([JSON.parse(A)], undefined, 1), 6, ['array f.ndjson:1']],
    ['is an array with one resource on each line', `[\n${A},\n${B}\n]\nx`, 4, ['array f.ndjson:1', 'not-json f.ndjson:5']],
    ['has several arrays', `[${A}]\n[${B}]\n`, 2, ['array f.ndjson:1']],
    ['ends in the middle of a resource', `${A}\n{"resourceType":"Patient","name":[{`, 1, ['not-json f.ndjson:2']],
    ['has lines that are cut off', `{"a":[\n{"b":[\n${A}\n[{"c":[`, 3, ['not-json f.ndjson:1', 'not-json f.ndjson:2', 'not-json f.ndjson:4']],
    ['has a blank line after a line that is cut off', `{"a":[\n\n${A}`, 2, ['not-json f.ndjson:1', 'blank-line f.ndjson:2']],
    ['has Latin-1 in a pretty-printed resource', '{\n"a":\n"\xfc"\n}', 4, ['pretty-printed f.ndjson:1', 'invalid-utf8 f.ndjson:3']],
  ])('that %s has one finding for all lines of a value', (_, content, rejected, findings) => {
    const result = check({ 'f.ndjson': Buffer.from(content, content.includes('\xfc') ? 'latin1' : 'utf8') });
    expect(result.files[0].rejected).toBe(rejected);
    expect(findingsOf(result).sort()).toEqual([...findings].sort());
  });

  test.each(['a.NDJSON', 'a.json', 'a.ndjson.gz', 'ndjson', 'README.md'])('with the name %s is ignored', (name) => {
    expect(findingsOf(check({ [name]: 'x', 'b.ndjson': A }))).toEqual([`ignored-file ${name}:`]);
  });

  test('without content is a warning', () => {
    expect(findingsOf(check({ 'a.ndjson': '', 'b.ndjson': A }))).toEqual(['empty-file a.ndjson:']);
  });

  test.each([[{}], [{ 'a.ndjson': '' }], [{ 'a.json': A }]])('with content is missing in %j', (files) => {
    expect(check(files).problems[0]).toEqual({ code: 'no-files', severity: 'rejected', count: 1, files: 0, first: [] });
  });
});

test('ids are unique in a type, over all files', () => {
  const { problems } = check({ 'a.ndjson': `${A}\n${resource('Device', 'a')}`, 'b.ndjson': `${B}\n${A}\n${A}` });
  expect(problems).toMatchObject([{ code: 'repeated-id', count: 2, files: 1 }]);
  expect(findingsOf({ problems } as never)).toEqual(['repeated-id b.ndjson:2 a.ndjson:1 Patient/a', 'repeated-id b.ndjson:3 a.ndjson:1 Patient/a']);
});

test('a rejected line has no place in the set', () => {
  expect(findingsOf(check({ 'a.ndjson': `\uFEFF${A}\n${A}\n${resource('Device', 'd_', { patient: { reference: 'Patient/gone' } })}` })))
    .toEqual(['byte-order-mark a.ndjson:1', 'illegal-id a.ndjson:3 d_']);
});
