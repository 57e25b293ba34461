import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HealthLakeClient } from '@aws-sdk/client-healthlake';
import { DAY, JobLists, type ListBehaviour, row } from './job-lists';
import { stateOf } from '../../../lambda/job-monitor/figures';
import { type ListedJob, listJobs } from '../../../lambda/job-monitor/listing';
import type { JobKind } from '../../../src/contract';
import { Aws, DATASTORE, MINUTE, T0 } from '../harness';

const NEVER = new AbortController().signal;
const client = new HealthLakeClient({ region: 'eu-west-1' });

describe('a list that changes while it is read:', () => {
  let aws: Aws;
  beforeEach(() => {
    aws = new Aws();
  });
  afterEach(() => aws.close());

  const list = (kind: JobKind = 'IMPORT'): Promise<ListedJob[]> => listJobs(client, DATASTORE, kind, new Date(T0 - 14 * DAY), NEVER);

  /** Returns the lists of a data store with 6 jobs, newest first, in pages of 2. `change` is called after the first page of the jobs in the look-back. */
  function listsThatChange(change: (lists: JobLists) => void, behaviour: ListBehaviour = {}): JobLists {
    const lists: JobLists = new JobLists(aws, { pageSize: 2, afterPage: (page) => page === 4 && change(lists), ...behaviour });
    lists.rows.IMPORT.push(
      row('6', 'SUBMITTED', 6), row('5', 'QUEUED', 7), row('4', 'IN_PROGRESS', 8),
      ...['3', '2', '1'].map((id, i) => row(id, 'COMPLETED', 9 + i, { EndTime: new Date(T0 - 5 * MINUTE) })),
    );
    return lists;
  }

  test.each<[string, (lists: JobLists) => void]>([
    ['a job is submitted, so that all rows move', ({ rows }) => rows.IMPORT.unshift(row('7', 'SUBMITTED', 0))],
    ['the row of a job that ended moves to the end', ({ rows }) => rows.IMPORT.push({ ...rows.IMPORT.splice(1, 1)[0], JobStatus: 'FAILED', EndTime: new Date(T0) }, row('8', 'QUEUED', 1))],
  ])('%s: each id has one row', async (_what, change) => {
    listsThatChange(change);
    const ids = (await list()).map(({ id }) => id);

    expect(ids).toEqual([...new Set(ids)]);
    expect(ids).toEqual(expect.arrayContaining(['6', '5', '3', '2', '1']));
  });

  test.each<[string, string, string]>([
    ['later', 'IN_PROGRESS', 'COMPLETED'],
    ['later', 'SUBMITTED', 'QUEUED'],
    ['later', 'IN_PROGRESS', 'CANCEL_SUBMITTED'],
    ['earlier', 'COMPLETED', 'IN_PROGRESS'],
    ['earlier', 'IN_PROGRESS', 'QUEUED'],
  ])('of two rows of a job, the %s one is newer: %s, then %s', async (newer, first, second) => {
    new JobLists(aws, { pageSize: 1 }).rows.IMPORT.push(row('1', first, 9), row('1', second, 9));

    expect((await list()).map(({ status }) => status)).toEqual([newer === 'later' ? second : first]);
  });

  test('an old job that starts while the lists are read is returned', async () => {
    const lists: JobLists = new JobLists(aws, { afterPage: (page) => page === 2 && lists.rows.EXPORT.push({ ...lists.rows.EXPORT.pop()!, JobStatus: 'IN_PROGRESS' }) });
    lists.rows.EXPORT.push(row('old', 'QUEUED', 15 * 24 * 60));

    expect(await list('EXPORT')).toEqual([expect.objectContaining({ kind: 'EXPORT', id: 'old', status: 'IN_PROGRESS' })]);
  });
});

/**
 * An example of ListFHIRExportJobs that a catalogue of APIs published. These values break the API's documentation: times are texts instead of seconds since the
 * epoch, `S3Uri` is not a location, a job that is submitted has an end, SubmittedBefore and SubmittedAfter exclude each other, and the answer has the page token
 * of the request, so that the list would never end.
 */
const EXAMPLE = {
  ExportJobPropertiesList: [{
    JobId: 'job-a1b2c3d4e5f6a1b2c3d4',
    JobName: 'my-import-job',
    JobStatus: 'SUBMITTED',
    SubmitTime: '2024-01-15T10:30:00Z',
    EndTime: '2024-01-15T10:30:00Z',
    DatastoreId: 'a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4',
    OutputDataConfig: { S3Configuration: { S3Uri: 'example-string', KmsKeyId: 'example-string' } },
    DataAccessRoleArn: 'arn:aws:iam::123456789012:role/HealthLakeRole',
    Message: 'Example error message',
  }],
  NextToken: 'example-nexttoken',
};

/** Lists export jobs from a server that answers the first list call with `first`, and all others with an empty page. */
async function listFrom(first: object): Promise<{ jobs: ListedJob[]; requests: { target: unknown; body: object }[] }> {
  const requests: { target: unknown; body: object }[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    requests.push({ target: request.headers['x-amz-target'], body: JSON.parse(body) as object });
    response.setHeader('Content-Type', 'application/x-amz-json-1.0').end(JSON.stringify(requests.length === 1 ? first : { ExportJobPropertiesList: [] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const real = new HealthLakeClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' }, maxAttempts: 1 });
  try {
    return { jobs: await listJobs(real, EXAMPLE.ExportJobPropertiesList[0].DatastoreId, 'EXPORT', new Date('2024-01-15T10:00:00Z'), NEVER), requests };
  } finally {
    real.destroy();
    server.closeAllConnections();
    server.close();
  }
}

test('the published example, with times as the API documents them, is listed as a queued job', async () => {
  const [job] = EXAMPLE.ExportJobPropertiesList;
  const time = Date.parse(job.SubmitTime) / 1000;
  const { jobs, requests } = await listFrom({ ...EXAMPLE, ExportJobPropertiesList: [{ ...job, SubmitTime: time, EndTime: time }] });

  expect(jobs).toEqual([{
    kind: 'EXPORT',
    id: job.JobId,
    name: job.JobName,
    status: 'SUBMITTED',
    submitted: new Date(job.SubmitTime),
    ended: new Date(job.EndTime),
    message: job.Message,
    output: job.OutputDataConfig.S3Configuration.S3Uri,
  }]);
  expect(stateOf(jobs[0])).toBe('queued');
  expect(requests.map(({ target }) => target)).toEqual(Array(5).fill('HealthLake.ListFHIRExportJobs'));
  const query = { DatastoreId: job.DatastoreId, MaxResults: 500, JobStatus: 'SUBMITTED', SubmittedBefore: time - 30 * 60 };
  expect(requests.slice(0, 2).map(({ body }) => body)).toEqual([query, { ...query, NextToken: EXAMPLE.NextToken }]);
});

test('the published example as it stands is refused, because its times are texts', async () => {
  await expect(listFrom(EXAMPLE)).rejects.toThrow('Expected real number');
});
