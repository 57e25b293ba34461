import {
  ListFHIRExportJobsCommand, ListFHIRImportJobsCommand, paginateListFHIRImportJobs, type ListFHIRImportJobsCommandInput,
} from '@aws-sdk/client-healthlake';
import { Harness, patient } from './harness';

const NAMES = ['a', 'b', 'a', 'c', 'a'];

let aws: Harness;
/** The ids of the import jobs that `beforeAll` starts, newest first. */
let ids: string[];

beforeAll(async () => {
  aws = await Harness.start({ overrideJob: ({ jobName }) => jobName === 'b' ? { outcome: { status: 'FAILED' } } : undefined });
  await aws.put('data/1.ndjson', patient('a'));
  ids = [];
  for (const JobName of NAMES) {
    ids.unshift(await aws.startImport({ JobName }));
    await aws.clock.sleep(1_000);
  }
  await aws.ended(ids[0]);
});

afterAll(() => aws.close());

async function list(query: Partial<ListFHIRImportJobsCommandInput>): Promise<string[]> {
  const { ImportJobPropertiesList } = await aws.healthLake.send(new ListFHIRImportJobsCommand({ DatastoreId: aws.datastoreId, ...query }));
  return ImportJobPropertiesList!.map((job) => job.JobId!);
}

test('the pages of List together contain all jobs, newest first', async () => {
  const pages: string[][] = [];
  for await (const page of paginateListFHIRImportJobs({ client: aws.healthLake, pageSize: 2 }, { DatastoreId: aws.datastoreId })) {
    pages.push(page.ImportJobPropertiesList!.map((job) => job.JobId!));
  }
  expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
});

test('List returns each job with the properties that Describe returns', async () => {
  const query = { DatastoreId: aws.datastoreId, MaxResults: 500 };
  const { ImportJobPropertiesList, NextToken } = await aws.healthLake.send(new ListFHIRImportJobsCommand(query));
  expect(ImportJobPropertiesList![0]).toEqual(await aws.describe(ids[0]));
  expect(NextToken).toBeUndefined();
});

test('List returns no page token if the last page is exactly full', async () => {
  const { NextToken } = await aws.healthLake.send(new ListFHIRImportJobsCommand({ DatastoreId: aws.datastoreId, MaxResults: 5 }));
  expect(NextToken).toBeUndefined();
});

test('List filters jobs by name, by status, by time, and by all three together', async () => {
  expect(await list({ JobName: 'a' })).toEqual([ids[0], ids[2], ids[4]]);
  expect(await list({ JobName: 'A' })).toEqual([]);
  expect(await list({ JobStatus: 'FAILED' })).toEqual([ids[3]]);
  expect(await list({ JobStatus: 'COMPLETED' })).toEqual([ids[0], ids[1], ids[2], ids[4]]);
  const [, , middle] = aws.service.healthLake.importJobs(aws.datastoreId);
  expect(await list({ SubmittedAfter: middle.SubmitTime })).toEqual(ids.slice(0, 2));
  expect(await list({ SubmittedBefore: middle.SubmitTime })).toEqual(ids.slice(3));
  expect(await list({ SubmittedBefore: middle.SubmitTime, JobName: 'a', JobStatus: 'COMPLETED' })).toEqual([ids[4]]);
});

test('a page token continues the list with the same filters and any page size', async () => {
  const first = await aws.healthLake.send(new ListFHIRImportJobsCommand({ DatastoreId: aws.datastoreId, JobName: 'a', MaxResults: 1 }));
  expect(await list({ JobName: 'a', MaxResults: 2, NextToken: first.NextToken })).toEqual([ids[2], ids[4]]);
});

test('a job that starts after List returned the first page does not change the later pages', async () => {
  const { NextToken } = await aws.healthLake.send(new ListFHIRImportJobsCommand({ DatastoreId: aws.datastoreId, JobName: 'a', MaxResults: 1 }));
  const other = await aws.startImport({ JobName: 'a' });
  expect(await list({ JobName: 'a', NextToken })).toEqual([ids[2], ids[4]]);
  ids.unshift(other);
  await aws.ended(other);
});

test('List refuses an invalid page token and a page token of another query', async () => {
  const { NextToken } = await aws.healthLake.send(new ListFHIRImportJobsCommand({ DatastoreId: aws.datastoreId, MaxResults: 1 }));
  const other = await aws.createDatastore();
  for (const query of [{ JobName: 'a', NextToken }, { DatastoreId: other, NextToken }, { NextToken: 'bm9uc2Vuc2U' }, { NextToken: '%%' }]) {
    await expect(list(query)).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('Invalid NextToken') });
  }
  await expect(aws.healthLake.send(new ListFHIRExportJobsCommand({ DatastoreId: aws.datastoreId, NextToken })))
    .rejects.toMatchObject({ name: 'ValidationException' });
});

test('export jobs have a separate list with the same filters', async () => {
  const [first, second] = [await aws.startExport({ JobName: 'x' }), await aws.startExport({ JobName: 'y' })];
  const exports = async (query: { JobName?: string; MaxResults?: number; NextToken?: string }): Promise<unknown> => {
    const answer = await aws.healthLake.send(new ListFHIRExportJobsCommand({ DatastoreId: aws.datastoreId, ...query }));
    return { jobs: answer.ExportJobPropertiesList!.map((job) => job.JobId), token: answer.NextToken };
  };
  expect(await exports({})).toEqual({ jobs: [second, first] });
  expect(await exports({ JobName: 'x' })).toEqual({ jobs: [first] });
  const page = await exports({ MaxResults: 1 }) as { token: string };
  expect(await exports({ NextToken: page.token })).toEqual({ jobs: [first] });
  expect(await list({ JobName: 'x' })).toEqual([]);
});

test('List refuses an unknown data store', async () => {
  await expect(list({ DatastoreId: '0'.repeat(32) })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
