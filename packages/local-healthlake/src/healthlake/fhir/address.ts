/** The emulated requests to the FHIR API: the method, the path below the data store's endpoint, and the IAM action without the prefix `healthlake:`. */
const ROUTES = [
  ['GET', 'metadata', 'GetCapabilities'],
  ['GET', ':type', 'SearchWithGet'],
  ['POST', ':type/_search', 'SearchWithPost'],
  ['POST', ':type', 'CreateResource'],
  ['GET', ':type/:id', 'ReadResource'],
  ['PUT', ':type/:id', 'UpdateResource'],
  ['DELETE', ':type/:id', 'DeleteResource'],
  ['GET', ':type/:id/_history', 'GetHistoryByResourceId'],
  ['GET', ':type/:id/_history/:version', 'VersionReadResource'],
  ['POST', ':type/$bulk-delete', 'StartFHIRBulkDeleteJob'],
  ['GET', '$bulk-delete/:id', 'DescribeFHIRBulkDeleteJob'],
] as const;

export type FhirOperation = typeof ROUTES[number][2];

/** The parts of the path of a FHIR request. A part that the operation doesn't have is undefined. */
export interface FhirAddress {
  readonly datastoreId: string;
  readonly type: string;
  /** The id of a resource or of a job. */
  readonly id: string;
  readonly version: string;
}

const PATTERNS: Readonly<Record<string, string>> = { ':type': '(?<type>[A-Za-z]+)', ':id': '(?<id>[^/$_][^/]*)', ':version': '(?<version>[^/]+)' };

const MATCHERS = ROUTES.map(([method, path, operation]) => {
  const pattern = path.replaceAll('$', '\\$').replaceAll(/:\w+/g, (name) => PATTERNS[name]);
  return { method, operation, path: new RegExp(`^/datastore/(?<datastoreId>[^/]+)/r4/${pattern}/?$`) };
});

/** Whether a path belongs to the FHIR API of a data store. */
export function isFhirPath(path: string): boolean {
  return path.startsWith('/datastore/');
}

/** Returns the operation and the address of a FHIR request; undefined if the request isn't emulated. */
export function parseFhirRequest(method: string, path: string): { readonly operation: FhirOperation; readonly address: FhirAddress } | undefined {
  for (const matcher of MATCHERS) {
    const groups = matcher.method === method ? matcher.path.exec(path)?.groups : undefined;
    if (groups) {
      return { operation: matcher.operation, address: groups as unknown as FhirAddress };
    }
  }
  return undefined;
}
