import type { DeleteFHIRDatastoreRequest, DescribeFHIRDatastoreRequest, ListFHIRDatastoresRequest } from '@aws-sdk/client-healthlake';
import { addDatastore, checkConfigurations, summaryOf } from './new-datastore';
import type { OperationContext, Operations } from './operation';
import { paginate } from './pagination';
import type { CreateDatastoreRequest, UpdateDatastoreRequest } from '../api/newer-types';
import { customerKey } from '../datastores/datastore';
import { JobAbortion } from '../failures';
import { ServiceError } from '../ports';

/** The operations on data stores. */
export function datastoreOperations(context: OperationContext): Operations {
  const { ports: { clock }, access, datastores, tokens } = context;
  return {
    CreateFHIRDatastore: async (input: CreateDatastoreRequest, caller) => {
      await access.onAccount(caller, 'CreateFHIRDatastore');
      checkConfigurations(input);
      if (input.AnalyticsConfiguration?.Status === 'DISABLED') { // others observed that AWS refuses this status at the creation only
        throw new ServiceError('ValidationException', 'AnalyticsConfiguration cannot be DISABLED when a data store is created');
      }
      await access.toUseKey(caller, customerKey(input));
      return summaryOf(await tokens.once('CreateFHIRDatastore', input, async () => addDatastore(context, input)), clock.now());
    },

    DescribeFHIRDatastore: async (input: DescribeFHIRDatastoreRequest, caller) => {
      await access.onDatastore(caller, 'DescribeFHIRDatastore', input.DatastoreId!);
      return { DatastoreProperties: datastores.get(input.DatastoreId!).properties(clock.now()) };
    },

    ListFHIRDatastores: async (input: ListFHIRDatastoresRequest, caller) => {
      await access.onAccount(caller, 'ListFHIRDatastores');
      const { DatastoreName, DatastoreStatus, CreatedBefore, CreatedAfter } = input.Filter ?? {};
      const now = clock.now();
      const found = datastores.all().filter((datastore) => {
        const properties = datastore.properties(now);
        return (DatastoreName === undefined || properties.DatastoreName === DatastoreName)
          && (DatastoreStatus === undefined || properties.DatastoreStatus === DatastoreStatus)
          && (CreatedBefore === undefined || datastore.createdAt < CreatedBefore.getTime())
          && (CreatedAfter === undefined || datastore.createdAt > CreatedAfter.getTime());
      });
      const { items, nextToken } = paginate('ListFHIRDatastores', found, input);
      return { DatastorePropertiesList: items.map((datastore) => datastore.properties(now)), NextToken: nextToken };
    },

    UpdateFHIRDatastore: async (input: UpdateDatastoreRequest, caller) => {
      await access.onDatastore(caller, 'UpdateFHIRDatastore', input.DatastoreId);
      checkConfigurations(input);
      const datastore = datastores.getSettled(input.DatastoreId);
      datastore.update(input, clock.now());
      return { DatastoreProperties: datastore.properties(clock.now()) };
    },

    /** Deletes the data store and fails its running and waiting jobs. AWS doesn't document how the jobs end. */
    DeleteFHIRDatastore: async (input: DeleteFHIRDatastoreRequest, caller) => {
      await access.onDatastore(caller, 'DeleteFHIRDatastore', input.DatastoreId!);
      const datastore = datastores.getSettled(input.DatastoreId!);
      datastore.markDeleted(clock.now());
      const reason = new JobAbortion('The data store was deleted');
      await Promise.all(Object.values(datastore.queues).map((queue) => queue.fail(reason)));
      datastore.resources.clear(); // deletes the resources that the running job stored before it failed
      return summaryOf(datastore, clock.now());
    },
  };
}
