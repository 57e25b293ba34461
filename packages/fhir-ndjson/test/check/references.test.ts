import { check, findingsOf, resource } from './run';

function found(...references: string[]): string[] {
  const line = resource('Device', 'd', { contained: [{ resourceType: 'Patient', id: 'c' }], extension: references.map((reference) => ({ valueReference: { reference } })) });
  return findingsOf(check({ 'a.ndjson': `${line}\n${resource('Patient', 'p')}` }));
}

describe('a reference', () => {
  test.each<[reference: string, finding: string | undefined]>([
    ['Patient/p', undefined],
    ['Patient/p/_history/2', undefined],
    ['Patient/gone/_history/2', 'missing-target a.ndjson:1 Patient/gone'],
    ['Patient/gone', 'missing-target a.ndjson:1 Patient/gone'],
    ['Device/p', 'missing-target a.ndjson:1 Device/p'],
    [`Patient/${'x'.repeat(64)}`, `missing-target a.ndjson:1 Patient/${'x'.repeat(64)}`],
    [`Patient/${'x'.repeat(65)}`, undefined],
    ['#c', undefined],
    ['#', undefined],
    ['https://example.com/fhir/Patient/gone', undefined],
    ['http://example.com/Patient?identifier=x', undefined],
    ['urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0', 'urn-reference a.ndjson:1 urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0'],
    ['Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1', 'conditional-reference a.ndjson:1 Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1'],
    ['Patient/', undefined],
    ['/p', undefined],
    ['p', undefined],
    ['', undefined],
    ['"Patient/gone"', undefined],
  ])('%j is judged', (reference, finding) => {
    expect(found(reference)).toEqual(finding ? [finding] : []);
  });

  test('may have escaped characters and spaces around its colon', () => {
    const files = { 'a.ndjson': '{"resourceType":"Device","id":"d","patient":{"reference" : \t"Patient\\/gone"}}' };
    expect(findingsOf(check(files))).toEqual(['missing-target a.ndjson:1 Patient/gone']);
  });

  test('is found in a resource whose id has an escape sequence', () => {
    const files = { 'a.ndjson': '{"resourceType":"Device","id":"\\u0064","patient":{"reference":"Patient/gone"}}' };
    expect(findingsOf(check(files))).toEqual(['missing-target a.ndjson:1 Patient/gone']);
  });

  test('may precede its target in another file', () => {
    const files = { 'a.ndjson': resource('Device', 'd', { patient: { reference: 'Patient/p' } }), 'b.ndjson': resource('Patient', 'p') };
    expect(check(files).problems).toEqual([]);
  });
});

test('a repeated id names the place of the resource, not of an earlier reference to it', () => {
  const files = { 'a.ndjson': resource('Device', 'd', { patient: { reference: 'Patient/p' } }), 'b.ndjson': `${resource('Device', 'e')}\n${resource('Patient', 'p')}` };
  expect(findingsOf(check({ ...files, 'c.ndjson': resource('Patient', 'p') }))).toEqual(['repeated-id c.ndjson:1 b.ndjson:2 Patient/p']);
});

test('each missing target is found once, at its first reference', () => {
  const line = (id: string, target: string) => resource('Device', id, { patient: { reference: `Patient/${target}` } });
  const { problems } = check({ 'a.ndjson': `${line('1', 'x')}\n${line('2', 'y')}\n${line('3', 'x')}`, 'b.ndjson': `${line('4', 'z')}\n${line('5', 'y')}` }, { first: 2 });
  expect(problems).toEqual([{
    code: 'missing-target',
    severity: 'info',
    count: 3,
    files: 2,
    first: [
      { code: 'missing-target', place: { file: 'a.ndjson', line: 1 }, value: 'Patient/x' },
      { code: 'missing-target', place: { file: 'a.ndjson', line: 2 }, value: 'Patient/y' },
    ],
  }]);
});

test('20,000 resources are told apart, and so are the targets that are missing', () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => resource('Device', `d-${n}`, { patient: { reference: `Device/d-${n + 1}` }, parent: { reference: `Group/${n % 2}` } }));
  const { problems } = check({ 'a.ndjson': lines.join('\n') });
  expect(problems).toMatchObject([{ code: 'missing-target', count: 3, first: [{ place: { line: 1 } }, { place: { line: 2 } }, { place: { line: 20_000 } }] }]);
});
