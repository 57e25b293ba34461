import { FhirError, fhirResponse, type FhirResponse } from './outcome';
import { shownResource } from './resource-json';
import type { ResourceStore, StoredResource } from '../datastores/resource-store';

/** Returns a resource, or the error for a missing or deleted resource. AWS doesn't document whether it distinguishes them, as FHIR does with 410. */
export function read(resources: ResourceStore, type: string, id: string): FhirResponse {
  return shown(200, resources.get(type, id) ?? notFound(`${type}/${id}`));
}

export function readVersion(resources: ResourceStore, type: string, id: string, version: string): FhirResponse {
  const stored = resources.versions(type, id).find(({ versionId, deletion }) => String(versionId) === version && !deletion);
  return shown(200, stored ?? notFound(`${type}/${id}/_history/${version}`));
}

/** Returns the versions of a resource as a history Bundle, newest first. `url` is the URL of the resource type. */
export function history(resources: ResourceStore, type: string, id: string, url: string): FhirResponse {
  const versions = resources.versions(type, id).reverse();
  if (versions.length === 0) {
    notFound(`${type}/${id}`);
  }
  const bundle = JSON.stringify({ resourceType: 'Bundle', type: 'history', total: versions.length });
  const entries = versions.map((version) => {
    const resource = version.deletion ? '' : `"resource":${shownResource(version)},`;
    const request = { method: version.deletion ? 'DELETE' : 'PUT', url: `${type}/${id}` };
    return `{"fullUrl":${JSON.stringify(`${url}/${id}`)},${resource}"request":${JSON.stringify(request)}}`;
  });
  return fhirResponse(200, `${bundle.slice(0, -1)},"entry":[${entries.join()}]}`);
}

/** Returns a response with a resource. */
export function shown(status: number, stored: StoredResource, headers: Record<string, string> = {}): FhirResponse {
  const { versionId, lastUpdated } = stored;
  return fhirResponse(status, shownResource(stored), { 'etag': `W/"${versionId}"`, 'last-modified': new Date(lastUpdated).toUTCString(), ...headers });
}

function notFound(resource: string): never {
  throw new FhirError(404, 'not-found', `The resource ${resource} was not found`);
}
