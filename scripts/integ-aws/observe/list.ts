import { ListFHIRImportJobsCommand } from '@aws-sdk/client-healthlake';
import { describeJob } from '../aws/jobs';
import { LINE } from '../lines';
import type { Context } from '../steps/context';

/** The number of ListFHIRImportJobs calls whose duration is measured. */
const CALLS = 10;

/** The assumed duration of a ListFHIRImportJobs call. The library's limit of 1,000,000 jobs is based on this duration. */
const PAGE_TIME_MS = 100;

/** Records whether ListFHIRImportJobs filters by `SubmittedAfter`. */
export async function noteSubmittedAfter({ clients: { healthlake }, observations }: Context, datastoreId: string, jobId: string): Promise<void> {
  const { SubmitTime } = await describeJob(healthlake, datastoreId, jobId);
  const isListedAfter = async (milliseconds: number) => {
    const SubmittedAfter = new Date(SubmitTime!.getTime() + milliseconds);
    const { ImportJobPropertiesList: jobs = [] } = await healthlake.send(new ListFHIRImportJobsCommand({ DatastoreId: datastoreId, SubmittedAfter }));
    return jobs.some(({ JobId }) => JobId === jobId);
  };
  const [before, after] = [await isListedAfter(-5_000), await isListedAfter(5_000)];
  const text = (isListed: boolean) => isListed ? 'listed' : 'not listed';
  observations.note(LINE.submittedAfter, before && !after, `SubmittedAfter 5 s before the job's start: ${text(before)}; 5 s after it: ${text(after)}`);
}

/** A page token of ListFHIRImportJobs, and the job that the token leads to. */
export interface ListPosition {
  /** The token that requests the second page. Undefined if there is only one page. */
  readonly nextToken?: string;
  /** The id of the only job on the second page. */
  readonly next?: string;
}

/** Records how long a ListFHIRImportJobs call takes. Returns the token of the second page and the job on that page. Each page has one job. */
export async function noteListTime({ clients: { healthlake }, observations }: Context, datastoreId: string): Promise<ListPosition> {
  const times: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const start = Date.now();
    await healthlake.send(new ListFHIRImportJobsCommand({ DatastoreId: datastoreId, MaxResults: 500 }));
    times.push(Date.now() - start);
  }
  const median = times.sort((a, b) => a - b)[CALLS / 2];
  observations.note(LINE.listTime, median <= PAGE_TIME_MS, `the median of ${CALLS} calls is ${median} ms; the data store has few jobs`);
  const { NextToken: nextToken } = await healthlake.send(new ListFHIRImportJobsCommand({ DatastoreId: datastoreId, MaxResults: 1 }));
  return { nextToken, next: nextToken && await jobAt({ healthlake }, datastoreId, nextToken) };
}

/** Records whether ListFHIRImportJobs still returns the same job for a page token after some minutes, in which new jobs were started. */
export async function noteTokenAge(
  { clients, observations }: Context, datastoreId: string, { nextToken, next }: ListPosition, minutes: number,
): Promise<void> {
  if (nextToken === undefined) {
    observations.miss(LINE.nextToken, 'the data store had only one job');
    return;
  }
  const now = await jobAt(clients, datastoreId, nextToken).catch((error: Error) => `${error.name}: ${error.message}`);
  observations.note(LINE.nextToken, now === next, `after ${minutes} minutes the page token of the second job returns ${now === next ? 'the same job' : now}`);
}

async function jobAt({ healthlake }: Pick<Context['clients'], 'healthlake'>, datastoreId: string, NextToken: string): Promise<string | undefined> {
  const command = new ListFHIRImportJobsCommand({ DatastoreId: datastoreId, MaxResults: 1, NextToken });
  const { ImportJobPropertiesList: jobs = [] } = await healthlake.send(command);
  return jobs[0]?.JobId;
}
