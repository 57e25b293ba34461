import { CONSTRAINT_GROUPS, DATA_TYPES, ELEMENT_NAMES, RESOURCE_TYPES } from './fhir-r4-names';

/** What may stand where a template has a hole, and what of it may be shown. */
export interface Hole {
  /** Whether the text can be what the hole is for. Anything unless given. */
  readonly fits?: (text: string) => boolean;
  /** The text as it may be shown: undefined unless FHIR R4 or HealthLake itself gives it. Never anything unless given. */
  readonly show?: (text: string) => string | undefined;
}

/** Types of holes by the name that stands in templates. Those without a way to show them may hold the data's own values. */
export const HOLES: Readonly<Record<string, Hole>> = {
  number: { fits: (text) => /^\d{1,10}$/.test(text) },
  element: { fits: isWord, show: elementPath },
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

/** Parameters of HealthLake's own that its texts name. */
const MEMBERS: ReadonlySet<string> = new Set(['resourceId', 'resourceType']);

/** Suffixes of the elements that have a choice of types, as in `valueQuantity`. */
const TYPE_SUFFIXES = [...DATA_TYPES].map((type) => type.charAt(0).toUpperCase() + type.slice(1));

const BASE_PROFILE = /^http:\/\/hl7\.org\/fhir\/StructureDefinition\/([A-Za-z]+)(?:\|[\d.]{1,10})?$/;

/**
 * A path such as `Patient.contact.name`, if R4 has a type and elements of these names; without indexes and names of slices, which could be
 * anything. Validators write it with dots, or with slashes as in an XPath.
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

/** A type's own profile, not one that somebody made. */
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

function isWord(text: string): boolean {
  return /^\S+$/.test(text);
}
