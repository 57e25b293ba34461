import { DescribeFHIRImportJobCommand, ListFHIRImportJobsCommand, paginateListFHIRImportJobs } from '@aws-sdk/client-healthlake';
import type { ImportJobProperties } from '../../../src/contract';
import { isNotFound, kindOf } from '../../aws/errors';
import type { Operator } from '../../aws/operator';
import { BUDGETS } from '../../budgets';
import { CLOCK_SKEW_MS } from '../../framework/times';
import { log } from '../../telemetry/log';
import { readResults } from '../evidence';
import { isJobOf } from '../fingerprint';
import { isCompleted, type JobDescription } from '../healthlake-job';
import { dependsOnResults, type Evidence, evidenceOf, judge, type Verdict } from '../verdict';
import type { WaiterMemory } from '../waiter-memory';

/** The maximum page size of ListFHIRImportJobs. */
const PAGE_SIZE = 500;

/** The handler supports up to this many jobs in a data store. An account may request 10 pages a second, so one invocation can list this many jobs. */
const MAX_JOBS = 1_000_000;

/** A job in the ledger of a data set. */
export interface LedgerEntry {
  readonly jobId: string;
  readonly submittedAt: number;
  readonly verdict: Verdict['kind'];
}

/** An import that reads the ledger of its data set, and the AWS clients that it uses. */
export interface LedgerReader {
  readonly construct: string;
  readonly operator: Operator;
  readonly properties: ImportJobProperties;
  readonly fingerprint: string;
}

/** Returns the jobs of a data set, oldest first. The job list of HealthLake is the only record of jobs that outlives the stack. */
export async function readLedger(reader: LedgerReader, memory: WaiterMemory): Promise<LedgerEntry[]> {
  return entriesOf(reader, await listJobs(reader, memory));
}

/**
 * Returns the jobs of the data set that were submitted since CloudFormation sent the event, oldest first. Doesn't read their results, because `Outcome` judges
 * these jobs.
 */
export async function readNewJobs(reader: LedgerReader, requestedAt: number, abortSignal: AbortSignal): Promise<LedgerEntry[]> {
  const { operator: { healthlake: client }, properties, fingerprint } = reader;
  const since = requestedAt - CLOCK_SKEW_MS;
  const query = { DatastoreId: properties.DatastoreId, SubmittedAfter: new Date(since) };
  const entries: LedgerEntry[] = [];
  for await (const { ImportJobPropertiesList: page = [] } of paginateListFHIRImportJobs({ client, pageSize: PAGE_SIZE }, query, { abortSignal })) {
    const jobs = page.filter(({ JobName }) => isJobOf(fingerprint, JobName));
    entries.push(...jobs.map((job) => entryOf(job, judge(evidenceOf(job), { Kind: 'ANY' }).kind)));
  }
  return oldestFirst(entries).filter(({ submittedAt }) => submittedAt >= since); // in case HealthLake ignores `SubmittedAfter`
}

/** Lists the jobs of the data set. Continues where an earlier invocation stopped. Starts again if HealthLake no longer accepts the page token. */
async function listJobs(reader: LedgerReader, memory: WaiterMemory): Promise<JobDescription[]> {
  const isResumed = memory.listing !== undefined;
  try {
    return await continueListing(reader, memory);
  } catch (error) {
    if (!isResumed || kindOf(error) === 'transient') {
      throw error;
    }
    memory.listing = undefined;
    return continueListing(reader, memory);
  }
}

/**
 * Lists the jobs that earlier invocations did not list.
 *
 * @throws when the time budget ends. The next invocation continues the listing.
 */
async function continueListing({ operator, properties, fingerprint, construct }: LedgerReader, memory: WaiterMemory): Promise<JobDescription[]> {
  const { listingOnlyMs, listPageMs, steps } = BUDGETS.handler.start;
  const began = Date.now();
  const { DatastoreId } = properties;
  const listing = memory.listing ??= { jobs: [], jobsListed: 0, isComplete: false };
  while (!listing.isComplete) {
    if (Date.now() >= began + listingOnlyMs) {
      throw new Error(`${inThousands(listing.jobsListed)} jobs are listed, and there are more`);
    }
    const command = new ListFHIRImportJobsCommand({ DatastoreId, MaxResults: PAGE_SIZE, NextToken: listing.nextToken });
    const abortSignal = AbortSignal.timeout(listPageMs);
    const { ImportJobPropertiesList: page = [], NextToken } = await operator.healthlake.send(command, { abortSignal });
    listing.jobs.push(...page.filter(({ JobName }) => isJobOf(fingerprint, JobName)));
    if (listing.jobsListed < MAX_JOBS / 2 && listing.jobsListed + page.length >= MAX_JOBS / 2) {
      log('warning: the data store has more than half of the import jobs that can be listed', { construct, datastoreId: DatastoreId, maxJobs: MAX_JOBS });
    }
    listing.jobsListed += page.length;
    listing.nextToken = NextToken;
    listing.isComplete = NextToken === undefined;
  }
  if (Date.now() >= began + steps.listJobsMs) {
    throw new Error(`all ${inThousands(listing.jobsListed)} jobs are listed, and the time of this attempt is up`);
  }
  memory.listing = undefined; // so that the next listing starts from the beginning and finds new jobs
  return listing.jobs;
}

/** Formats a number with thousands separators. */
function inThousands(count: number): string {
  return count.toLocaleString('en-US');
}

async function entriesOf({ operator, properties }: LedgerReader, jobs: readonly JobDescription[]): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  const abortSignal = AbortSignal.timeout(BUDGETS.handler.start.steps.judgeEarlierJobsMs);
  for (const job of jobs) {
    const evidence = await evidenceOn(job, operator, properties, abortSignal);
    entries.push(entryOf(job, evidence === 'gone' ? 'succeeded' : judge(evidence, properties.ErrorTolerance).kind));
  }
  return oldestFirst(entries);
}

function entryOf({ JobId, SubmitTime }: JobDescription, verdict: LedgerEntry['verdict']): LedgerEntry {
  return { jobId: JobId!, submittedAt: SubmitTime?.getTime() ?? 0, verdict };
}

function oldestFirst(entries: LedgerEntry[]): LedgerEntry[] {
  return entries.sort((a, b) => a.submittedAt - b.submittedAt || a.jobId.localeCompare(b.jobId));
}

/**
 * Returns the evidence on a listed job. If ListFHIRImportJobs returned no progress report for a completed job, calls DescribeFHIRImportJob.
 * Returns `gone` if the job no longer exists. A job that is gone counts as succeeded, because a second import could overwrite newer data.
 */
async function evidenceOn(listed: JobDescription, operator: Operator, properties: ImportJobProperties, abortSignal: AbortSignal): Promise<Evidence | 'gone'> {
  const job = listed.JobProgressReport || !isCompleted(listed.JobStatus) ? listed : await describe(operator, listed, abortSignal);
  if (!job) {
    return 'gone';
  }
  return dependsOnResults(job.JobStatus, properties.ErrorTolerance)
    ? readResults(job, properties, operator, abortSignal)
    : evidenceOf(job);
}

/** Describes a job. Returns undefined if the job no longer exists. */
async function describe({ healthlake }: Operator, job: JobDescription, abortSignal: AbortSignal): Promise<JobDescription | undefined> {
  try {
    const { DatastoreId, JobId } = job;
    const described = await healthlake.send(new DescribeFHIRImportJobCommand({ DatastoreId, JobId }), { abortSignal });
    return described.ImportJobProperties ?? job;
  } catch (error) {
    if (isNotFound(error)) {
      return undefined;
    }
    throw error;
  }
}
