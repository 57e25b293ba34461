/**
 * The problems of structure. All are warnings: AWS says that HealthLake validates against FHIR R4 with `strict` and `structure-only`, but doesn't document
 * the rules. With `minimal`, HealthLake stores a resource that fails the validation.
 */
export const STRUCTURE_PROBLEMS = {
  'structure-missing': {
    severity: 'warning',
    text: 'a property that R4 requires is missing',
    remedy: 'add the property',
  },
  'structure-unknown-property': {
    severity: 'warning',
    text: 'R4 does not define a property here',
    remedy: 'remove the property, mend its name, or use an extension',
  },
  'structure-code': {
    severity: 'warning',
    text: 'a code is outside of the value set that R4 requires',
    remedy: 'use a code of the value set',
  },
  'structure-array': {
    severity: 'warning',
    text: 'an array is where R4 has one value, or one value is where R4 has an array',
    remedy: 'use an array exactly where R4 allows several values',
  },
  'structure-type': {
    severity: 'warning',
    text: 'a value has the wrong JSON type',
    remedy: 'use the JSON type of the property',
  },
  'structure-format': {
    severity: 'warning',
    text: 'a value does not have the format of its R4 type',
    remedy: 'use the format of the R4 type, such as 2026-11-27 for a date',
  },
  'structure-empty': {
    severity: 'warning',
    text: 'a value is null, an empty string, an empty array or an empty object',
    remedy: 'leave the property out',
  },
  'structure-reference': {
    severity: 'warning',
    text: 'a reference leads to a resource type that R4 does not allow here',
    remedy: 'refer to a type that R4 allows',
  },
  'structure-resource-type': {
    severity: 'warning',
    text: 'a resource inside another resource has no resourceType of R4',
    remedy: 'add the resourceType',
  },
  'structure-unreadable': {
    severity: 'warning',
    text: 'the validator could not finish the check of a resource',
    remedy: 'compare the resource with the R4 specification',
  },
  'structure-other': {
    severity: 'warning',
    text: 'the validator found another problem',
    remedy: 'show the problem with --show-values',
  },
} as const;

export type StructureCode = keyof typeof STRUCTURE_PROBLEMS;

/** The messages of the validator. They quote values, so only the code of the problem is shown. */
const MESSAGES: readonly (readonly [RegExp, StructureCode])[] = [
  [/^Missing property$|^A \w+ entry is required$/, 'structure-missing'],
  [/^Unexpected property$/, 'structure-unknown-property'],
  [/not found in value set$/, 'structure-code'],
  [/^Property is not an array$/, 'structure-array'],
  [/^Invalid format for boolean value |^Number type expected /, 'structure-type'],
  [/^Invalid [\w ]+ format for value /, 'structure-format'],
  [/^Invalid type for reference /, 'structure-reference'],
  [/^Resource does not have resourceType property/, 'structure-resource-type'],
];

/** Returns the code of the problem that a message of the validator reports. */
export function codeOf(message: string): StructureCode {
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? 'structure-other';
}
