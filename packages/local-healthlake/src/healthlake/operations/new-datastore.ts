import type { OperationContext } from './operation';
import type { CreateDatastoreRequest, DatastoreConfigurations, DatastoreProperties } from '../api/newer-types';
import type { Datastore } from '../datastores/datastore';
import type { StoredResource } from '../datastores/resource-store';
import { ServiceError } from '../ports';

/** The resources of a restored data store, and the id of the data store from which they come. */
export interface Restored {
  readonly from: string;
  readonly resources: readonly StoredResource[];
}

const REQUESTABLE_STATUSES = ['ENABLED', 'DISABLED', 'PAUSED'];

/** Adds a data store for a Create or Restore request. */
export function addDatastore(context: OperationContext, request: CreateDatastoreRequest, restored?: Restored): Datastore {
  const { access, datastores, ports } = context;
  const id = context.newId();
  const endpoint = `${ports.endpoint()}/datastore/${id}/r4/`; // not an address on AWS, so that FHIR clients call the emulator
  return datastores.add({ id, arn: access.datastoreArn(id), endpoint, request, restoredFrom: restored?.from }, restored?.resources);
}

/** Returns the output of CreateFHIRDatastore, RestoreFHIRDatastore and DeleteFHIRDatastore. */
export function summaryOf(datastore: Datastore, now: number): Partial<DatastoreProperties> {
  const { DatastoreId, DatastoreArn, DatastoreStatus, DatastoreEndpoint } = datastore.properties(now);
  return { DatastoreId, DatastoreArn, DatastoreStatus, DatastoreEndpoint };
}

/** Throws if a request sets a configuration to a status that it can have only during an update, such as ENABLING. */
export function checkConfigurations({ AnalyticsConfiguration, NlpConfiguration }: DatastoreConfigurations): void {
  for (const [name, configuration] of Object.entries({ AnalyticsConfiguration, NlpConfiguration })) {
    if (configuration?.Status !== undefined && !REQUESTABLE_STATUSES.includes(configuration.Status)) {
      throw new ServiceError('ValidationException', `${name} cannot be set to the status ${configuration.Status}`);
    }
  }
}
