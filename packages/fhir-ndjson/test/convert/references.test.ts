import { bundle, convertFiles, resourcesOf, type Converted } from './harness';

const UUID = '1e621f4c-db30-c273-49e9-2dcad508a9cb';
const NPI = 'http://hl7.org/fhir/sid/us-npi';
const PATIENT = { fullUrl: `urn:uuid:${UUID}`, resource: { resourceType: 'Patient', id: 'p' } };

function refer(reference: string, id = 'o'): Record<string, unknown> {
  return { resourceType: 'Observation', id, subject: { reference } };
}

function json(...entries: readonly object[]): string {
  return JSON.stringify(bundle('transaction', ...entries));
}

function practitioner(id: string, value = '1', system: string | undefined = NPI): object {
  return { resourceType: 'Practitioner', id, identifier: [{ system, value }] };
}

/** Returns the reference of the Observation o. */
function referenceIn(converted: Converted): string {
  return resourcesOf(converted).find(({ id }) => id === 'o')?.subject.reference;
}

describe('references to a fullUrl', () => {
  test.each([
    ['urn:uuid', `urn:uuid:${UUID}`], ['urn:oid', 'urn:oid:1.2.3'], ['http', 'http://example.org/fhir/Patient/x'], ['https', 'https://example.org/Patient/x'],
  ])('of the kind %s become Type/id, before and after the resource, and in other files', (_name, fullUrl) => {
    const patient = { fullUrl, resource: { resourceType: 'Patient', id: 'p' } };
    const observation = { resource: refer(fullUrl) };
    const files: Record<string, string>[] = [
      { 'a.json': json(patient, observation) },
      { 'a.json': json(observation, patient) },
      { 'a.json': json(observation), 'b.json': json(patient) },
      { 'b.json': json(observation), 'a.json': json(patient) },
      { 'a.ndjson': JSON.stringify(observation.resource), 'b.json': json(patient) },
    ];
    const sets = files.map((set) => convertFiles(set));

    expect(sets.map(referenceIn)).toEqual(sets.map(() => 'Patient/p'));
    sets.forEach(({ counts }) => expect(counts).toContain('info reference-rewritten 1'));
  });

  test('are rewritten wherever FHIR has them, and nowhere else', () => {
    const urn = PATIENT.fullUrl;
    const resource = {
      resourceType: 'DocumentReference',
      id: 'd',
      text: { div: `<div><a href="${urn}">${urn}</a><img src="${urn}"/></div>` },
      contained: [{ resourceType: 'Observation', subject: { reference: urn } }],
      extension: [{ url: urn, valueReference: { reference: urn } }, { url: 'http://x', valueUri: urn }, { url: 'http://y', valueUrl: urn }],
      identifier: [{ system: 'urn:ietf:rfc:3986', value: urn }],
      description: `"reference":"${urn}"`,
      content: [{ attachment: { url: urn } }],
    };
    const [, converted] = resourcesOf(convertFiles({ 'a.json': json(PATIENT, { resource }) }));

    expect(converted).toEqual({
      ...resource,
      text: { div: `<div><a href="Patient/p">${urn}</a><img src="Patient/p"/></div>` },
      contained: [{ resourceType: 'Observation', subject: { reference: 'Patient/p' } }],
      extension: [{ url: 'Patient/p', valueReference: { reference: 'Patient/p' } }, { url: 'http://x', valueUri: 'Patient/p' }, { url: 'http://y', valueUrl: 'Patient/p' }],
      content: [{ attachment: { url: 'Patient/p' } }],
    });
  });

  test('are not rewritten in the url of the resource itself', () => {
    const valueSet = { resourceType: 'ConceptMap', id: 'v', url: 'urn:oid:1.2.3' };

    expect(resourcesOf(convertFiles({ 'a.json': json({ fullUrl: 'urn:oid:1.2.3', resource: valueSet }) }))).toEqual([valueSet]);
  });

  test('are found with escaped slashes and with spaces', () => {
    const text = json({ fullUrl: 'http://x/Patient/p', resource: PATIENT.resource }, { resource: refer('http://x/Patient/p') })
      .replace('"reference":"http://x/Patient/p"', '"reference" : "http:\\/\\/x\\/Patient\\/p"');

    expect(referenceIn(convertFiles({ 'a.json': text }))).toBe('Patient/p');
  });

  test('find the resource of their own Bundle first', () => {
    const other = { ...PATIENT, resource: { resourceType: 'Patient', id: 'q' } };
    const converted = convertFiles({ 'a.json': json(other), 'b.json': json(PATIENT, { resource: refer(PATIENT.fullUrl) }), 'c.json': json(other) });

    expect(referenceIn(converted)).toBe('Patient/p');
    expect(converted.changes).toContainEqual(expect.objectContaining({ code: 'ambiguous-url', count: 2, severity: 'warning' }));
  });

  test.each<[string, object[]]>([
    ['no resource', []],
    ['two resources', [PATIENT, { ...PATIENT, resource: { resourceType: 'Patient', id: 'q' } }]],
    ['a resource that is left out', [{ ...PATIENT, resource: { resourceType: 'Basic', id: 'q' } }]],
  ])('stay with a warning if they name %s', (_name, entries) => {
    const converted = convertFiles({ 'a.json': json(...entries, { resource: refer(PATIENT.fullUrl) }) });

    expect(referenceIn(converted)).toBe(PATIENT.fullUrl);
    expect(converted.changes).toContainEqual({
      code: 'urn-reference',
      severity: 'warning',
      count: 1,
      files: 1,
      first: [{ code: 'urn-reference', place: { file: 'a.json', line: 1, entry: entries.length + 1 }, value: PATIENT.fullUrl }],
    });
  });

  test('find a resource by its id if a Bundle was unwrapped before', () => {
    const lines = [{ resourceType: 'Patient', id: UUID }, refer(`urn:uuid:${UUID}`)].map((value) => JSON.stringify(value)).join('\n');

    expect(referenceIn(convertFiles({ 'a.ndjson': lines }))).toBe(`Patient/${UUID}`);
    expect(referenceIn(convertFiles({ 'a.ndjson': lines, 'b.ndjson': JSON.stringify({ resourceType: 'Person', id: UUID }) }))).toBe(`urn:uuid:${UUID}`);
  });

  test.each(['Patient/x', '#contained', 'http://example.org/Patient/x', 'Patient/x/_history/1'])('of no fullUrl stay: %s', (reference) => {
    const converted = convertFiles({ 'a.json': JSON.stringify(refer(reference)) });

    expect(converted).toMatchObject({ output: { 'a.ndjson': `${JSON.stringify(refer(reference))}\n` }, changes: [] });
  });
});

describe('conditional references', () => {
  const reference = `Practitioner?identifier=${NPI}|1`;

  test.each([
    ['as they are', reference],
    ['percent-encoded', `Practitioner?identifier=${encodeURIComponent(`${NPI}|1`)}`],
  ])('become Type/id in all files, if they are %s', (_name, text) => {
    const converted = convertFiles({ 'a.json': json({ resource: refer(text) }), 'b.ndjson': JSON.stringify(practitioner('x')), 'c.ndjson': JSON.stringify(practitioner('y', '2')) });

    expect(referenceIn(converted)).toBe('Practitioner/x');
    expect(converted.counts).toContain('info conditional-resolved 1');
  });

  test('find a resource whose identifier is not in an array', () => {
    const response = { resourceType: 'QuestionnaireResponse', id: 'r', identifier: { system: 'a', value: 'b' } };

    expect(referenceIn(convertFiles({ 'a.json': JSON.stringify([response, refer('QuestionnaireResponse?identifier=a|b')]) }))).toBe('QuestionnaireResponse/r');
  });

  test('find a resource that has repeats', () => {
    expect(referenceIn(convertFiles({ 'a.json': JSON.stringify([practitioner('x'), practitioner('x'), refer(reference)]) }))).toBe('Practitioner/x');
  });

  test.each<[string, string, object[]]>([
    ['no resource', reference, [practitioner('x', '2'), { ...practitioner('y'), resourceType: 'Person' }, practitioner('z', '1', 'other')]],
    ['two resources', reference, [practitioner('x'), practitioner('y')]],
    ['an identifier without a system', 'Practitioner?identifier=1', [practitioner('x')]],
    ['another search', 'Practitioner?name=x', [practitioner('x')]],
    ['broken percent-encoding', 'Practitioner?identifier=%', [practitioner('x')]],
  ])('stay with a warning if they match %s', (_name, text, resources) => {
    const converted = convertFiles({ 'a.json': JSON.stringify([...resources, refer(text)]) });

    expect(referenceIn(converted)).toBe(text);
    expect(converted.changes).toContainEqual(expect.objectContaining({
      code: 'conditional-reference', severity: 'warning', first: [{ code: 'conditional-reference', place: { file: 'a.json', line: 1, entry: resources.length + 1 }, value: text }],
    }));
  });
});
