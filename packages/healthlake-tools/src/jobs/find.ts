import { type HealthLakeClient, paginateListFHIRDatastores } from '@aws-sdk/client-healthlake';
import { type JobKind, type JobQuery, matches } from './query';
import { type ListedJob, listJobs, withProgress } from '../../../../lambda/job-monitor/listing';
import { calling } from '../aws/errors';

/** A job and its data store. */
export interface FoundJob extends ListedJob {
  readonly datastoreId: string;
}

const LIST_KINDS = { import: 'IMPORT', export: 'EXPORT' } as const;
const NEVER = new AbortController().signal;

/** Returns the jobs that a query asks for, newest first. */
export async function findJobs(client: HealthLakeClient, query: JobQuery): Promise<FoundJob[]> {
  const jobs: FoundJob[] = [];
  for (const datastoreId of await datastoresOf(client, query.datastoreId)) {
    for (const kind of query.kinds) {
      jobs.push(...await calling(`the ${kind} jobs of data store ${datastoreId} can't be listed`, () => list(client, datastoreId, kind, query)));
    }
  }
  return jobs.sort((a, b) => b.submitted.getTime() - a.submitted.getTime());
}

/** Returns the given data store, or all data stores of the Region. */
export async function datastoresOf(client: HealthLakeClient, datastoreId: string | undefined): Promise<string[]> {
  if (datastoreId !== undefined) {
    return [datastoreId];
  }
  return calling('the data stores can\'t be listed', async () => {
    const ids: string[] = [];
    for await (const { DatastorePropertiesList = [] } of paginateListFHIRDatastores({ client }, {})) {
      ids.push(...DatastorePropertiesList.filter(({ DatastoreStatus }) => DatastoreStatus !== 'DELETED').map(({ DatastoreId }) => DatastoreId!));
    }
    return ids;
  });
}

async function list(client: HealthLakeClient, datastoreId: string, kind: JobKind, query: JobQuery): Promise<FoundJob[]> {
  const listed = await listJobs(client, datastoreId, LIST_KINDS[kind], query.since, NEVER);
  const jobs: FoundJob[] = [];
  for (const job of listed.filter((one) => matches(one, query))) {
    jobs.push({ ...job.ended ? job : await withProgress(client, datastoreId, job, NEVER), datastoreId });
  }
  return jobs;
}
