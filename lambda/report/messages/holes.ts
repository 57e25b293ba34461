import { CONSTRAINT_GROUPS, DATA_TYPES, ELEMENT_NAMES, RESOURCE_TYPES } from './fhir-r4-names';

/** A placeholder in a message template. */
export interface Hole {
  /** Returns whether the placeholder matches a text. If this function is undefined, the placeholder matches any text. */
  readonly fits?: (text: string) => boolean;
  /**
   * Returns the text to show in place of the placeholder. Returns undefined if neither FHIR R4 nor HealthLake defines the matched text. If this function is
   * undefined, the placeholder itself is shown.
   */
  readonly show?: (text: string) => string | undefined;
}

/** The placeholders, by their names in templates. The text that a placeholder without `show` matches may be patient data. */
export const HOLES: Readonly<Record<string, Hole>> = {
  number: { fits: (text) => /^\d{1,10}$/.test(text) },
  element: { fits: (text) => /^\S+$/.test(text), show: elementPath },
  type: { show: (text) => known(text, RESOURCE_TYPES) ?? known(text, DATA_TYPES) },
  property: { show: (text) => known(text, ELEMENT_NAMES) },
  profile: { show: baseProfile },
  constraint: { fits: (text) => /^[A-Za-z][\w.-]*-\d{1,4}[a-z]?$/.test(text), show: constraintKey },
  member: { fits: (text) => /^[\w.]+$/.test(text), show: (text) => known(text, MEMBERS) },
  code: {},
  system: {},
  valueset: {},
  extension: {},
  reference: {},
  rule: {},
  expression: {},
  value: {},
};

/** The API parameters that HealthLake names in its messages. */
const MEMBERS: ReadonlySet<string> = new Set(['resourceId', 'resourceType']);

/** The type suffixes of elements that have a choice of types, such as `Quantity` in `valueQuantity`. */
const TYPE_SUFFIXES = [...DATA_TYPES].map((type) => type.charAt(0).toUpperCase() + type.slice(1));

const BASE_PROFILE = /^http:\/\/hl7\.org\/fhir\/StructureDefinition\/([A-Za-z]+)(?:\|[\d.]{1,10})?$/;

/**
 * Returns an element path such as `Patient.contact.name`, or undefined if R4 doesn't define the type and all elements of the path. Removes indexes and slice
 * names, because a slice can have any name. Accepts dots or slashes between the names, because validators write both.
 */
export function elementPath(text: string): string | undefined {
  const [type, ...elements] = text.replace(/^\//, '').split(/[./]/).map((step) => step.replace(/^f:/, '').replace(/\[\d+\]$/, '').replace(/:.*$/s, ''));
  const isKnown = (RESOURCE_TYPES.has(type) || DATA_TYPES.has(type)) && elements.every(isElementName);
  return isKnown ? [type, ...elements].join('.') : undefined;
}

function isElementName(name: string): boolean {
  const bare = name.replace(/\[x\]$/, '');
  return ELEMENT_NAMES.has(bare) || TYPE_SUFFIXES.some((suffix) => bare.endsWith(suffix) && ELEMENT_NAMES.has(bare.slice(0, -suffix.length)));
}

/** Returns the URL of a profile if it is the base profile of an R4 type. Otherwise returns undefined. */
function baseProfile(text: string): string | undefined {
  const type = BASE_PROFILE.exec(text)?.[1] ?? '';
  return RESOURCE_TYPES.has(type) || DATA_TYPES.has(type) ? text : undefined;
}

function constraintKey(text: string): string | undefined {
  const group = /^([a-z]+|us-core)-\d{1,2}[a-z]?$/.exec(text)?.[1] ?? '';
  return CONSTRAINT_GROUPS.has(group) || group === 'us-core' ? text : undefined;
}

function known(text: string, names: ReadonlySet<string>): string | undefined {
  return names.has(text) ? text : undefined;
}
