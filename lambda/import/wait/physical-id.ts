import { type ImportWaitProperties, UNKNOWN } from '../../../src/contract';

/** The physical id of `Custom::FhirImportWait`: `<datastoreId>/<jobId>`, or `<datastoreId>` if the job is not known. */
export function formatWaitId({ DatastoreId, JobId }: Pick<ImportWaitProperties, 'DatastoreId' | 'JobId'>): string {
  return [DatastoreId, ...(JobId === UNKNOWN ? [] : [JobId])].join('/');
}
