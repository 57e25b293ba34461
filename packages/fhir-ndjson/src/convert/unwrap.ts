import { createHash } from 'node:crypto';
import { RESOURCE_TYPES } from '../resource-types';
import type { ChangeCode, ChangePlace, Log } from './changes';
import type { Document } from './documents';
import { elementTexts, memberTexts, withoutSpace } from './json-text';
import { Targets } from './targets';
import { ID } from '../check/line';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A resource in an input file: a line, an entry of a Bundle or an element of an array. */
export interface Found {
  readonly type: string;
  readonly id: string;
  readonly value: JsonObject;
  /** Returns the JSON text, on one line. */
  readonly text: () => string;
  readonly place: ChangePlace;
  /** The resources of the same Bundle, by fullUrl. */
  readonly scope: Targets | undefined;
  readonly fullUrl: string | undefined;
}

/** A value that may be a resource or a Bundle. */
interface Part {
  readonly value: unknown;
  /** Returns the text as it is in the file. */
  readonly text: () => string;
  readonly isLine: boolean;
  readonly place: ChangePlace;
  readonly entry?: JsonObject;
  readonly scope?: Targets;
  /** The number of Bundles that contain the value. */
  readonly depth: number;
}

/** A Bundle that is inside more Bundles than this is not unwrapped, because `unwrap()` is recursive. */
const MAX_DEPTH = 100;

const UNWRAPPED_BUNDLES: readonly unknown[] = ['collection', 'transaction', 'batch', 'searchset'];
const MESSAGES: readonly unknown[] = ['Parameters', 'OperationOutcome'];

/** Returns the resources of a document: the resource itself, the elements of an array, or the entries of a Bundle. */
export function resourcesOf({ value, text, line, isLine }: Document, file: string, log: Log): Found[] {
  const place = { file, line };
  return Array.isArray(value)
    ? elementsOf(value, text, place, log).flatMap((part) => unwrap(part, log))
    : unwrap({ value, text: () => text, isLine, place, depth: 0 }, log);
}

function elementsOf(values: readonly unknown[], text: string, place: ChangePlace, log: Log): Part[] {
  log('array', place);
  const texts = lazy(() => elementTexts(text));
  return values.map((value, index) => ({ value, text: () => texts()[index], isLine: false, place: { ...place, entry: index + 1 }, depth: 0 }));
}

function unwrap(part: Part, log: Log): Found[] {
  const { value, place, scope } = part;
  if (!isObject(value)) {
    log('not-an-object', place);
    return [];
  }
  if (value.resourceType === 'Bundle') {
    return unwrapBundle(value, part, log);
  }
  const found = identify(value, part, log);
  if (found?.fullUrl !== undefined) {
    scope?.add(found.fullUrl, referenceTo(found));
  }
  return found ? [found] : [];
}

function unwrapBundle(bundle: JsonObject, { text, place, depth }: Part, log: Log): Found[] {
  if (depth > MAX_DEPTH) {
    log('nested-bundle', place);
    return [];
  }
  if (!UNWRAPPED_BUNDLES.includes(bundle.type)) {
    log('unsupported-bundle', place, { value: String(bundle.type) });
    return [];
  }
  log('bundle', place);
  const entries: readonly unknown[] = Array.isArray(bundle.entry) ? bundle.entry : [];
  if (entries.length === 0) {
    log('no-resources', place);
  }
  const texts = lazy(() => elementTexts(memberTexts(text()).get('entry') ?? '[]'));
  const scope = new Targets();
  return entries.flatMap((entry, index) => {
    const entryPlace = { ...place, entry: place.entry ?? index + 1 };
    if (!isObject(entry)) {
      log('no-resource', entryPlace);
      return [];
    }
    if (!hasData(entry, entryPlace, log)) {
      return [];
    }
    const resourceText = () => memberTexts(texts()[index]).get('resource') ?? '';
    return unwrap({ value: entry.resource, text: resourceText, isLine: false, place: entryPlace, entry, scope, depth: depth + 1 }, log);
  });
}

/** Returns whether an entry has a resource to import. */
function hasData({ resource, request, search }: JsonObject, place: ChangePlace, log: Log): boolean {
  const method = isObject(request) ? request.method : undefined;
  const problem: ChangeCode | undefined = method === 'DELETE' ? 'delete-request'
    : !isObject(resource) || method === 'GET' || method === 'HEAD' || method === 'PATCH' ? 'no-resource'
      : isObject(search) && search.mode === 'outcome' ? 'operation-message' : undefined;
  if (problem) {
    log(problem, place);
  }
  return !problem;
}

function identify(value: JsonObject, { text, isLine, place, entry, scope }: Part, log: Log): Found | undefined {
  const { resourceType: type, id } = value;
  const fullUrl = typeof entry?.fullUrl === 'string' ? entry.fullUrl : undefined;
  if (typeof type !== 'string') {
    log('no-resource-type', place);
  } else if (!RESOURCE_TYPES.has(type)) {
    log('unsupported-type', place, { value: type });
  } else if (typeof id === 'string' && ID.test(id)) {
    return { type, id, text: () => isLine ? text() : withoutSpace(text()), value, place, scope, fullUrl };
  } else if (id !== undefined) {
    log('illegal-id', place, { value: String(id) });
  } else {
    const newId = makeId(type, { text, place, entry }, log);
    const withId = () => `{"id":"${newId}",${withoutSpace(text()).slice(1)}`;
    return newId === undefined ? undefined : { type, id: newId, text: withId, value, place, scope, fullUrl };
  }
  return undefined;
}

function makeId(type: string, { text, place, entry }: Pick<Part, 'text' | 'place' | 'entry'>, log: Log): string | undefined {
  const id = entry && idFromEntry(type, entry);
  if (id !== undefined) {
    log('id-from-url', place, { value: id });
    return id;
  }
  if (MESSAGES.includes(type)) {
    log('operation-message', place, { value: type });
    return undefined;
  }
  log('id-from-content', place, { value: type });
  return createHash('sha256').update(withoutSpace(text())).digest('hex').slice(0, 32);
}

/** Returns the id that a PUT request or the fullUrl gives to the resource. */
function idFromEntry(type: string, { fullUrl, request }: JsonObject): string | undefined {
  const put = isObject(request) && request.method === 'PUT' ? request.url : undefined;
  const ids = [put, fullUrl].map((url) => typeof url === 'string' ? new RegExp(`^urn:(?:uuid|oid):(.*)$|(?:^|/)${type}/([^/]+)$`).exec(url) : null);
  return ids.map((match) => match?.[1] ?? match?.[2] ?? '').find((id) => ID.test(id));
}

export function referenceTo({ type, id }: Pick<Found, 'type' | 'id'>): string {
  return `${type}/${id}`;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
