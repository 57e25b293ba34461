import { FhirError } from './outcome';
import { shownResource } from './resource-json';
import type { ResourceStore, StoredResource } from '../datastores/resource-store';

/** The emulated search parameters. The link to the next page contains `page`. */
const PARAMETERS = ['_id', '_count', 'page'];

/** The number of resources on a page if a search has no `_count`. AWS doesn't document this number. */
const DEFAULT_COUNT = 10;

/** The maximum number of resources on a page. AWS doesn't document this number. */
const MAX_COUNT = 100;

/** Returns one page of the resources of a type, ordered by id, as a searchset Bundle. `url` is the URL of the search without its parameters. */
export function search(resources: ResourceStore, type: string, query: URLSearchParams, url: string): string {
  const unknown = [...query.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw new FhirError(400, 'not-supported', `the local HealthLake has the search parameters _id and _count, not ${unknown}: omit it`);
  }
  const count = countIn(query);
  const after = afterPage(query.get('page'));
  const found = matching(resources, type, query.getAll('_id')).filter(({ id }) => id > after).sort((a, b) => a.id < b.id ? -1 : 1);
  const page = found.slice(0, count);
  const next = found.length > count ? [{ relation: 'next', url: linkTo(url, query, page[page.length - 1].id) }] : [];
  const bundle = JSON.stringify({ resourceType: 'Bundle', type: 'searchset', link: [{ relation: 'self', url: linkTo(url, query) }, ...next] });
  const entries = page.map((resource) =>
    `{"fullUrl":${JSON.stringify(`${url}/${resource.id}`)},"resource":${shownResource(resource)},"search":{"mode":"match"}}`);
  return entries.length === 0 ? bundle : `${bundle.slice(0, -1)},"entry":[${entries.join()}]}`; // FHIR allows no empty array
}

/** Returns the resources of a type whose id is in every list. A list is the value of one `_id` parameter: ids separated by commas. */
function matching(resources: ResourceStore, type: string, idLists: readonly string[]): StoredResource[] {
  const lists = idLists.map((list) => list.split(','));
  return resources.ofType(type).filter(({ id }) => lists.every((ids) => ids.includes(id)));
}

function countIn(query: URLSearchParams): number {
  const count = query.get('_count') ?? String(DEFAULT_COUNT);
  if (!/^[1-9]\d*$/.test(count)) {
    throw new FhirError(400, 'invalid', `_count ${count} is not a positive integer`);
  }
  return Math.min(Number(count), MAX_COUNT);
}

/** Returns the id after which a page begins; empty for the first page. */
function afterPage(page: string | null): string {
  return page === null ? '' : Buffer.from(page, 'base64url').toString('utf8');
}

/** Returns the URL of a search. With `after`, returns the URL of the page that begins after this id. */
function linkTo(url: string, query: URLSearchParams, after?: string): string {
  const parameters = new URLSearchParams(query);
  if (after !== undefined) {
    parameters.set('page', Buffer.from(after, 'utf8').toString('base64url'));
  }
  return parameters.size === 0 ? url : `${url}?${parameters}`;
}
