import { firstOfEachPath } from '../../src/structure/findings';

test('keeps the first finding of each of ten paths', () => {
  const findings = ['Patient.contact[0].gender', 'Patient.contact[1].gender', ...Array.from({ length: 12 }, (_, index) => `Patient.p${index}`)]
    .map((location, index) => ({ code: 'structure-code' as const, location, value: '', place: { file: 'a.ndjson', line: index + 1 } }));
  expect(firstOfEachPath(findings).map(({ place }) => place.line)).toEqual([1, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});
