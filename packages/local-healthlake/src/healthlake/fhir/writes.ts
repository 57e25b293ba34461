import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { shown } from './history';
import { FhirError, type FhirResponse } from './outcome';
import { withId } from './resource-json';
import type { ResourceStore } from '../datastores/resource-store';
import { isRejected, judgeLine } from '../runs/resource-rules';

/** A request to write a resource. */
interface Write {
  readonly type: string;
  readonly id: string;
  readonly body: Buffer;
  /** The URL of the resource type. */
  readonly url: string;
  readonly now: number;
}

/** Stores a new resource with an id that the server chooses. FHIR demands that the server ignores an id in the body. */
export function create(resources: ResourceStore, request: Omit<Write, 'id'>): FhirResponse {
  return write(resources, { ...request, id: randomUUID() }, { resourceType: request.type });
}

/** Stores a new version of a resource, or its first version. */
export function update(resources: ResourceStore, request: Write): FhirResponse {
  return write(resources, request, { resourceType: request.type, id: request.id });
}

/** Stores the body with this id. Throws unless the body has the `expected` members. */
function write(resources: ResourceStore, { type, id, body, url, now }: Write, expected: Readonly<Record<string, string>>): FhirResponse {
  const resource = parse(body);
  for (const [name, value] of Object.entries(expected)) {
    if (resource[name] !== value) {
      throw new FhirError(400, 'invalid', `the ${name} in the body is ${JSON.stringify(resource[name])}, but the URL has "${value}"`);
    }
  }
  const judged = judgeLine(withId(body.toString('utf8'), id));
  if (isRejected(judged)) {
    throw new FhirError(400, 'invalid', judged.diagnostics);
  }
  const isNew = !resources.get(type, id);
  const stored = resources.upsert({ ...judged, lastUpdated: now });
  return shown(isNew ? 201 : 200, stored, { location: `${url}/${id}/_history/${stored.versionId}` });
}

/** Parses a resource. Throws if the body is not a JSON object. */
function parse(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = isUtf8(body) && JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null) {
      return { ...value };
    }
  } catch {
    // Invalid JSON gets the same error as a value that is not an object.
  }
  throw new FhirError(400, 'structure', 'The body is not a FHIR resource in JSON');
}
