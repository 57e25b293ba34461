import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef, StaticStructureSchema } from '@smithy/types';
import { violationsOf } from './constraints';
import { ServiceError } from '../ports';

/**
 * Checks a parsed request against the SDK's schema and the API model's constraints. Returns the request without unknown members. Throws a
 * SerializationException for a wrong type and a ValidationException for every other violation.
 */
export function normalizeRequest(schema: $SchemaRef, value: unknown): unknown {
  const violations: string[] = [];
  const normalized = visit(NormalizedSchema.of(schema), value, '', violations);
  if (violations.length > 0) {
    const errors = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`;
    throw new ServiceError('ValidationException', `${errors} detected: ${violations.join('; ')}`);
  }
  return normalized;
}

function visit(schema: NormalizedSchema, value: unknown, path: string, violations: string[]): unknown {
  if (schema.isStructSchema()) {
    return visitStructure(schema, value, path, violations);
  }
  if (schema.isListSchema()) {
    return visitList(schema, value, path, violations);
  }
  if (schema.isTimestampSchema()) {
    return epochSeconds(value);
  }
  const expected = schema.isStringSchema() ? 'string' : schema.isNumericSchema() ? 'number' : schema.isBooleanSchema() ? 'boolean' : undefined;
  if (expected && typeof value !== expected) {
    throw wrongType(expected, value);
  }
  if (typeof value === 'string' || typeof value === 'number') {
    report(schema, value, path, violations);
  }
  return value;
}

function visitStructure(schema: NormalizedSchema, value: unknown, path: string, violations: string[]): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw wrongType('structure', value);
  }
  const members = Object.entries(value);
  const required = requiredMembers(schema);
  const normalized: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const given: unknown = members.find(([key]) => key === name)?.[1] ?? undefined;
    const memberPath = path + lowerFirst(name);
    if (given !== undefined) {
      normalized[name] = visit(member, given, member.isStructSchema() ? `${memberPath}.` : memberPath, violations);
    } else if (required.has(name)) {
      violations.push(`Value null at '${memberPath}' failed to satisfy constraint: Member must not be null`);
    }
  }
  return normalized;
}

function visitList(schema: NormalizedSchema, value: unknown, path: string, violations: string[]): unknown {
  if (!Array.isArray(value)) {
    throw wrongType('list', value);
  }
  report(schema, value, path, violations);
  const member = schema.getValueSchema();
  return value.map((item: unknown, index) => visit(member, item, `${path}.${index + 1}.member${member.isStructSchema() ? '.' : ''}`, violations));
}

/** Returns the names of the required members. Every union of HealthLake has one member, and that member is required. */
function requiredMembers(schema: NormalizedSchema): ReadonlySet<string> {
  const [, , , , names, , count] = schema.getSchema() as StaticStructureSchema;
  return new Set(schema.isUnionSchema() ? names : names.slice(0, count ?? 0));
}

function report(schema: NormalizedSchema, value: string | number | readonly unknown[], path: string, violations: string[]): void {
  if (!schema.isMemberSchema()) {
    return;
  }
  for (const violation of violationsOf(schema.getMemberName(), value)) {
    const shown = typeof value === 'object' ? JSON.stringify(value) : value;
    violations.push(`Value '${shown}' at '${path}' failed to satisfy constraint: ${violation}`);
  }
}

/** Returns a time in epoch seconds, as in AWS JSON 1.0. Also accepts ISO 8601, because AWS's published examples use it. */
function epochSeconds(value: unknown): number {
  const seconds = typeof value === 'string' ? Date.parse(value) / 1000 : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) {
    throw wrongType('timestamp', value);
  }
  return seconds;
}

function wrongType(expected: string, value: unknown): ServiceError {
  const actual = Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
  return new ServiceError('SerializationException', `${actual.toUpperCase()}_VALUE can not be converted to a ${expected}`);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
