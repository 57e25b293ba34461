import { type ImportJobProperties as ImportJob, ListFHIRImportJobsCommand, type ListFHIRImportJobsRequest } from '@aws-sdk/client-healthlake';
import type { IsCompleteRequest } from '../../../../lambda/framework/framework';
import { memoryOf } from '../../../../lambda/jobs/waiter-memory';
import { Aws, importJob, JOB_ID, jobEvent, MINUTE, report, sdkError, SECOND, T0 } from '../../harness';

let aws: Aws;

/** The pages that ListFHIRImportJobs returns, by page number. A page that is not in the map is full of jobs of other data sets. */
let pages: Map<number, ImportJob[]>;
/** The jobs that ListFHIRImportJobs returns for a request with `SubmittedAfter`. */
let newJobs: ImportJob[];
let jobs: number;
let pageTime: number;
/** The numbers of the pages that the handler requested, in order. */
let asked: number[];

const PAGE = 500;
const OTHER_JOBS = Array.from({ length: PAGE }, (_, n) => importJob({ JobId: String(n), JobName: `nightly-${n}`, JobStatus: 'COMPLETED' }));
const GOOD = { JobStatus: 'COMPLETED', JobProgressReport: report(9, 9, 0) } as const;

beforeEach(() => {
  aws = new Aws();
  [pages, newJobs, jobs, pageTime, asked] = [new Map(), [], 0, 0, []];
  aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(list);
});
afterEach(() => aws.close());

function list({ MaxResults, NextToken, SubmittedAfter }: ListFHIRImportJobsRequest) {
  expect(MaxResults).toBe(PAGE);
  if (SubmittedAfter) {
    return { ImportJobPropertiesList: newJobs };
  }
  const page = Number(NextToken ?? 0);
  asked.push(page);
  jest.setSystemTime(Date.now() + pageTime);
  return { ImportJobPropertiesList: pages.get(page) ?? OTHER_JOBS, NextToken: (page + 1) * PAGE < jobs ? String(page + 1) : undefined };
}

const numbers = (length: number) => Array.from({ length }, (_, n) => n);
const warnings = () => aws.lines.filter((line) => line.includes('"message":"warning: the data store has more than half'));
const restarts = () => asked.filter((page) => page === 0).length;

describe('a data store with a million jobs', () => {
  beforeEach(() => {
    jobs = 1_000_000;
  });

  test.each([[80, 185], [100, 225]])('is listed in one invocation if each page takes %i ms, and the job of the data set is adopted after %i s', async (ms, seconds) => {
    pageTime = ms;
    pages.set(1_999, [importJob({ JobId: 'first of all', ...GOOD })]);
    expect(await aws.run(jobEvent())).toMatchObject({ after: seconds * SECOND, data: { JobId: 'first of all' } });
    expect(asked).toEqual(numbers(2_000));
  });

  test('gets a new job after 225 s if none of its jobs belongs to the data set, and a warning is logged', async () => {
    pageTime = 100;
    expect(await aws.run(jobEvent())).toMatchObject({ after: 225 * SECOND, data: { JobId: JOB_ID } });
    expect(aws.sent('StartFHIRImportJob')).toHaveLength(1);
    expect(warnings()).toEqual([expect.stringContaining('"maxJobs":1000000')]);
  });

  test('needs little memory, because the handler keeps only the jobs of the data set', async () => {
    pageTime = 500;
    pages.set(3, [importJob({ JobId: 'old', JobStatus: 'FAILED' }), ...OTHER_JOBS]);
    const waiting = await aws.begin(jobEvent());
    expect(await aws.ask(waiting)).toEqual({ answer: { IsComplete: false } });
    expect(memoryOf(waiting).listing).toMatchObject({ jobs: [{ JobId: 'old' }], jobsListed: 440 * PAGE + 1 });
  });
});

test('the handler logs no warning if the data store has less than half of the supported number of jobs', async () => {
  jobs = 499_999;
  pages.set(999, OTHER_JOBS.slice(1));
  await aws.run(jobEvent());
  expect(warnings()).toEqual([]);
});

test('the handler fails the deployment if it cannot list all jobs within 15 minutes, and names the number of listed jobs', async () => {
  [jobs, pageTime] = [9_000_000, 100];
  const { reason } = await aws.run(jobEvent());
  expect(reason).toMatch(/^no import job was accepted within 15 minutes: could not list the import jobs: Error: 4,400,000 jobs are listed, and there are more; /);
  expect(Date.now()).toBeLessThan(T0 + 20 * MINUTE);
  expect(aws.sent('StartFHIRImportJob')).toEqual([]);
});

describe('a listing that is interrupted', () => {
  let waiting: IsCompleteRequest;
  beforeEach(async () => {
    [jobs, pageTime] = [300 * PAGE, SECOND];
    pages.set(10, [importJob({ JobId: 'a', JobStatus: 'FAILED' })]);
    waiting = await aws.begin(jobEvent());
    expect(await aws.ask(waiting)).toEqual({ answer: { IsComplete: false } });
    expect(asked).toEqual(numbers(220));
    asked = [];
    pageTime = 0;
  });

  test('continues at the next page in the next invocation', async () => {
    pages.set(10, []);
    expect(await aws.ask(waiting)).toMatchObject({ answer: { Data: { JobId: JOB_ID } } });
    expect(asked).toEqual(numbers(300).slice(220));
  });

  test('continues at the next page after throttling', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).rejects(sdkError('ThrottlingException', 'Rate exceeded'));
    expect(await aws.ask(waiting)).toEqual({ answer: { IsComplete: false } });
    aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(list);
    await aws.ask(waiting);
    expect(asked).toEqual(numbers(300).slice(220));
  });

  test('restarts if HealthLake no longer accepts the NextToken', async () => {
    aws.healthlake.on(ListFHIRImportJobsCommand).callsFake((request) => {
      if (request.NextToken === '220' && restarts() === 0) {
        throw sdkError('ValidationException', 'Invalid NextToken');
      }
      return list(request);
    });
    expect(await aws.ask(waiting)).toMatchObject({ answer: { Data: { JobId: JOB_ID } } });
    expect(asked).toEqual(numbers(300));
  });

  test.each([['with another WaiterId', 'another'], ['of an earlier handler version, without a WaiterId', undefined]])('restarts for a request %s', async (_what, WaiterId) => {
    await aws.ask({ ...waiting, WaiterId });
    expect(asked).toEqual(numbers(300));
  });

  test('is forgotten after requests with five hundred other WaiterIds', async () => {
    numbers(499).forEach((n) => memoryOf({ WaiterId: `other ${n}` }));
    expect(memoryOf(waiting).listing).toBeDefined();
    numbers(500).forEach((n) => memoryOf({ WaiterId: `yet another ${n}` }));
    expect(memoryOf(waiting).listing).toBeUndefined();
  });

  test('finds a job that was submitted during the interruption', async () => {
    newJobs = [importJob({ JobId: 'new', JobStatus: 'SUBMITTED', SubmitTime: new Date(T0 + MINUTE) })];
    expect(await aws.ask(waiting)).toMatchObject({ answer: { Data: { JobId: 'new' } } });
    expect(aws.sent('StartFHIRImportJob')).toEqual([]);
  });
});

test('the handler lists all jobs again in the next invocation if the earlier listing was complete', async () => {
  jobs = 3 * PAGE;
  aws.stackIs('CREATE_COMPLETE');
  const waiting = await aws.begin(jobEvent());
  await aws.ask(waiting);
  expect(asked).toEqual([0, 1, 2]);
  pages.set(0, [importJob({ JobId: 'new', ...GOOD })]);
  aws.stackIs('CREATE_IN_PROGRESS');
  expect(await aws.ask(waiting)).toMatchObject({ answer: { Data: { JobId: 'new' } } });
  expect(asked).toEqual([0, 1, 2, 0, 1, 2]);
});

test('the handler lists all pages, even after it has found a job of the data set', async () => {
  jobs = 4 * PAGE;
  pages.set(0, [importJob({ JobId: 'failed', JobStatus: 'FAILED', SubmitTime: new Date(4) })]);
  pages.set(2, [importJob({ JobId: 'later', SubmitTime: new Date(3), ...GOOD })]);
  pages.set(3, [importJob({ JobId: 'older', SubmitTime: new Date(2), ...GOOD })]);
  expect(await aws.run(jobEvent())).toMatchObject({ data: { JobId: 'older' } });
});
