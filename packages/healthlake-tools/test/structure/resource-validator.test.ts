import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { RESOURCE_TYPES } from '../../../fhir-ndjson/src/resource-types';
import type { Issue } from '../../src/structure/issues';
import { codeOf } from '../../src/structure/problems';
import { ResourceValidator } from '../../src/structure/resource-validator';

const validator = new ResourceValidator();
const EXAMPLES = join(__dirname, '../../../../node_modules/hl7.fhir.r4.examples');

const patient = (properties: object) => ({ resourceType: 'Patient', id: 'p1', ...properties });
const observation = (properties: object) => ({ resourceType: 'Observation', status: 'final', code: { text: 'c' }, ...properties });
const condition = (properties: object) => ({ resourceType: 'Condition', subject: { reference: 'Patient/p1' }, ...properties });

function found(resource: Parameters<ResourceValidator['check']>[0]): string[] {
  return validator.check(resource).map(({ code, location }) => `${code} ${location}`);
}

function example(name: string) {
  return JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8'));
}

test.each<[string, object, string[]]>([
  ['a missing property', { resourceType: 'Observation', status: 'final' }, ['structure-missing Observation.code']],
  ['a missing choice of types', { resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: { display: 'x' } }, ['structure-missing MedicationRequest.medication']],
  ['a property of another type', patient({ status: 'final' }), ['structure-unknown-property Patient.status']],
  ['a property that R4 does not know', patient({ contact: [{ nickname: 'x' }] }), ['structure-unknown-property Patient.contact[0]']],
  ['a wrong code', patient({ contact: [{ gender: 'M' }] }), ['structure-code Patient.contact[0].gender']],
  ['a concept without a code of its value set', condition({ clinicalStatus: { coding: [{ system: 'http://a.example', code: 'active' }] } }), ['structure-code Condition.clinicalStatus']],
  ['a concept without any code', condition({ clinicalStatus: { text: 'active' } }), ['structure-code Condition.clinicalStatus']],
  ['one value in place of an array', patient({ name: { family: 'x' } }), ['structure-array Patient.name']],
  ['an array in place of one value', patient({ gender: ['male'] }), ['structure-array Patient.gender']],
  ['an array in place of an object', patient({ maritalStatus: [{ text: 'x' }] }), ['structure-array Patient.maritalStatus']],
  ['a number in place of a string', patient({ name: [{ given: ['x', 7] }] }), ['structure-type Patient.name[0].given[1]']],
  ['a string in place of an object', patient({ name: ['x'] }), ['structure-type Patient.name[0]']],
  ['a string in place of a boolean', patient({ active: 'true' }), ['structure-type Patient.active']],
  ['a string in place of a number', patient({ multipleBirthInteger: '2' }), ['structure-type Patient.multipleBirthInteger']],
  ['a fraction in place of an integer', patient({ multipleBirthInteger: 1.5 }), ['structure-format Patient.multipleBirthInteger']],
  ['a date of another form', patient({ birthDate: '1/2/2020' }), ['structure-format Patient.birthDate']],
  ['a date that only begins well', patient({ birthDate: '2020-1-1' }), ['structure-format Patient.birthDate']],
  ['a day that the calendar lacks', patient({ birthDate: '2021-02-29' }), ['structure-format Patient.birthDate']],
  ['a time without a zone', observation({ effectiveDateTime: '2020-01-01T10:00:00' }), ['structure-format Observation.effectiveDateTime']],
  ['an instant without a time', observation({ issued: '2020-01-01' }), ['structure-format Observation.issued']],
  ['a URI with a space', patient({ identifier: [{ system: 'a b' }] }), ['structure-format Patient.identifier[0].system']],
  ['null', patient({ maritalStatus: null }), ['structure-empty Patient.maritalStatus']],
  ['null, and the problems beside it', condition({ code: null, clinicalStatus: { text: 'x' } }), ['structure-empty Condition.code', 'structure-code Condition.clinicalStatus']],
  ['an empty code', patient({ gender: '' }), ['structure-empty Patient.gender']],
  ['an empty string', patient({ name: [{ family: '' }] }), ['structure-empty Patient.name[0].family']],
  ['an empty array', patient({ name: [] }), ['structure-empty Patient.name']],
  ['an empty object', patient({ name: [{}] }), ['structure-empty Patient.name[0]']],
  ['a reference to a wrong type', condition({ subject: { reference: 'Device/d1' } }), ['structure-reference Condition.subject']],
  ['a problem of a contained resource', patient({ contained: [{ resourceType: 'Organization', id: 'o' }, patient({ gender: 'M' })] }), ['structure-code Patient.contained[1].gender']],
  ['a contained resource without a type', patient({ contained: [{ id: 'x' }] }), ['structure-resource-type Patient.contained[0]']],
  ['an entry of a Bundle without a type', { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { id: 'x' } }] }, ['structure-resource-type Bundle']],
  ['null in an array of objects', patient({ communication: [null] }), ['structure-empty Patient.communication[0]']],
  ['a name on which the validator stops', patient({ hasOwnProperty: 'x' }), ['structure-unreadable Patient']],
])('finds %s', (_, resource, expected) => {
  expect(found(resource as { resourceType: string })).toEqual(expected);
});

test.each<[string, object]>([
  ['a conditional reference', condition({ subject: { reference: 'Patient?identifier=http://hl7.org/fhir/sid/us-ssn|1' } })],
  ['a reference with a version', condition({ subject: { reference: 'Patient/p1/_history/2' } })],
  ['a second code beside one of the value set', condition({
    clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }, { system: 'http://a.example', code: 'a' }] },
  })],
  ['a code of a value set that the validator lacks', {
    resourceType: 'MolecularSequence', coordinateSystem: 0, structureVariant: [{ variantType: { coding: [{ system: 'http://loinc.org', code: 'LA9658-1' }] } }],
  }],
  ['false in a choice of types', example('MedicationRequest-medrx0330.json')],
  ['an extension in place of a choice of types', {
    resourceType: 'Immunization', status: 'completed', vaccineCode: { text: 'v' }, patient: { display: 'p' }, _occurrenceDateTime: { extension: [{ url: 'http://a.example', valueCode: 'unknown' }] },
  }],
  ['an extension in place of a value', { resourceType: 'Observation', _status: { extension: [{ url: 'http://a.example', valueCode: 'unknown' }] }, code: { text: 'c' } }],
  ['null in an array beside an extension', patient({ name: [{ given: [null, 'x'], _given: [{ extension: [{ url: 'http://a.example', valueCode: 'x' }] }, null] }] })],
  ['a year, and a year with a month', patient({ birthDate: '2020', deceasedDateTime: '2020-02' })],
  ['a type that R4 does not have', { resourceType: 'MedicationOrder', status: 7 }],
  ['the name of a data type as a resource type', { resourceType: 'HumanName', status: 7 }],
])('passes %s', (_, resource) => {
  expect(found(resource as { resourceType: string })).toEqual([]);
});

test('knows the types that HealthLake supports', () => {
  expect([...RESOURCE_TYPES].filter((resourceType) => found({ resourceType, x: 1 }).length === 0)).toEqual([]);
});

test('finds only the known errors in the examples of HL7', () => {
  const all = readdirSync(EXAMPLES).filter((name) => /^[A-Z].*\.json$/.test(name) && statSync(join(EXAMPLES, name)).size < 20_000);
  const names = all.filter((name, index) => index % 40 === 0 || /^(Device|Observation|SearchParameter-valueset-extensions)/.test(name));
  const problems = names.map((name) => example(name)).flatMap((resource) => found(resource).map((problem) => `${resource.id}: ${problem}`)).sort();
  expect(names.length).toBeGreaterThan(150);
  expect(problems).toEqual([
    'clinical-gender: structure-reference Observation.performer[0]', // to an Encounter
    'example: structure-reference DeviceMetric.parent', // to a DeviceDefinition
    'example: structure-reference DeviceUseStatement.reasonReference[0]', // to a Procedure
    'valueset-extensions-ValueSet-author: structure-missing SearchParameter.base',
    'valueset-extensions-ValueSet-effective: structure-missing SearchParameter.base',
    'valueset-extensions-ValueSet-end: structure-missing SearchParameter.base',
    'valueset-extensions-ValueSet-keyword: structure-missing SearchParameter.base',
    'valueset-extensions-ValueSet-workflow: structure-missing SearchParameter.base',
  ]);
});

test('gives an unknown message of the validator the code structure-other', () => {
  expect(codeOf('Invalid something "x"')).toBe('structure-other');
});

test('keeps the text of the validator, in part if it is long', () => {
  const [short, long] = ['M', 'M'.repeat(1000)].map((gender) => validator.check(patient({ gender }))[0].value);
  expect(short).toBe('Code "M" not found in value set');
  expect(long).toHaveLength(200);
  expect(validator.check(patient({ contact: [{ nickname: 'x' }] }))[0].value).toBe('Unexpected property: Patient.contact[0].nickname');
});

test('never shows a value or an unknown name in a location', () => {
  const bases = [
    'Patient-example.json', 'Observation-example.json', 'Condition-example.json', 'MedicationRequest-medrx0301.json', 'Bundle-bundle-example.json', 'Claim-100150.json', 'Questionnaire-gcs.json',
  ].map(example);
  const canary = fc.integer({ min: 0, max: 999_999 }).map((number) => `Quillfeather ${number}`);
  const name = fc.oneof(canary, canary.map((text) => `name.${text}`), canary.map((text) => `${text}.family`), fc.integer({ min: 1000 }).map((number) => `name[${number}]`));
  const value = fc.oneof(canary, fc.array(canary, { minLength: 1 }), fc.record({ family: canary }), fc.dictionary(name, canary), fc.constant(null));
  fc.assert(fc.property(fc.constantFrom(...bases), fc.nat(), fc.nat(), name, value, (base, place, kind, key, planted) => {
    const resource = structuredClone(base);
    const objects = objectsOf(resource);
    const target = objects[place % objects.length];
    const names = Object.keys(target).filter((one) => one !== 'resourceType');
    target[kind % 2 === 0 || names.length === 0 ? key : names[kind % names.length]] = planted;
    const issues: Issue[] = validator.check(resource);
    for (const { location } of issues) {
      expect(location).toMatch(/^[A-Z][A-Za-z]+(\.[a-z_]\w*(\[(\d{1,2}|x)\])?)*$/);
      expect(location).not.toContain('Quillfeather');
    }
  }), { numRuns: 200 });
});

/** Returns a value and all objects inside of it. */
function objectsOf(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const inner = Object.values(value).flatMap(objectsOf);
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
}
