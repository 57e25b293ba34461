import { ListFHIRImportJobsCommand } from '@aws-sdk/client-healthlake';
import { describeJob } from '../aws/jobs';
import { LINE } from '../lines';
import type { Context } from '../steps/context';

/** How many calls are timed. */
const CALLS = 10;

/** The longest page on which the bound of jobs rests, in milliseconds. */
const PAGE_TIME = 100;

/** Whether the list can be limited to the jobs that were submitted after a time. */
export async function noteSubmittedAfter({ clients: { healthlake }, sightings }: Context, datastoreId: string, jobId: string): Promise<void> {
  const { SubmitTime } = await describeJob(healthlake, datastoreId, jobId);
  const isListedAfter = async (milliseconds: number) => {
    const SubmittedAfter = new Date(SubmitTime!.getTime() + milliseconds);
    const { ImportJobPropertiesList: jobs = [] } = await healthlake.send(new ListFHIRImportJobsCommand({ DatastoreId: datastoreId, SubmittedAfter }));
    return jobs.some(({ JobId }) => JobId === jobId);
  };
  const [before, after] = [await isListedAfter(-5_000), await isListedAfter(5_000)];
  const words = (isListed: boolean) => isListed ? 'listed' : 'not listed';
  sightings.note(LINE.submittedAfter, before && !after, `with a time 5 s before the job's start it is ${words(before)}, with one 5 s after it ${words(after)}`);
}

/** A place in the list. */
export interface Place {
  readonly nextToken?: string;
  /** The job that comes next. */
  readonly next?: string;
}

/** The second place in the list, and how long the list takes. */
export async function noteListTime({ clients: { healthlake }, sightings }: Context, datastoreId: string): Promise<Place> {
  const times: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const start = Date.now();
    await healthlake.send(new ListFHIRImportJobsCommand({ DatastoreId: datastoreId, MaxResults: 500 }));
    times.push(Date.now() - start);
  }
  const median = times.sort((a, b) => a - b)[CALLS / 2];
  sightings.note(LINE.listTime, median <= PAGE_TIME, `${CALLS} calls in a row took ${median} ms each, as the median; the list is short`);
  const { NextToken: nextToken } = await healthlake.send(new ListFHIRImportJobsCommand({ DatastoreId: datastoreId, MaxResults: 1 }));
  return { nextToken, next: nextToken && await jobAt({ healthlake }, datastoreId, nextToken) };
}

/** Whether a place is still the same, minutes and jobs later. */
export async function noteTokenAge({ clients, sightings }: Context, datastoreId: string, { nextToken, next }: Place, minutes: number): Promise<void> {
  if (nextToken === undefined) {
    sightings.miss(LINE.nextToken, 'the list had one page');
    return;
  }
  const now = await jobAt(clients, datastoreId, nextToken).catch((error: Error) => `${error.name}: ${error.message}`);
  sightings.note(LINE.nextToken, now === next, `after ${minutes} minutes the token of the second job gives ${now === next ? 'the same job' : now}`);
}

async function jobAt({ healthlake }: Pick<Context['clients'], 'healthlake'>, datastoreId: string, NextToken: string): Promise<string | undefined> {
  const command = new ListFHIRImportJobsCommand({ DatastoreId: datastoreId, MaxResults: 1, NextToken });
  const { ImportJobPropertiesList: jobs = [] } = await healthlake.send(command);
  return jobs[0]?.JobId;
}
