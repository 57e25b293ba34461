import type { OperationContext } from './operation';
import type { CreateDatastoreRequest, DatastoreConfigurations, DatastoreProperties } from '../api/newer-types';
import type { Datastore } from '../datastores/datastore';
import type { StoredResource } from '../datastores/resource-store';
import { ServiceError } from '../ports';

/** The resources of a restored data store, and the id of its source. */
export interface Restored {
  readonly from: string;
  readonly resources: readonly StoredResource[];
}

const REQUESTABLE_STATUSES = ['ENABLED', 'DISABLED', 'PAUSED'];

/** Adds a data store that is CREATING. */
export function addDatastore(context: OperationContext, request: CreateDatastoreRequest, restored?: Restored): Datastore {
  const { access, datastores, ports } = context;
  const id = context.newId();
  const endpoint = `${ports.endpoint()}/datastore/${id}/r4/`; // not AWS's, so that a client that follows it stays here
  return datastores.add({ id, arn: access.datastoreArn(id), endpoint, request, restoredFrom: restored?.from }, restored?.resources);
}

/** Returns what Create, Restore and Delete answer. */
export function summaryOf(datastore: Datastore, now: number): Partial<DatastoreProperties> {
  const { DatastoreId, DatastoreArn, DatastoreStatus, DatastoreEndpoint } = datastore.properties(now);
  return { DatastoreId, DatastoreArn, DatastoreStatus, DatastoreEndpoint };
}

/** Rejects a request for a status that a configuration has only while it changes, such as ENABLING. */
export function checkConfigurations({ AnalyticsConfiguration, NlpConfiguration }: DatastoreConfigurations): void {
  for (const [name, configuration] of Object.entries({ AnalyticsConfiguration, NlpConfiguration })) {
    if (configuration?.Status !== undefined && !REQUESTABLE_STATUSES.includes(configuration.Status)) {
      throw new ServiceError('ValidationException', `${name} cannot be set to the status ${configuration.Status}`);
    }
  }
}
