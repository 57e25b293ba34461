import { ELEMENT_NAMES, RESOURCE_TYPES } from '../../../../lambda/report/messages/fhir-r4-names';
import { elementPath, HOLES } from '../../../../lambda/report/messages/holes';
import { findMessage, isMessage } from '../../../../lambda/report/messages/message';
import { MESSAGE_TEMPLATES } from '../../../../lambda/report/messages/message-templates';
import { RESOURCE_TYPES as SUPPORTED_TYPES } from '../../../../packages/fhir-ndjson/src/resource-types';

const CANARY = 'Quillfeather';

/** Data for the placeholders of message templates, such as `{number}`, by name. Any other placeholder is replaced by `CANARY`. */
const FILLINGS: Record<string, string> = {
  number: '1815',
  element: `Patient.${CANARY}`,
  member: CANARY,
  constraint: `${CANARY}-1`,
};

const HOLE = /\{([a-z]+)\}/g;

describe('a template', () => {
  test.each(MESSAGE_TEMPLATES)('matches a text that has data instead of the placeholders, and the data is not shown: %s', (template) => {
    expect(isMessage(template)).toBe(true); // no earlier template in the list matches the same texts
    for (const [, name] of template.matchAll(HOLE)) {
      expect(Object.keys(HOLES)).toContain(name);
    }
    const text = template.replace(HOLE, (_, name) => FILLINGS[name] ?? CANARY);
    const found = findMessage(text);
    expect(found).toBeDefined();
    expect(found?.filled).not.toContain(CANARY);
    expect(found?.filled).toBe(found?.bare);
  });

  test('occurs only once in MESSAGE_TEMPLATES', () => {
    expect(new Set(MESSAGE_TEMPLATES).size).toBe(MESSAGE_TEMPLATES.length);
  });
});

describe('a text', () => {
  test.each([
    // Messages from HealthLake's developer guide.
    ['Missing required id field in resource json', 'Missing required id field in resource json'],
    [
      '1 validation error detected: Value \'Patient123\' at \'resourceType\' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z]{1,256}',
      '1 validation error detected: Value \'{value}\' at \'resourceType\' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z]{1,256}',
    ],
    [
      '2 validation errors detected: Value at \'resourceId\' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-.]{1,64}; Value at \'resourceId\' failed to satisfy constraint: Member must have length greater than or equal to 1',
      '2 validation errors detected: Value at \'resourceId\' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-.]{1,64}; Value at \'resourceId\' failed to satisfy constraint: Member must have length greater than or equal to 1',
    ],
    ['3 validation errors detected: whatever they are', '{number} validation errors detected: {rule}'],
    ['This property must be an simple value, not a com.google.gson.JsonArray', 'This property must be an simple value, not {value}'],
    ['Unrecognised property \'@telecom\'', 'Unrecognised property \'@telecom\''],
    [`Unrecognised property '@${CANARY}'`, 'Unrecognised property \'@{property}\''],
    [
      'Profile http://hl7.org/fhir/StructureDefinition/EffectEvidenceSynthesis, Element \'EffectEvidenceSynthesis.status\': minimum required = 1, but only found 0',
      'Profile http://hl7.org/fhir/StructureDefinition/EffectEvidenceSynthesis, Element \'EffectEvidenceSynthesis.status\': minimum required = {number}, but only found {number}',
    ],
    ['Unknown extension http://synthetichealth.github.io/synthea/disability-adjusted-life-years', 'Unknown extension {extension}'],
    // Messages of current and earlier versions of HL7's validator.
    [
      'Patient.identifier: minimum required = 1, but only found 0 (from http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|6.1.0)',
      'Patient.identifier: minimum required = {number}, but only found {number} (from {profile})',
    ],
    [
      'Observation.category:VSCat.coding: minimum required = 1, but only found 0 (from http://hl7.org/fhir/StructureDefinition/Observation|4.0.1)',
      'Observation.category.coding: minimum required = {number}, but only found {number} (from http://hl7.org/fhir/StructureDefinition/Observation|4.0.1)',
    ],
    [
      'Constraint failed: dom-6: \'A resource should have narrative for robust management\' (defined in http://hl7.org/fhir/StructureDefinition/DomainResource) (Best Practice Recommendation)',
      'Constraint failed: dom-6: \'{rule}\' (defined in http://hl7.org/fhir/StructureDefinition/DomainResource) (Best Practice Recommendation)',
    ],
    [
      `Patient.name: minimum required = 1, but only found 0 (from http://hl7.org/fhir/StructureDefinition/${CANARY})`,
      'Patient.name: minimum required = {number}, but only found {number} (from {profile})',
    ],
    [`Rule ${CANARY.toLowerCase()}-6: 'A resource should have a narrative' Failed`, 'Rule {constraint}: \'{rule}\' Failed'],
    ['Rule dom-6: \'A resource should have narrative for robust management\' Failed', 'Rule dom-6: \'{rule}\' Failed'],
    ['dom-6: A resource should have narrative for robust management [text.`div`.exists()]', 'dom-6: {rule} [{expression}]'],
    [`${CANARY}-6: A resource should be better [exists()]`, '{constraint}: {rule} [{expression}]'],
    [
      `The value provided ('${CANARY}') is not in the value set http://hl7.org/fhir/ValueSet/administrative-gender, and a code is required from this value set) (error message = Unknown code '${CANARY}')`,
      'The value provided (\'{value}\') is not in the value set {valueset}, and a code is required from this value set{value}',
    ],
    [`Unknown code '${CANARY}' in the CodeSystem 'http://loinc.org' version '2.73'`, 'Unknown code \'{code}\' in the CodeSystem \'{system}\' version \'{value}\''],
    [`The value '${CANARY}' is not a valid decimal`, 'The value \'{value}\' is not a valid decimal'],
    [`Not a valid date (${CANARY})`, 'Not a valid date ({value})'],
    ['The type \'Location\' is not a valid Target for this element (must be one of [Patient])', 'The type \'Location\' is not a valid Target for this element (must be one of {value})'],
    // Messages of HAPI FHIR's parser.
    [`HAPI-1821: [element="gender"] Invalid attribute value "${CANARY}": Unknown AdministrativeGender code`, '[element="gender"] Invalid attribute value "{value}": {value}'],
    ['HAPI-1861: Failed to parse JSON encoded FHIR content: HAPI-1859: whatever', 'Failed to parse JSON encoded FHIR content: {value}'],
  ])('is shown as its message template, in which only FHIR and HealthLake names replace placeholders: %s', (text, message) => {
    expect(findMessage(text)?.filled).toBe(message);
    expect(isMessage(message)).toBe(true);
  });

  test.each([
    '', CANARY, `Missing required id field in resource json of ${CANARY}`, `${CANARY}: minimum required`, `Rule ${CANARY}: 'x' Failed`,
    'minimum required = 1, but only found 0', `Patient: minimum required = ${CANARY}, but only found 0`, `${CANARY} born: minimum required = 1, but only found 0`,
  ])('is not shown if it matches no template: %s', (text) => {
    expect(findMessage(text)).toBeUndefined();
    expect(isMessage(text)).toBe(false);
  });

  test.each([`Unknown extension ${CANARY}`, `Unrecognised property '@${CANARY}'`])('is not a valid message if it has data instead of a placeholder: %s', (text) => {
    expect(isMessage(text)).toBe(false);
  });

  test('is compared with all templates within 2 s even if it has several megabytes', () => {
    const startedAt = performance.now();
    for (const text of [`Unknown code '${'\' '.repeat(1_000_000)}`, `a: ${'['.repeat(1_000_000)}`, `The value provided ('${'\') '.repeat(1_000_000)}`]) {
      findMessage(text);
    }
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe('an element path', () => {
  test.each([
    ['Patient', 'Patient'],
    ['Patient.name.family', 'Patient.name.family'],
    ['Patient.name[3].given[12]', 'Patient.name.given'],
    ['Observation.value[x]', 'Observation.value[x]'],
    ['Observation.valueQuantity.value', 'Observation.valueQuantity.value'],
    ['Observation.category:VSCat.coding', 'Observation.category.coding'],
    ['/f:Observation/f:status', 'Observation.status'],
    ['HumanName.family', 'HumanName.family'],
  ])('is shown without indexes and slices: %s', (text, path) => {
    expect(elementPath(text)).toBe(path);
  });

  test.each([
    '', CANARY, `Patient.${CANARY}`, `Patient.name['${CANARY}']`, `${CANARY}.name`, 'name.family', `Bundle.entry[0].resource/*Patient/${CANARY}*/.name`,
    `Patient.name.${CANARY}Quantity`, 'Patient.', `Patient.name[${CANARY}]`,
  ])('is not shown if R4 does not define it: %s', (text) => {
    expect(elementPath(text)).toBeUndefined();
  });
});

test('RESOURCE_TYPES and ELEMENT_NAMES contain the names that FHIR R4 defines', () => {
  expect(RESOURCE_TYPES.size).toBe(146);
  expect([...SUPPORTED_TYPES].filter((type) => !RESOURCE_TYPES.has(type))).toEqual([]);
  for (const name of ['resourceType', 'id', 'birthDate', 'value', 'modifierExtension', 'div']) {
    expect(ELEMENT_NAMES).toContain(name);
  }
  expect(ELEMENT_NAMES).not.toContain(CANARY);
});
