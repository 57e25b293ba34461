import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeFHIRDatastoreCommand } from '@aws-sdk/client-healthlake';
import { type DatastoreFacts, decideJob, type JobChange, type JobDecision, wouldStart } from './decision';
import { type LedgerEntry, type LedgerReader, readNewJobs } from './ledger';
import { decideRepeat } from './memory';
import { UNKNOWN } from '../../../src/contract';
import { ask, describeError, isRefusal } from '../../aws/errors';
import type { Operator } from '../../aws/operator';
import type { Direction } from '../../aws/stack';
import { BUDGETS } from '../../budgets';
import { log } from '../../telemetry/log';
import type { StartRequest } from '../kind';
import { judgeBuckets } from '../preflight/decision';
import { inspectBuckets } from '../preflight/inspect';
import type { WaiterMemory } from '../waiter-memory';

const STEPS = BUDGETS.handler.start.steps;

/** Any decision except to start a job. */
export type FinalDecision = Exclude<JobDecision, { kind: 'start' }>;

/** The sources of the facts that differ between a deployment and a run of a schedule. */
export interface Sources {
  readLedger(): Promise<readonly LedgerEntry[]>;
  readDirection(): Promise<Direction>;
}

/** Decides whether to adopt a job of the data set or to start one. Starts nothing. */
export async function decide(reader: LedgerReader, change: JobChange, { readLedger, readDirection }: Sources): Promise<JobDecision> {
  const { operator, properties } = reader;
  const datastore = await ask(() => describeDatastore(operator, properties.DatastoreId, AbortSignal.timeout(STEPS.describeDatastoreMs)));
  const ledger = await ask(readLedger);
  const facts = { datastore, ledger, now: Date.now() };
  const bucketProblem = wouldStart(change, facts) ? await checkBuckets(reader) : undefined;
  const isLikely = 'value' in ledger && wouldStart(change, facts) && bucketProblem === undefined;
  const ledgerAgain = isLikely ? await ask(() => readLedgerAgain(reader, ledger.value, change.requestedAt)) : ledger;
  // CloudFormation can roll back the stack at any time. So DescribeStacks is the last call before a start.
  const direction = await ask(readDirection);
  return decideJob(change, { ...facts, ledger: ledgerAgain, bucketProblem, direction });
}

/** Carries out a decision to start a job. Returns any other decision unchanged. */
export async function carryOut(reader: LedgerReader, change: JobChange, memory: WaiterMemory, decided: JobDecision): Promise<FinalDecision> {
  const { kind, construct, properties, fingerprint } = reader;
  const wanted = decided.kind === 'start' ? kind.requestOf(properties, decided.failedJobIds) : undefined;
  const decision = (wanted && decideRepeat(memory.start, wanted.ClientToken!, Date.now())) ?? decided;
  log(`${kind.noun} job`, { construct, datastoreId: properties.DatastoreId, fingerprint, decision: decision.kind });
  return decision.kind === 'start' ? start(reader, change, memory, wanted!, decision.warning) : decision;
}

/**
 * Pauses for a random time, and then lists the new jobs of the data set. Two invocations can run at the same time, because Lambda can deliver an event twice
 * and the framework can repeat an invocation. The random pauses let the later invocation see the job of the earlier one.
 */
async function readLedgerAgain(reader: LedgerReader, known: readonly LedgerEntry[], requestedAt: number): Promise<readonly LedgerEntry[]> {
  await sleep(Math.random() * STEPS.pauseMs);
  const newJobs = await readNewJobs(reader, requestedAt, AbortSignal.timeout(STEPS.listNewJobsMs));
  return [...known, ...newJobs.filter((job) => !known.some(({ jobId }) => jobId === job.jobId))];
}

/** Inspects the buckets and logs warnings. Returns the problem that prevents the start of a job, or undefined if none is known. */
async function checkBuckets({ kind, construct, operator: { s3 }, properties }: LedgerReader): Promise<string | undefined> {
  const wanted = kind.preflightOf(properties);
  if (!wanted) {
    return undefined;
  }
  const findings = await inspectBuckets(s3, wanted, AbortSignal.timeout(STEPS.inspectBucketsMs));
  const { problem, warnings } = judgeBuckets(findings, { ...wanted, noun: kind.noun, Region: process.env.AWS_REGION! });
  warnings.forEach(({ warning, ...fields }) => log(`warning: ${warning}`, { construct, ...fields }));
  return problem;
}

async function start(reader: LedgerReader, change: JobChange, memory: WaiterMemory, wanted: StartRequest, warning?: string): Promise<FinalDecision> {
  const { kind } = reader;
  if (warning !== undefined) {
    log(`warning: ${warning}`, { construct: reader.construct, datastoreId: wanted.DatastoreId });
  }
  const started = await ask(() => kind.api.start(reader.operator.starter, wanted, { abortSignal: AbortSignal.timeout(STEPS.startJobMs) }));
  const attempt = { clientToken: wanted.ClientToken!, at: Date.now() };
  if ('error' in started) {
    const { error } = started;
    memory.start = isRefusal(error) ? undefined : { ...attempt, lost: describeError(error, change.own) };
    const causes = [warning, kind.likelyCauses(error)].filter((cause) => cause !== undefined).join('; ');
    return { kind: 'retry', error, doing: `start the ${kind.noun} job`, causes };
  }
  const jobId = await oldestOf(started.value, reader, change);
  memory.start = { ...attempt, jobId };
  return { kind: 'adopt', jobId, isNew: true };
}

/**
 * Returns the oldest job that was started for this change and has not failed. If HealthLake lists none, returns the given job. So two invocations
 * that each started a job return the same job.
 */
async function oldestOf(jobId: string, reader: LedgerReader, { requestedAt }: JobChange): Promise<string> {
  const listed = await ask(() => readNewJobs(reader, requestedAt, AbortSignal.timeout(STEPS.listAfterStartMs)));
  const oldest = 'value' in listed ? listed.value.find(({ verdict }) => verdict !== 'failed')?.jobId ?? jobId : jobId;
  if (oldest !== jobId) {
    const { construct, properties: { DatastoreId: datastoreId }, fingerprint } = reader;
    log('warning: two jobs were started at the same moment', { construct, datastoreId, fingerprint, jobId: oldest, secondJobId: jobId });
  }
  return oldest;
}

async function describeDatastore({ healthlake }: Operator, datastoreId: string, abortSignal: AbortSignal): Promise<DatastoreFacts> {
  const { DatastoreProperties: properties } = await healthlake.send(new DescribeFHIRDatastoreCommand({ DatastoreId: datastoreId }), { abortSignal });
  return { status: properties?.DatastoreStatus ?? UNKNOWN, fhirVersion: properties?.DatastoreTypeVersion };
}
