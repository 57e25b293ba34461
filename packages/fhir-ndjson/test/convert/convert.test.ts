import { gzipSync } from 'node:zlib';
import { bundle, convertFiles, pretty, resourcesOf } from './harness';

const UUID = '1e621f4c-db30-c273-49e9-2dcad508a9cb';

function patient(id: string, more: object = {}): object {
  return { resourceType: 'Patient', id, ...more };
}

function observation(id: string, reference: string): object {
  return { resourceType: 'Observation', id, subject: { reference } };
}

function lines(...values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

describe('convert', () => {
  test('writes lines that need no change byte for byte, and reports nothing', () => {
    const text = '{"resourceType": "Patient",  "id":"a", "multipleBirthInteger":1.0, "x":"\\u00e9\u2028"}\n {"id":"b","resourceType":"Patient"} \n';

    expect(convertFiles({ 'Patient.ndjson': text })).toEqual({
      files: [{ from: 'Patient.ndjson', to: 'Patient.ndjson', resources: 2 }],
      resources: 2,
      changes: [],
      counts: [],
      output: { 'Patient.ndjson': text },
    });
  });

  test('keeps the text of numbers and strings, and the order of members, in lines that it rewrites', () => {
    const entry = '{"resourceType" : "Patient", "b": [ 1.0, -0.10e+2, 12345678901234567890 ], "a": "\\u00e9\\/ }\\"", "id": "a", "c": { }, "d": [ ], "e": null }';
    const { output } = convertFiles({ 'a.json': `{"resourceType": "Bundle", "type": "batch", "entry": [{"x": [[1.0]], "resource": ${entry} , "y": 2}]}` });

    expect(output['a.ndjson']).toBe('{"resourceType":"Patient","b":[1.0,-0.10e+2,12345678901234567890],"a":"\\u00e9\\/ }\\"","id":"a","c":{},"d":[],"e":null}\n');
  });

  test('converts a file of each form to the same resources', () => {
    const values = [patient('a'), patient('b')];
    const [first, second] = values.map(pretty);
    const text = lines(...values);
    const forms = {
      lines: text,
      windows: `\uFEFF${text.replaceAll('\n', '\r\n')}`,
      array: JSON.stringify(values),
      prettyArray: pretty(values),
      documents: `${first}\n${second}`,
      bundle: pretty(bundle('collection', ...values.map((resource) => ({ resource })))),
      bundles: lines(...values.map((resource) => bundle('searchset', { resource }))),
      bundleOfBundles: pretty(bundle('collection', ...values.map((resource) => ({ resource: bundle('batch', { resource }) })))),
    };

    for (const form of Object.values(forms)) {
      expect(convertFiles({ 'x.json': form }).output).toEqual({ 'x.ndjson': text });
    }
    expect(convertFiles({ 'x.ndjson.gz': gzipSync(text) }).output).toEqual({ 'x.ndjson': text });
  });

  test('reports each kind of change of the form', () => {
    const { counts } = convertFiles({
      'a.json': pretty([patient('a')]),
      'b.json': `\uFEFF${JSON.stringify(bundle('collection', { resource: patient('b') }))}\r\n\r\n`,
      'c.ndjson.gz': gzipSync(lines(patient('c'))),
      'd.json': '',
    });

    expect(counts).toEqual([
      'warning no-resources 1', 'info array 1', 'info blank-line 1', 'info bundle 1', 'info byte-order-mark 1', 'info carriage-return 1', 'info gzip 1', 'info pretty-printed 1',
    ]);
  });

  test('reports the first 10 changes of a kind with their places, and counts all', () => {
    const text = Array.from({ length: 12 }, () => '{"a" 1}\n').join('');
    const [{ code, severity, count, files, first }] = convertFiles({ 'a.json': '[1, {"resourceType":"Patient","id":"a"}, 2]', 'b.json': text, 'c.json': 'x' }).changes;

    expect({ code, severity, count, files, length: first.length }).toEqual({ code: 'not-json', severity: 'error', count: 13, files: 2, length: 10 });
    expect(first[0]).toEqual({ code: 'not-json', place: { file: 'b.json', line: 1 } });
  });
});

describe('Bundles', () => {
  test.each(['document', 'message', 'history', 'transaction-response', 'batch-response', 'unknown', undefined])('of the type %s are left out', (type) => {
    const { output, changes } = convertFiles({ 'a.json': lines({ resourceType: 'Bundle', type, entry: [{ resource: patient('a') }] }) });

    expect(output).toEqual({});
    expect(changes).toMatchObject([{ code: 'unsupported-bundle', severity: 'error', first: [{ place: { file: 'a.json', line: 1 }, value: String(type) }] }]);
  });

  test('inside more than 100 other Bundles are left out', () => {
    const nested = (depth: number): string => `${'{"resourceType":"Bundle","type":"batch","entry":[{"resource":'.repeat(depth)}${JSON.stringify(patient('a'))}${'}]}'.repeat(depth)}`;
    expect(convertFiles({ 'a.json': nested(101) })).toMatchObject({ output: { 'a.ndjson': `${JSON.stringify(patient('a'))}\n` } });

    const { output, changes } = convertFiles({ 'a.json': nested(10_000) });
    expect(output).toEqual({});
    expect(changes).toMatchObject([{ code: 'nested-bundle', severity: 'error', first: [{ place: { file: 'a.json', line: 1, entry: 1 } }] }, { code: 'bundle', count: 101 }]);
  });

  test('without resources are reported', () => {
    expect(convertFiles({ 'a.json': lines(bundle('collection'), { resourceType: 'Bundle', type: 'batch' }) }).counts).toEqual(['warning no-resources 2', 'info bundle 2']);
  });

  test('entries that create or update nothing are left out and reported', () => {
    const { output, changes } = convertFiles({
      'a.json': lines(bundle('transaction',
        { request: { method: 'DELETE', url: 'Patient/a' } },
        { resource: patient('b'), request: { method: 'DELETE', url: 'Patient/b' } },
        { request: { method: 'GET', url: 'Patient' } },
        { resource: { resourceType: 'Parameters', id: 'c' }, request: { method: 'PATCH', url: 'Patient/c' } },
        { fullUrl: 'urn:uuid:x' },
        [],
        { resource: { resourceType: 'OperationOutcome', id: 'warning' }, search: { mode: 'outcome' } },
        { resource: patient('d'), request: { method: 'PUT', url: 'Patient/d' } },
        { resource: patient('e'), search: { mode: 'include' } })),
    });

    expect(output).toEqual({ 'a.ndjson': lines(patient('d'), patient('e')) });
    expect(changes.map(({ code, first }) => [code, ...first.map(({ place }) => place.entry)])).toEqual([
      ['no-resource', 3, 4, 5, 6], ['delete-request', 1, 2], ['bundle', undefined], ['operation-message', 7],
    ]);
  });
});

describe('resources that can\'t be imported', () => {
  test.each<[string, object, string]>([
    ['an unsupported type', { resourceType: 'Basic', id: 'a' }, 'error unsupported-type 1'],
    ['no type', { id: 'a' }, 'error no-resource-type 1'],
    ['a type that is no string', { resourceType: 1, id: 'a' }, 'error no-resource-type 1'],
    ['an id with an illegal character', patient('a_b'), 'error illegal-id 1'],
    ['an id that is too long', patient('a'.repeat(65)), 'error illegal-id 1'],
    ['an id that is no string', { resourceType: 'Patient', id: 1 }, 'error illegal-id 1'],
    ['a null id', { resourceType: 'Patient', id: null }, 'error illegal-id 1'],
    ['Parameters without an id', { resourceType: 'Parameters', parameter: [] }, 'info operation-message 1'],
    ['an OperationOutcome without an id', { resourceType: 'OperationOutcome', issue: [] }, 'info operation-message 1'],
  ])('with %s are left out and reported', (_name, value, count) => {
    const { output, counts } = convertFiles({ 'a.ndjson': lines(patient('a'), value) });

    expect({ output, counts }).toEqual({ output: { 'a.ndjson': lines(patient('a')) }, counts: [count] });
  });

  test('elements of an array that are no objects are left out and reported', () => {
    const { output, changes } = convertFiles({ 'a.json': `[1, ${JSON.stringify(patient('a'))}, [], null]` });

    expect(output).toEqual({ 'a.ndjson': lines(patient('a')) });
    expect(changes[0].first.map(({ place }) => place)).toEqual([1, 3, 4].map((entry) => ({ file: 'a.json', line: 1, entry })));
  });
});

describe('missing ids', () => {
  test.each([
    ['a urn:uuid', { fullUrl: `urn:uuid:${UUID}` }, UUID],
    ['a urn:oid', { fullUrl: 'urn:oid:1.2.840.99' }, '1.2.840.99'],
    ['an http fullUrl', { fullUrl: 'http://example.org/fhir/Patient/p-1' }, 'p-1'],
    ['an https fullUrl', { fullUrl: 'https://example.org/Patient/p-1' }, 'p-1'],
    ['a relative fullUrl', { fullUrl: 'Patient/p-1' }, 'p-1'],
    ['the URL of an update', { fullUrl: `urn:uuid:${UUID}`, request: { method: 'PUT', url: 'Patient/p-2' } }, 'p-2'],
    ['the fullUrl if the update is conditional', { fullUrl: `urn:uuid:${UUID}`, request: { method: 'PUT', url: 'Patient?identifier=a|b' } }, UUID],
  ])('come from %s', (_name, entry, id) => {
    const { output, counts } = convertFiles({ 'a.json': lines(bundle('batch', { ...entry, resource: { resourceType: 'Patient', active: true } })) });

    expect(output).toEqual({ 'a.ndjson': `{"id":"${id}","resourceType":"Patient","active":true}\n` });
    expect(counts).toContain('info id-from-url 1');
  });

  test.each([
    ['no fullUrl', {}],
    ['a fullUrl of another type', { fullUrl: 'http://example.org/fhir/Person/p-1' }],
    ['a fullUrl without type', { fullUrl: 'http://example.org/p-1' }],
    ['a fullUrl with an illegal id', { fullUrl: 'urn:uuid:a_b' }],
  ])('come from the content with %s, and are the same for each layout of the text', (_name, entry) => {
    const resource = { resourceType: 'Patient', multipleBirthInteger: 2 };
    const [fromLine, fromEntry, other] = [pretty(resource), lines(bundle('batch', { ...entry, resource })), lines({ ...resource, active: true })]
      .map((text) => convertFiles({ 'a.json': text }));
    const [{ id }] = resourcesOf(fromLine);

    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(resourcesOf(fromEntry)).toEqual([{ ...resource, id }]);
    expect(resourcesOf(other)[0].id).not.toBe(id);
    expect(fromEntry.counts).toContain('warning id-from-content 1');
  });

  test('are replaced in references to the fullUrl of the resource', () => {
    const resource = { resourceType: 'Patient' };
    const converted = convertFiles({ 'a.json': lines(bundle('transaction', { fullUrl: 'urn:uuid:a_b', resource }, { resource: observation('o', 'urn:uuid:a_b') })) });
    const [{ id }, { subject }] = resourcesOf(converted);

    expect(subject.reference).toBe(`Patient/${id}`);
  });
});

describe('repeats of a type and id', () => {
  const at = (lastUpdated: string, more: object = {}) => patient('a', { meta: { lastUpdated }, ...more });

  test.each<[string, object[], object]>([
    ['the newest stays if it is first', [at('2026-01-02T00:00:00Z'), at('2026-01-01T00:00:00Z')], at('2026-01-02T00:00:00Z')],
    ['the newest stays if it is last', [at('2026-01-01T00:00:00Z'), at('2026-01-02T00:00:00Z')], at('2026-01-02T00:00:00Z')],
    ['times are compared across time zones', [at('2026-01-01T23:00:00-05:00'), at('2026-01-02T01:00:00Z')], at('2026-01-01T23:00:00-05:00')],
    ['the last stays if the times are the same', [at('2026-01-01T00:00:00Z'), at('2026-01-01T00:00:00Z', { active: true })], at('2026-01-01T00:00:00Z', { active: true })],
    ['the last stays if there are no times', [patient('a'), patient('a', { active: true })], patient('a', { active: true })],
    ['one with a time stays before one without', [at('2026-01-01T00:00:00Z'), patient('a')], at('2026-01-01T00:00:00Z')],
  ])('%s', (_name, values, kept) => {
    expect(resourcesOf(convertFiles({ 'a.ndjson': lines(...values) }))).toEqual([kept]);
  });

  test('are removed in all files, with a warning that has both places if the content differs', () => {
    const { output, changes } = convertFiles({
      'b.ndjson': lines(patient('c'), patient('a', { active: true })),
      'a.json': pretty(bundle('collection', { resource: patient('b') }, { resource: patient('a', { active: false }) })),
      'c.json': lines({ ...patient('b') }, { resourceType: 'Person', id: 'a' }),
    });

    expect(output).toEqual({ 'b.ndjson': lines(patient('c'), patient('a', { active: true })), 'c.ndjson': lines(patient('b'), { resourceType: 'Person', id: 'a' }) });
    expect(changes.filter(({ code }) => code.startsWith('repeat'))).toEqual([
      {
        code: 'repeat-differs',
        severity: 'warning',
        count: 1,
        files: 1,
        first: [{ code: 'repeat-differs', place: { file: 'a.json', line: 1, entry: 2 }, other: { file: 'b.ndjson', line: 2 }, value: 'a' }],
      },
      {
        code: 'repeat',
        severity: 'info',
        count: 1,
        files: 1,
        first: [{ code: 'repeat', place: { file: 'a.json', line: 1, entry: 1 }, other: { file: 'c.json', line: 1 }, value: 'b' }],
      },
    ]);
  });

  test('have the same content if only white space and the kind of reference differ', () => {
    const entries = [{ fullUrl: 'urn:uuid:p', resource: patient('p') }, { resource: observation('o', 'urn:uuid:p') }];
    const { counts } = convertFiles({ 'a.json': lines(bundle('batch', ...entries)), 'b.json': lines(observation('o', 'Patient/p')).replaceAll(':', ' : ') });

    expect(counts).toEqual(['info bundle 1', 'info repeat 1']);
  });
});

test('throws if a file changes between the two times that it is read', () => {
  const contents = [patient('a'), patient('b')].map((value) => Buffer.from(lines(value)));
  const { convert } = jest.requireActual('../../src/convert/convert');

  expect(() => convert([{ name: 'a.json', size: 1, read: () => [contents.shift()] }], { write: () => {} }))
    .toThrow('the files changed while they were converted: convert them again');
});
