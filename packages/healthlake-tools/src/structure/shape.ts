import { Constants } from 'fhir/constants';
import type { ParsedProperty } from 'fhir/model/parsed-property';
import type { Issue } from './issues';

const whole = ({ source }: RegExp) => new RegExp(`^(?:${source})$`);

/** The formats of R4, for a whole value. The validator also accepts a value that only contains the format, such as `2020-1-1` with the year 2020. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  date: whole(Constants.PrimitiveDateRegex),
  dateTime: whole(Constants.PrimitiveDateTimeRegex),
  instant: new RegExp(`^(?=.*T)(?:${Constants.PrimitiveDateTimeRegex.source})$`),
  time: whole(Constants.PrimitiveTimeRegex),
  code: whole(Constants.PrimitiveCodeRegex),
  integer: /^-?\d+$/,
  unsignedInt: /^\d+$/,
  positiveInt: /^[1-9]\d*$/,
  uri: /^\S*$/,
  url: /^\S*$/,
  canonical: /^\S*$/,
};

/** Returns whether the calendar has the day of a date. Returns true for a year, and for a year with a month. */
function isDay(date: string): boolean {
  const day = date.slice(0, 10);
  return new Date(day).toJSON()?.startsWith(day) === true;
}

/** Returns the JSON type of an R4 type. */
function jsonTypeOf(type: string): string {
  if (type === 'boolean') {
    return 'boolean';
  }
  if (Constants.PrimitiveNumberTypes.includes(type)) {
    return 'number';
  }
  return /^[a-z]/.test(type) ? 'string' : 'object';
}

/** Returns the problems of a property that the validator doesn't look for: an array in place of one value, wrong JSON types and loose formats. */
export function shapeIssues(property: ParsedProperty, location: string, value: unknown): Issue[] {
  if (!Array.isArray(value)) {
    return elementIssues(property._type, location, value);
  }
  return property._multiple
    ? value.flatMap((element, index) => elementIssues(property._type, `${location}[${index}]`, element))
    : [{ code: 'structure-array', location }];
}

function elementIssues(type: string, location: string, value: unknown): Issue[] {
  if (value === null) { // R4 allows null in an array of simple values, for an element that has only extensions
    return type === 'Element' || jsonTypeOf(type) !== 'object' ? [] : [{ code: 'structure-empty', location }];
  }
  if (typeof value !== jsonTypeOf(type) || Array.isArray(value)) {
    return [{ code: 'structure-type', location, value: `${JSON.stringify(value)} is not of type ${type}` }];
  }
  const isWellFormed = FORMATS[type]?.test(String(value)) !== false && (!type.startsWith('date') || isDay(value as string));
  return isWellFormed ? [] : [{ code: 'structure-format', location, value: `${JSON.stringify(value)} is not of type ${type}` }];
}

/**
 * Yields the empty values of a resource. R4 allows only null in an array, for an element that has only extensions. The validator overlooks them or throws.
 *
 * @param names the names of the properties that are visited. Other names may be patient data, and would get into the locations.
 */
export function* emptyIssues(value: unknown, names: ReadonlySet<string>, location: string): Generator<Issue> {
  if (value === '' || value === null || (typeof value === 'object' && Object.keys(value).length === 0)) {
    yield { code: 'structure-empty', location, value: JSON.stringify(value) };
  } else if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) {
      if (inner !== null) {
        yield* emptyIssues(inner, names, `${location}[${index}]`);
      }
    }
  } else if (typeof value === 'object') {
    for (const [name, inner] of Object.entries(value)) {
      if (names.has(name)) {
        yield* emptyIssues(inner, names, `${location}.${name}`);
      }
    }
  }
}
