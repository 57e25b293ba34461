import type { DeleteFHIRDatastoreRequest, DescribeFHIRDatastoreRequest, ListFHIRDatastoresRequest } from '@aws-sdk/client-healthlake';
import type { OperationContext, Operations } from './operation';
import { paginate } from './pagination';
import type { CreateDatastoreRequest } from '../api/newer-types';
import type { Datastore } from '../datastores/datastore';
import { datastoreNotFound } from '../datastores/datastores';
import { JobAbortion } from '../failures';
import { ServiceError } from '../ports';

/** The operations on data stores. */
export function datastoreOperations({ ports: { clock, region }, access, datastores, tokens, newId }: OperationContext): Operations {
  return {
    CreateFHIRDatastore: async (input: CreateDatastoreRequest, caller) => {
      await access.onAccount(caller, 'CreateFHIRDatastore');
      return summaryOf(await tokens.once('CreateFHIRDatastore', input, async () => {
        const id = newId();
        const endpoint = `https://healthlake.${region}.amazonaws.com/datastore/${id}/r4/`;
        return datastores.add({ id, arn: access.datastoreArn(id), endpoint, request: input });
      }));
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

    /** Deletes the data store and fails its running and waiting jobs. AWS doesn't document how the jobs end. */
    DeleteFHIRDatastore: async (input: DeleteFHIRDatastoreRequest, caller) => {
      await access.onDatastore(caller, 'DeleteFHIRDatastore', input.DatastoreId!);
      const datastore = datastores.get(input.DatastoreId!);
      const status = datastore.status(clock.now());
      if (status === 'DELETED') {
        throw datastoreNotFound(datastore.id);
      }
      if (status !== 'ACTIVE') {
        throw new ServiceError('ConflictException', `The data store ${datastore.id} is in a transition state: ${status}`);
      }
      datastore.markDeleted(clock.now());
      const reason = new JobAbortion('The data store was deleted');
      await Promise.all(Object.values(datastore.queues).map((queue) => queue.fail(reason)));
      datastore.resources.clear(); // deletes the resources that the running job stored before it failed
      return summaryOf(datastore);
    },
  };

  function summaryOf(datastore: Datastore) {
    const { DatastoreId, DatastoreArn, DatastoreStatus, DatastoreEndpoint } = datastore.properties(clock.now());
    return { DatastoreId, DatastoreArn, DatastoreStatus, DatastoreEndpoint };
  }
}
