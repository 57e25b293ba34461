import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { bundle, convertFiles, pretty, resourcesOf, type Converted } from './harness';

const RUNS = { numRuns: 200, seed: 15 };
const TYPES = ['Patient', 'Practitioner', 'Observation'];
const UUIDS = Array.from({ length: 6 }, (_, index) => `1e621f4c-db30-c273-49e9-00000000000${index}`);

/** Values as they may be in resources, with the characters that could confuse a reader of JSON text. */
const json = fc.jsonValue({ maxDepth: 3, stringUnit: fc.constantFrom('a', '"', '\\', '{', '}', '[', ']', ':', ',', ' ', '\n', '\r', '\u2028', '\u00e9', '/', '"reference":"') });

const resource = fc.record({
  resourceType: fc.constantFrom(...TYPES),
  id: fc.constantFrom(...UUIDS),
  identifier: fc.constant([{ system: 'http://s', value: 'v' }]),
  subject: fc.oneof(fc.constantFrom(...UUIDS).map((id) => ({ reference: `urn:uuid:${id}` })), json),
  note: json,
}, { requiredKeys: ['resourceType', 'id'] });

/** Resources of different ids, so that their URNs are unambiguous and none is a repeat. */
const resources = fc.uniqueArray(resource, { selector: ({ id }) => id });

type Resources = readonly { readonly id: string }[];

const FORMS: readonly ((values: Resources) => string)[] = [
  (values) => values.map((value) => `${JSON.stringify(value)}\n`).join(''),
  (values) => `\uFEFF${values.map((value) => JSON.stringify(value)).join('\r\n\r\n')}`,
  (values) => values.map((value) => `${pretty(value)}\n`).join(''),
  (values) => values.map((value) => JSON.stringify(value)).join(' '),
  (values) => JSON.stringify(values),
  (values) => pretty(values).replaceAll('\n', '\r\n'),
  (values) => pretty(bundleOf('transaction', values)),
  (values) => JSON.stringify(bundleOf('collection', values)),
  (values) => values.map((value) => `${JSON.stringify(bundleOf('batch', [value]))}\n`).join(''),
  (values) => pretty(bundle('collection', { resource: bundleOf('searchset', values) })),
];

/** A division of the resources into files of any form. */
const divided = resources.chain((values) => fc.record({
  values: fc.constant(values),
  files: fc.array(fc.nat(3), { minLength: values.length, maxLength: values.length }),
  forms: fc.array(fc.constantFrom(...FORMS), { minLength: 4, maxLength: 4 }),
  isZipped: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
}));

function bundleOf(type: string, values: Resources): object {
  return bundle(type, ...values.map((value) => ({ fullUrl: `urn:uuid:${value.id}`, resource: value })));
}

function sorted(converted: Converted): string[] {
  return Object.values(converted.output).flatMap((text) => text.split('\n').slice(0, -1)).sort();
}

test('any division into files and forms gives the same resources', () => {
  fc.assert(fc.property(divided, ({ values, files, forms, isZipped }) => {
    const contents = Object.fromEntries(forms.map((form, file) => {
      const content = form(values.filter((_, index) => files[index] === file));
      return isZipped[file] ? [`${file}.json.gz`, gzipSync(content)] : [`${file}.json`, content];
    }));
    const converted = convertFiles(contents);

    expect(sorted(converted)).toEqual(sorted(convertFiles({ 'all.ndjson': FORMS[0](values) })));
    expect(converted.resources).toBe(values.length);
    expect(converted.changes.filter(({ severity }) => severity === 'error')).toEqual([]);
  }), RUNS);
});

test('text that is not a reference stays unchanged', () => {
  fc.assert(fc.property(fc.array(json), fc.constantFrom(...FORMS), (notes, form) => {
    const values = notes.map((note, index) => ({ resourceType: 'Patient', id: `${index}`, note }));

    expect(resourcesOf(convertFiles({ 'a.json': form(values) }))).toEqual(JSON.parse(JSON.stringify(values)));
  }), RUNS);
});

test('a conversion of its own output changes nothing', () => {
  fc.assert(fc.property(divided, ({ values, files, forms }) => {
    const contents = Object.fromEntries(forms.map((form, file) => [`${file}.json`, form(values.filter((_, index) => files[index] === file))]));
    const { output } = convertFiles(contents);
    const again = convertFiles(output);

    expect(again.output).toEqual(output);
    expect(again.changes.filter(({ code }) => code !== 'urn-reference')).toEqual([]);
  }), RUNS);
});

test('the order of the input files makes no difference', () => {
  const files = fc.array(fc.array(resource, { maxLength: 4 }).map((values) => FORMS[0](values)), { maxLength: 4 });

  const orderOf = (contents: readonly string[]) => fc.shuffledSubarray([...contents.keys()], { minLength: contents.length });
  const shuffled = files.chain((contents) => fc.tuple(fc.constant(contents), orderOf(contents)));

  fc.assert(fc.property(shuffled, ([contents, order]) => {
    const convertIn = (indexes: readonly number[]) => convertFiles(Object.fromEntries(indexes.map((index) => [`f${index}.json`, contents[index]])));

    expect(convertIn(order)).toEqual(convertIn([...contents.keys()]));
  }), RUNS);
});

test('any bytes are converted or reported', () => {
  const line = fc.oneof(fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\n', '\\', ' ', 'a', '1') }), fc.constant('{"resourceType":"Patient","id":"a"}\n'), fc.constant('{\n'));

  fc.assert(fc.property(fc.array(line), (parts) => {
    const { output, counts } = convertFiles({ 'a.json': parts.join('') });

    expect(counts.length > 0 || Object.keys(output).length > 0).toBe(true);
    expect(convertFiles(output).output).toEqual(output);
  }), RUNS);
});
