import { ListFHIRImportJobsCommand } from '@aws-sdk/client-healthlake';
import { describeJob } from '../aws/jobs';
import { LINE } from '../lines';
import type { Context } from '../steps/context';

/** The number of List calls whose duration is measured. */
const CALLS = 10;

/** The assumed duration of a List call. The library's limit of 1,000,000 jobs is based on it. */
const PAGE_TIME_MS = 100;

/** Records whether `SubmittedAfter` filters the list. */
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

/** A position in the list. */
export interface ListPosition {
  readonly nextToken?: string;
  /** The id of the job at this position. */
  readonly next?: string;
}

/** Records how long List takes. Returns the position of the second job in the list. */
export async function noteListTime({ clients: { healthlake }, observations }: Context, datastoreId: string): Promise<ListPosition> {
  const times: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const start = Date.now();
    await healthlake.send(new ListFHIRImportJobsCommand({ DatastoreId: datastoreId, MaxResults: 500 }));
    times.push(Date.now() - start);
  }
  const median = times.sort((a, b) => a - b)[CALLS / 2];
  observations.note(LINE.listTime, median <= PAGE_TIME_MS, `the median of ${CALLS} calls is ${median} ms; the list is short`);
  const { NextToken: nextToken } = await healthlake.send(new ListFHIRImportJobsCommand({ DatastoreId: datastoreId, MaxResults: 1 }));
  return { nextToken, next: nextToken && await jobAt({ healthlake }, datastoreId, nextToken) };
}

/** Records whether an old token still returns the same job, although jobs were started since. */
export async function noteTokenAge(
  { clients, observations }: Context, datastoreId: string, { nextToken, next }: ListPosition, minutes: number,
): Promise<void> {
  if (nextToken === undefined) {
    observations.miss(LINE.nextToken, 'the list had only one page');
    return;
  }
  const now = await jobAt(clients, datastoreId, nextToken).catch((error: Error) => `${error.name}: ${error.message}`);
  observations.note(LINE.nextToken, now === next, `after ${minutes} minutes the token of the second job returns ${now === next ? 'the same job' : now}`);
}

async function jobAt({ healthlake }: Pick<Context['clients'], 'healthlake'>, datastoreId: string, NextToken: string): Promise<string | undefined> {
  const command = new ListFHIRImportJobsCommand({ DatastoreId: datastoreId, MaxResults: 1, NextToken });
  const { ImportJobPropertiesList: jobs = [] } = await healthlake.send(command);
  return jobs[0]?.JobId;
}
