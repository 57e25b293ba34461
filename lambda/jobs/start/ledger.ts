import type { JobStartProperties } from '../../../src/contract';
import { isNotFound, kindOf } from '../../aws/errors';
import type { Operator } from '../../aws/operator';
import { BUDGETS } from '../../budgets';
import { CLOCK_SKEW_MS } from '../../framework/times';
import { log } from '../../telemetry/log';
import { evidenceOf, readResults } from '../evidence';
import { isJobOf } from '../fingerprint';
import { hasEnded, isCompleted, type JobDescription } from '../healthlake-job';
import type { JobKind } from '../kind';
import type { Evidence, Verdict } from '../verdict';
import type { WaiterMemory } from '../waiter-memory';

/** The handler supports up to this many jobs in a data store. An account may request 10 pages a second, so one invocation can list this many jobs. */
const MAX_JOBS = 1_000_000;

/** A job in the ledger of a data set. */
export interface LedgerEntry {
  readonly jobId: string;
  readonly submittedAt: number;
  readonly verdict: Verdict['kind'];
}

/** The construct that reads the ledger of its data set, and the AWS clients that it uses. */
export interface LedgerReader {
  readonly kind: JobKind;
  readonly construct: string;
  readonly operator: Operator;
  readonly properties: JobStartProperties;
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
  const since = requestedAt - CLOCK_SKEW_MS;
  const entries = entriesByStatus(reader, await listJobsSince(reader, since, abortSignal));
  return entries.filter(({ submittedAt }) => submittedAt >= since); // in case HealthLake ignores `SubmittedAfter`
}

/** Lists all jobs of the data store that were submitted since a time, also those of other data sets. */
export async function listJobsSince({ kind, operator, properties: { DatastoreId } }: LedgerReader, since: number, abortSignal: AbortSignal):
Promise<JobDescription[]> {
  const jobs: JobDescription[] = [];
  let NextToken: string | undefined;
  do {
    const page = await kind.api.list(operator.healthlake, { DatastoreId, SubmittedAfter: new Date(since), NextToken }, { abortSignal });
    jobs.push(...page.jobs);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return jobs;
}

/** Returns the ledger of the data set, with the verdicts by the statuses of the jobs alone. */
export function entriesByStatus(reader: LedgerReader, jobs: readonly JobDescription[]): LedgerEntry[] {
  return oldestFirst(jobs.filter((job) => isOfDataSet(reader, job)).map((job) => entryOf(job, verdictByStatus(job.JobStatus))));
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
async function continueListing(reader: LedgerReader, memory: WaiterMemory): Promise<JobDescription[]> {
  const { kind, operator, properties, construct } = reader;
  const { listingOnlyMs, listPageMs, steps } = BUDGETS.handler.start;
  const began = Date.now();
  const { DatastoreId } = properties;
  const listing = memory.listing ??= { jobs: [], jobsListed: 0, isComplete: false };
  while (!listing.isComplete) {
    if (Date.now() >= began + listingOnlyMs) {
      throw new Error(`${inThousands(listing.jobsListed)} jobs are listed, and there are more`);
    }
    const abortSignal = AbortSignal.timeout(listPageMs);
    const { jobs: page, NextToken } = await kind.api.list(operator.healthlake, { DatastoreId, NextToken: listing.nextToken }, { abortSignal });
    listing.jobs.push(...page.filter((job) => isOfDataSet(reader, job)));
    if (listing.jobsListed < MAX_JOBS / 2 && listing.jobsListed + page.length >= MAX_JOBS / 2) {
      log(`warning: the data store has more than half of the ${kind.noun} jobs that can be listed`, { construct, datastoreId: DatastoreId, maxJobs: MAX_JOBS });
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

/** Returns whether a job belongs to the data set. */
export function isOfDataSet({ kind, properties, fingerprint }: LedgerReader, job: JobDescription): boolean {
  return isJobOf(fingerprint, job.JobName) && kind.countsAsEarlier(job, properties);
}

/** Formats a number with thousands separators. */
function inThousands(count: number): string {
  return count.toLocaleString('en-US');
}

async function entriesOf(reader: LedgerReader, jobs: readonly JobDescription[]): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  const abortSignal = AbortSignal.timeout(BUDGETS.handler.start.steps.judgeEarlierJobsMs);
  for (const job of jobs) {
    const evidence = await evidenceOn(job, reader, abortSignal);
    entries.push(entryOf(job, evidence === 'gone' ? 'succeeded' : reader.kind.judge(evidence, reader.properties).kind));
  }
  return oldestFirst(entries);
}

function verdictByStatus(status: string | undefined): Verdict['kind'] {
  if (!hasEnded(status)) {
    return 'running';
  }
  return isCompleted(status) ? 'succeeded' : 'failed';
}

function entryOf({ JobId, SubmitTime }: JobDescription, verdict: LedgerEntry['verdict']): LedgerEntry {
  return { jobId: JobId!, submittedAt: SubmitTime?.getTime() ?? 0, verdict };
}

function oldestFirst(entries: LedgerEntry[]): LedgerEntry[] {
  return entries.sort((a, b) => a.submittedAt - b.submittedAt || a.jobId.localeCompare(b.jobId));
}

/**
 * Returns the evidence on a listed job. If the list has no progress report for a completed job, describes the job. Returns `gone` if the job no longer exists.
 * A job that is gone counts as succeeded, because a second import could overwrite newer data.
 */
async function evidenceOn(listed: JobDescription, reader: LedgerReader, abortSignal: AbortSignal): Promise<Evidence | 'gone'> {
  const { kind, operator, properties } = reader;
  const job = listed.JobProgressReport || !isCompleted(listed.JobStatus) ? listed : await describe(reader, listed, abortSignal);
  if (!job) {
    return 'gone';
  }
  return kind.dependsOnResults(job.JobStatus, properties)
    ? readResults(kind, job, properties, operator, abortSignal)
    : evidenceOf(kind, job);
}

/** Describes a job. Returns undefined if the job no longer exists. */
async function describe({ kind, operator }: LedgerReader, job: JobDescription, abortSignal: AbortSignal): Promise<JobDescription | undefined> {
  try {
    return await kind.api.describe(operator.healthlake, job, { abortSignal }) ?? job;
  } catch (error) {
    if (isNotFound(error)) {
      return undefined;
    }
    throw error;
  }
}
