import { addDatastore, checkConfigurations, summaryOf } from './new-datastore';
import type { OperationContext, Operations } from './operation';
import type { CreateDatastoreRequest, RestoreDatastoreRequest } from '../api/newer-types';
import { customerKey, type Datastore } from '../datastores/datastore';
import { ServiceError } from '../ports';

/** The operation RestoreFHIRDatastore. See https://docs.aws.amazon.com/healthlake/latest/devguide/managing-data-stores-restore.html. */
export function restoreOperation(context: OperationContext): Operations {
  const { access, datastores, ports: { clock }, tokens } = context;
  return {
    RestoreFHIRDatastore: async (input: RestoreDatastoreRequest, caller) => {
      await access.onDatastore(caller, 'RestoreFHIRDatastore', input.SourceDatastoreId);
      checkConfigurations(input);
      await access.toUseKey(caller, customerKey(input));
      const restored = await tokens.once('RestoreFHIRDatastore', input, async () => {
        const source = datastores.get(input.SourceDatastoreId);
        const { RestorePointTime } = input.RestoreConfiguration.ContinuousBackupRestoreConfiguration;
        const resources = source.backup.resourcesAt(restorePoint(source, RestorePointTime));
        return addDatastore(context, requestFor(input, source), { from: source.id, resources });
      });
      return summaryOf(restored, clock.now());
    },
  };

  /** Returns the point in time to restore. Throws if it is not in the restore window, or if another restore of the source data store is running. */
  function restorePoint(source: Datastore, requested?: Date): number {
    const now = clock.now();
    const window = source.restoreWindow(now);
    if (!window) {
      throw new ServiceError('ValidationException', `Continuous backup is not enabled for the data store ${source.id}`);
    }
    const time = requested?.getTime() ?? window.latest;
    if (time < window.earliest || time > window.latest) {
      const [earliest, latest] = [window.earliest, window.latest].map((bound) => new Date(bound).toISOString());
      throw new ServiceError('ValidationException', `RestorePointTime must be between ${earliest} and ${latest}`);
    }
    if (datastores.all().some((datastore) => datastore.restoredFrom === source.id && datastore.status(now) === 'CREATING')) {
      throw new ServiceError('ConflictException', `A restore of the data store ${source.id} is in progress`);
    }
    return time;
  }
}

/** Returns the request that creates the restored data store. It has the source's tags if the backup includes them, but not the source's configuration. */
function requestFor(input: RestoreDatastoreRequest, source: Datastore): CreateDatastoreRequest {
  const { SourceDatastoreId, RestoreConfiguration, Tags = [], ...request } = input;
  const inherited = source.backup.includesTags ? [...source.tags].map(([Key, Value]) => ({ Key, Value })) : [];
  return { ...request, DatastoreTypeVersion: 'R4', Tags: [...inherited, ...Tags] };
}
