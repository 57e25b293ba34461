import { violationsOf } from './constraints';
import { shape, type Shape } from './model';
import { wrongType } from './wrong-type';
import { ServiceError } from '../ports';

/** The largest time that a Date can have, in seconds. */
const MAX_SECONDS = 8.64e12;

/**
 * Checks a parsed request against the API model. Returns the request with its times as Dates and without members that the model doesn't have, which AWS
 * ignores. Throws a SerializationException for a wrong type and a ValidationException for every other violation.
 */
export function normalizeRequest(input: Shape, value: unknown): unknown {
  const violations: string[] = [];
  const normalized = visit(input, value, '', violations);
  if (violations.length > 0) {
    const errors = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`;
    throw new ServiceError('ValidationException', `${errors} detected: ${violations.join('; ')}`);
  }
  return normalized;
}

function visit(expected: Shape, value: unknown, path: string, violations: string[]): unknown {
  switch (expected.type) {
    case 'structure':
      return visitStructure(expected, value, path, violations);
    case 'list':
      return visitList(expected, value, path, violations);
    case 'timestamp':
      return dateOf(value);
    default:
      return visitSimple(expected, value, path, violations);
  }
}

function visitStructure(expected: Shape, value: unknown, path: string, violations: string[]): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw wrongType('structure', value);
  }
  const given = new Map<string, unknown>(Object.entries(value));
  const normalized: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(expected.members ?? {})) {
    const memberPath = `${path && `${path}.`}${lowerFirst(name)}`;
    const memberValue = given.get(name) ?? undefined;
    if (memberValue !== undefined) {
      normalized[name] = visit(shape(member), memberValue, memberPath, violations);
    } else if (expected.union || expected.required?.includes(name)) { // the only member of a union is required
      violations.push(`Value null at '${memberPath}' failed to satisfy constraint: Member must not be null`);
    }
  }
  return normalized;
}

function visitList(expected: Shape, value: unknown, path: string, violations: string[]): unknown {
  if (!Array.isArray(value)) {
    throw wrongType('list', value);
  }
  report(expected, value, path, violations);
  const item = shape(expected.member!);
  return value.map((element: unknown, index) => {
    const elementPath = `${path}.${index + 1}.member`;
    if (element === null) {
      violations.push(`Value null at '${elementPath}' failed to satisfy constraint: Member must not be null`);
      return null;
    }
    return visit(item, element, elementPath, violations);
  });
}

function visitSimple(expected: Shape, value: unknown, path: string, violations: string[]): unknown {
  const isRight = expected.type === 'integer' ? Number.isInteger(value) : typeof value === expected.type;
  if (!isRight) {
    throw wrongType(expected.type, value);
  }
  if (typeof value === 'string' || typeof value === 'number') {
    report(expected, value, path, violations);
  }
  return value;
}

function report(expected: Shape, value: string | number | readonly unknown[], path: string, violations: string[]): void {
  for (const violation of violationsOf(expected, value)) {
    const shown = typeof value === 'object' ? JSON.stringify(value) : value;
    violations.push(`Value '${shown}' at '${path}' failed to satisfy constraint: ${violation}`);
  }
}

/** Converts epoch seconds into a Date. Throws for every other value, because AWS JSON 1.0 has no other form of times. */
function dateOf(value: unknown): Date {
  if (typeof value !== 'number' || Math.abs(value) > MAX_SECONDS) {
    throw wrongType('timestamp', value);
  }
  return new Date(value * 1000);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
