import { DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob, ListFHIRImportJobsCommand, paginateListFHIRImportJobs } from '@aws-sdk/client-healthlake';
import { INVOCATION_MS, LISTING_INVOCATION_MS, PAGE_CALL_MS } from './budgets';
import type { WaiterMemory } from './memory';
import type { ImportJobProperties } from '../../../src/contract';
import { isNotFound, kindOf } from '../../aws/errors';
import type { Operator } from '../../aws/operator';
import { CLOCK_SKEW } from '../../framework/framework';
import { log } from '../../telemetry/log';
import { evidenceOf } from '../evidence';
import { isJobOf } from '../fingerprint';
import { dependsOnResults, type Evidence, judge, type Verdict } from '../verdict';

/** The maximum of ListFHIRImportJobs. */
const PAGE_SIZE = 500;

/** The supported number of jobs in a data store: one invocation can list them at 10 pages a second, the quota of an account. */
const MAX_JOBS = 1_000_000;

/** A job of the data set. */
export interface LedgerEntry {
  readonly jobId: string;
  readonly submittedAt: number;
  readonly verdict: Verdict['kind'];
}

/** The import whose ledger is read, and the operator that reads it. */
export interface LedgerReader {
  readonly construct: string;
  readonly operator: Operator;
  readonly properties: ImportJobProperties;
  readonly fingerprint: string;
}

/** The jobs of a data set in a data store, oldest first: HealthLake's own list is the only memory that survives the stack. */
export async function readLedger(reader: LedgerReader, memory: WaiterMemory): Promise<LedgerEntry[]> {
  return entriesOf(reader, await listJobs(reader, memory));
}

/**
 * The jobs of the data set that were submitted since the event was sent, oldest first. This change started them, or another one at the same time.
 * `Outcome` judges them, so their results are not read here.
 */
export async function readNewJobs(reader: LedgerReader, requestedAt: number, abortSignal: AbortSignal): Promise<LedgerEntry[]> {
  const { operator: { healthlake: client }, properties, fingerprint } = reader;
  const since = requestedAt - CLOCK_SKEW;
  const query = { DatastoreId: properties.DatastoreId, SubmittedAfter: new Date(since) };
  const entries: LedgerEntry[] = [];
  for await (const { ImportJobPropertiesList: page = [] } of paginateListFHIRImportJobs({ client, pageSize: PAGE_SIZE }, query, { abortSignal })) {
    const jobs = page.filter(({ JobName }) => isJobOf(fingerprint, JobName));
    entries.push(...jobs.map((job) => entryOf(job, judge({ job, isOwn: true }, { Kind: 'ANY' }).kind)));
  }
  return oldestFirst(entries).filter(({ submittedAt }) => submittedAt >= since); // in case the API ignores the filter
}

/** Continues where an earlier invocation stopped. If HealthLake no longer accepts that position, the listing begins anew. */
async function listJobs(reader: LedgerReader, memory: WaiterMemory): Promise<ImportJob[]> {
  const isResumed = memory.listing !== undefined;
  try {
    return await goOnListing(reader, memory);
  } catch (error) {
    if (!isResumed || kindOf(error) === 'transient') {
      throw error;
    }
    memory.listing = undefined;
    return goOnListing(reader, memory);
  }
}

/** @throws when the time is up; the next invocation continues the listing */
async function goOnListing({ operator, properties, fingerprint, construct }: LedgerReader, memory: WaiterMemory): Promise<ImportJob[]> {
  const began = Date.now();
  const { DatastoreId } = properties;
  const listing = memory.listing ??= { jobs: [], jobsListed: 0, isComplete: false };
  while (!listing.isComplete) {
    if (Date.now() >= began + LISTING_INVOCATION_MS) {
      throw new Error(`${inThousands(listing.jobsListed)} jobs are listed, and there are more`);
    }
    const command = new ListFHIRImportJobsCommand({ DatastoreId, MaxResults: PAGE_SIZE, NextToken: listing.nextToken });
    const abortSignal = AbortSignal.timeout(PAGE_CALL_MS);
    const { ImportJobPropertiesList: page = [], NextToken } = await operator.healthlake.send(command, { abortSignal });
    listing.jobs.push(...page.filter(({ JobName }) => isJobOf(fingerprint, JobName)));
    if (listing.jobsListed < MAX_JOBS / 2 && listing.jobsListed + page.length >= MAX_JOBS / 2) {
      log('warning: the data store has half as many import jobs as can be listed', { construct, datastoreId: DatastoreId, maxJobs: MAX_JOBS });
    }
    listing.jobsListed += page.length;
    listing.nextToken = NextToken;
    listing.isComplete = NextToken === undefined;
  }
  if (Date.now() >= began + INVOCATION_MS.listing) {
    throw new Error(`all ${inThousands(listing.jobsListed)} jobs are listed, which took the time of one attempt`);
  }
  memory.listing = undefined; // the next attempt has to see jobs that are submitted from now on
  return listing.jobs;
}

/** Formats a number with separators for thousands. */
function inThousands(count: number): string {
  return count.toLocaleString('en-US');
}

async function entriesOf({ operator, properties }: LedgerReader, jobs: readonly ImportJob[]): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  const abortSignal = AbortSignal.timeout(INVOCATION_MS.judging);
  for (const job of jobs) {
    const evidence = await evidenceOn(job, operator, properties, abortSignal);
    entries.push(entryOf(job, evidence === 'gone' ? 'succeeded' : judge(evidence, properties.ErrorTolerance).kind));
  }
  return oldestFirst(entries);
}

function entryOf({ JobId, SubmitTime }: ImportJob, verdict: LedgerEntry['verdict']): LedgerEntry {
  return { jobId: JobId!, submittedAt: SubmitTime?.getTime() ?? 0, verdict };
}

function oldestFirst(entries: LedgerEntry[]): LedgerEntry[] {
  return entries.sort((a, b) => a.submittedAt - b.submittedAt || a.jobId.localeCompare(b.jobId));
}

/**
 * Describes a completed job if the list lacks its progress report, without which it can't be judged. The SDK declares that report in the list, the API
 * reference doesn't. A job that is gone counts as succeeded: its number of errors is lost, and an import over newer data would be worse.
 */
async function evidenceOn(listed: ImportJob, operator: Operator, properties: ImportJobProperties, abortSignal: AbortSignal): Promise<Evidence | 'gone'> {
  const job = listed.JobProgressReport || !listed.JobStatus?.startsWith('COMPLETED') ? listed : await describe(operator, listed, abortSignal);
  if (!job) {
    return 'gone';
  }
  return dependsOnResults(job.JobStatus, properties.ErrorTolerance)
    ? evidenceOf(job, properties, operator, abortSignal)
    : { job, isOwn: true };
}

/** Undefined if the job is gone. */
async function describe({ healthlake }: Operator, job: ImportJob, abortSignal: AbortSignal): Promise<ImportJob | undefined> {
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
