import { parseFhirRequest, type FhirAddress, type FhirOperation } from './address';
import { BulkDeletes } from './bulk-delete';
import { history, read, readVersion } from './history';
import { FhirError, fhirResponse, outcomeOf, type FhirResponse } from './outcome';
import { search } from './search';
import { create, update } from './writes';
import { RESOURCE_TYPES } from '../../../../fhir-ndjson/src/resource-types';
import type { Access } from '../access';
import type { Datastore } from '../datastores/datastore';
import { datastoreNotFound, type Datastores } from '../datastores/datastores';
import type { Caller, HealthLakePorts } from '../ports';

/** A request to the FHIR API of a data store. */
export interface FhirRequest {
  readonly method: string;
  /** The path, e.g. `/datastore/{id}/r4/Patient`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly caller: Caller;
}

/** A request that is authorized, with its data store. */
interface AuthorizedRequest extends FhirRequest, FhirAddress {
  readonly datastore: Datastore;
  /** The URL of the resource type. */
  readonly url: string;
  readonly now: number;
}

type FhirOperations = Readonly<Record<FhirOperation, (request: AuthorizedRequest) => FhirResponse>>;

const CAPABILITIES = JSON.stringify({
  resourceType: 'CapabilityStatement', status: 'active', date: '2026-01-01', kind: 'instance', fhirVersion: '4.0.1', format: ['json'], rest: [{ mode: 'server' }],
});

/** The FHIR API of data stores. The file `address.ts` lists the requests that it emulates. */
export class FhirApi {
  private readonly operations: FhirOperations;

  public constructor(
    private readonly ports: HealthLakePorts, private readonly access: Access, private readonly datastores: Datastores, newId: () => string,
  ) {
    this.operations = fhirOperations(new BulkDeletes(ports.clock, newId));
  }

  /** Answers a request. Never rejects: returns errors as OperationOutcomes. */
  public async answer(request: FhirRequest): Promise<FhirResponse> {
    try {
      return await this.execute(request);
    } catch (error) {
      return outcomeOf(error);
    }
  }

  private async execute(request: FhirRequest): Promise<FhirResponse> {
    const { method, path, caller } = request;
    const parsed = parseFhirRequest(method, path);
    if (!parsed) {
      throw new FhirError(501, 'not-supported', `the local HealthLake does not emulate ${method} ${path}`);
    }
    const { operation, address } = parsed;
    const { datastoreId, type } = address;
    await this.access.onDatastore(caller, operation, datastoreId);
    const datastore = this.readableDatastore(datastoreId);
    await this.access.toUseKey(caller, datastore.keyId);
    if (type !== undefined && !RESOURCE_TYPES.has(type)) {
      throw new FhirError(404, 'not-supported', `HealthLake does not support the resource type ${type}`);
    }
    const url = `${this.ports.endpoint()}/datastore/${datastoreId}/r4/${type}`;
    return this.operations[operation]({ ...request, ...address, datastore, url, now: this.ports.clock.now() });
  }

  /** Returns a data store. Throws if the data store is CREATING, DELETING, DELETED or unknown. */
  private readableDatastore(datastoreId: string): Datastore {
    const datastore = this.datastores.get(datastoreId);
    const status = datastore.status(this.ports.clock.now());
    if (status === 'DELETED') {
      throw datastoreNotFound(datastoreId);
    }
    if (status === 'CREATING' || status === 'DELETING') {
      throw new FhirError(400, 'invalid', `The data store ${datastoreId} is not ACTIVE: ${status}`);
    }
    return datastore;
  }
}

function fhirOperations(bulkDeletes: BulkDeletes): FhirOperations {
  return {
    GetCapabilities: () => fhirResponse(200, CAPABILITIES),
    SearchWithGet: ({ datastore, type, query, url }) => fhirResponse(200, search(datastore.resources, type, query, url)),
    SearchWithPost: ({ datastore, type, query, body, url }) => {
      const parameters = new URLSearchParams([...query, ...new URLSearchParams(body.toString('utf8'))]);
      return fhirResponse(200, search(datastore.resources, type, parameters, url));
    },
    ReadResource: ({ datastore, type, id }) => read(datastore.resources, type, id),
    VersionReadResource: ({ datastore, type, id, version }) => readVersion(datastore.resources, type, id, version),
    GetHistoryByResourceId: ({ datastore, type, id, url }) => history(datastore.resources, type, id, url),
    CreateResource: (request) => create(request.datastore.resources, request),
    UpdateResource: (request) => update(request.datastore.resources, request),
    DeleteResource: ({ datastore, type, id, now }) => {
      datastore.resources.delete(type, id, now);
      return { status: 204, headers: {}, body: '' };
    },
    StartFHIRBulkDeleteJob: ({ datastore, type, query }) => bulkDeletes.start(datastore, type, query),
    DescribeFHIRBulkDeleteJob: ({ datastore, id }) => bulkDeletes.describe(datastore, id),
  };
}
