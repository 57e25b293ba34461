/** The parts of the path of a FHIR request: `/datastore/{datastoreId}/r4/{type}/{id}`. */
export interface FhirAddress {
  readonly datastoreId: string;
  readonly type: string;
  /** The id of a resource; undefined for a search. */
  readonly id?: string;
}

const PATH = /^\/datastore\/(?<datastoreId>[^/]+)\/r4\/(?<type>[A-Za-z]+)(?:\/(?<id>[^/]+))?\/?$/;

/** Whether a path belongs to the FHIR API of a data store. */
export function isFhirPath(path: string): boolean {
  return path.startsWith('/datastore/');
}

/** Parses the path of a FHIR read or search. Returns undefined for every other path. */
export function parseAddress(path: string): FhirAddress | undefined {
  return PATH.exec(path)?.groups as FhirAddress | undefined;
}

/** Returns the IAM action of a FHIR request, without the prefix `healthlake:`; undefined if the request isn't emulated. */
export function fhirOperation(method: string, path: string): 'ReadResource' | 'SearchWithGet' | undefined {
  const address = method === 'GET' ? parseAddress(path) : undefined;
  return address && (address.id === undefined ? 'SearchWithGet' : 'ReadResource');
}
