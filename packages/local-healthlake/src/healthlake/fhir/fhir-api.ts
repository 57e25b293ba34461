import { fhirOperation, parseAddress, type FhirAddress } from './address';
import { FhirError, fhirResponse, outcomeOf, type FhirResponse } from './outcome';
import { shownResource } from './resource-json';
import { search } from './search';
import type { Access } from '../access';
import { datastoreNotFound, type Datastores } from '../datastores/datastores';
import type { ResourceStore } from '../datastores/resource-store';
import type { Caller, HealthLakePorts } from '../ports';
import { RESOURCE_TYPES } from '../runs/resource-types';

/** A request to the FHIR API of a data store. */
export interface FhirRequest {
  readonly method: string;
  /** The path, e.g. `/datastore/{id}/r4/Patient`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly caller: Caller;
}

/** The FHIR API of data stores. It emulates reads of one resource, and searches of one resource type. */
export class FhirApi {
  public constructor(private readonly ports: HealthLakePorts, private readonly access: Access, private readonly datastores: Datastores) {}

  /** Answers a request. Never rejects: returns errors as OperationOutcomes. */
  public async answer(request: FhirRequest): Promise<FhirResponse> {
    try {
      return await this.execute(request);
    } catch (error) {
      return outcomeOf(error);
    }
  }

  private async execute({ method, path, query, caller }: FhirRequest): Promise<FhirResponse> {
    const [operation, address] = [fhirOperation(method, path), parseAddress(path)];
    if (!operation || !address) {
      throw new FhirError(501, 'not-supported', `the local HealthLake only reads a resource or searches a type, and does not emulate ${method} ${path}`);
    }
    const { datastoreId, type, id } = address;
    await this.access.onDatastore(caller, operation, datastoreId);
    const resources = this.resourcesOf(datastoreId);
    if (!RESOURCE_TYPES.has(type)) {
      throw new FhirError(404, 'not-supported', `HealthLake does not support the resource type ${type}`);
    }
    return id === undefined ? fhirResponse(200, search(resources, type, query, `${this.ports.endpoint()}/datastore/${datastoreId}/r4/${type}`))
      : read(resources, { datastoreId, type, id });
  }

  /** Returns the resources of a data store. Throws if the data store is CREATING, DELETING, DELETED or unknown. */
  private resourcesOf(datastoreId: string): ResourceStore {
    const datastore = this.datastores.get(datastoreId);
    const status = datastore.status(this.ports.clock.now());
    if (status === 'DELETED') {
      throw datastoreNotFound(datastoreId);
    }
    if (status === 'CREATING' || status === 'DELETING') {
      throw new FhirError(400, 'invalid', `The data store ${datastoreId} is not ACTIVE: ${status}`);
    }
    return datastore.resources;
  }
}

function read(resources: ResourceStore, { type, id }: FhirAddress): FhirResponse {
  const stored = resources.get(type, id!);
  if (!stored) {
    throw new FhirError(404, 'not-found', `The resource ${type}/${id} was not found`);
  }
  return fhirResponse(200, shownResource(stored), { 'etag': `W/"${stored.versionId}"`, 'last-modified': new Date(stored.lastUpdated).toUTCString() });
}
