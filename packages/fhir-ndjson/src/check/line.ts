import type { ProblemCode } from './problems';
import { RESOURCE_TYPES } from '../resource-types';

/** The type and id of a line's resource, if they are strings, and the reason why HealthLake rejects the line. */
export interface JudgedLine {
  readonly type?: string;
  readonly id?: string;
  readonly rejected?: ProblemCode;
}

/** The form of an id in FHIR. */
export const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** Returns whether HealthLake rejects a line, and why. */
export function judgeLine(text: string): JudgedLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { rejected: reasonForInvalidJson(text) };
  }
  if (Array.isArray(value)) {
    return { rejected: 'array' };
  }
  return typeof value === 'object' && value !== null ? judgeObject(value) : { rejected: 'not-an-object' };
}

function judgeObject({ resourceType, id }: { readonly resourceType?: unknown; readonly id?: unknown }): JudgedLine {
  if (typeof resourceType !== 'string') {
    return { rejected: 'no-resource-type' };
  }
  const type = resourceType;
  if (!RESOURCE_TYPES.has(type)) {
    return { type, rejected: 'unsupported-type' };
  }
  if (id === undefined || id === null) {
    return { type, rejected: 'no-id' };
  }
  if (typeof id !== 'string') {
    return { type, rejected: 'illegal-id' };
  }
  return ID.test(id) ? { type, id } : { type, id, rejected: 'illegal-id' };
}

function reasonForInvalidJson(text: string): ProblemCode {
  if (/^[ \t\r]*$/.test(text)) {
    return 'blank-line';
  }
  return text.includes('\0') ? 'invalid-utf8' : 'not-json'; // a file in UTF-16 has zero bytes
}
