import { isUtf8 } from 'node:buffer';
import { RESOURCE_TYPES } from '../../../../fhir-ndjson/src/resource-types';

/** A line that HealthLake stores. */
export interface AcceptedLine {
  readonly resourceType: string;
  readonly id: string;
  /** The original text, because parsing and printing would lose the precision of decimals. */
  readonly json: string;
}

/** A line that HealthLake rejects. */
export interface RejectedLine {
  readonly resourceType?: string;
  readonly id?: string;
  /** The reason, in HealthLake's words. */
  readonly diagnostics: string;
}

const TYPE_PATTERN = '[A-Za-z]{1,256}';
const ID_PATTERN = '[A-Za-z0-9-.]{1,64}';

const NOT_JSON: RejectedLine = { diagnostics: 'Invalid JSON found in input file' };

/** Accepts or rejects one line of a file. Rejects invalid UTF-8, because decoding would replace the invalid bytes and so alter the resource. */
export function judgeBytes(line: Buffer): AcceptedLine | RejectedLine {
  return isUtf8(line) ? judgeLine(line.toString('utf8')) : NOT_JSON;
}

/**
 * Accepts or rejects one line of NDJSON. This is not a FHIR validator: at every validation level, it accepts a JSON object with a supported
 * resource type and a legal id. A Bundle is accepted as one resource and is not unwrapped.
 */
export function judgeLine(line: string): AcceptedLine | RejectedLine {
  const resource = parseObject(line);
  if (!resource) {
    return NOT_JSON;
  }
  const { resourceType, id } = resource;
  const known = { ...textOf('resourceType', resourceType), ...textOf('id', id) };
  if (typeof resourceType !== 'string' || !RESOURCE_TYPES.has(resourceType)) {
    return { ...known, diagnostics: violation('resourceType', TYPE_PATTERN) };
  }
  if (id === undefined || id === null) {
    return { ...known, diagnostics: 'Missing required id field in resource json' };
  }
  if (typeof id !== 'string' || !new RegExp(`^${ID_PATTERN}$`).test(id)) {
    return { ...known, diagnostics: violation('resourceId', ID_PATTERN) };
  }
  return { resourceType, id, json: line };
}

export function isRejected(line: AcceptedLine | RejectedLine): line is RejectedLine {
  return 'diagnostics' in line;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function textOf(name: 'resourceType' | 'id', value: unknown): Partial<Pick<RejectedLine, 'resourceType' | 'id'>> {
  return typeof value === 'string' ? { [name]: value } : {};
}

function violation(member: string, pattern: string): string {
  return `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`;
}
