import { setMaxListeners } from 'node:events';
import type { S3Client } from '@aws-sdk/client-s3';
import { answerOf, readReport } from './document/answer';
import { documentOf, type ReportDocument } from './document/document';
import { type ManifestReading, readManifest } from './read/manifest';
import { readFiles, type TimeBudget } from './read/read-files';
import {
  type Encryption, FAILURES_FOLDER, listNames, MANIFEST_NAMES, parseResultsLocation, readText, REPORT_NAME, type ResultsLocation, s3Of,
  SEARCH_VALIDATION_FOLDER, writeReport,
} from './read/results';
import { Tally } from './read/tally';
import type { Report, ReportAnswer, ReportRequest } from './types';
import { describeError } from '../aws/errors';
import { BUDGETS } from '../budgets';
import { ownNamesOfReport } from '../service-text/own-names';
import { log } from '../telemetry/log';

/** The part of the Lambda invocation context that the handler uses. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

const { afterReadingMs: AFTER_READING_MS, afterListingMs: AFTER_LISTING_MS } = BUDGETS.report;

const MAX_MANIFEST_BYTES = 1024 * 1024;
const MAX_REPORT_BYTES = 16 * 1024 * 1024;

/** Writes the failure report of a job that has ended, and returns the part of it that has no patient data. */
export async function handler(request: ReportRequest, context: InvocationContext): Promise<ReportAnswer> {
  const startedAt = Date.now();
  let answer: ReportAnswer;
  try {
    answer = await report(request, context);
  } catch (error) {
    answer = { kind: 'unreadable', why: describeError(error, ownNamesOfReport(request)) };
  }
  logAnswer(request, answer, Date.now() - startedAt);
  return answer;
}

async function report(request: ReportRequest, context: InvocationContext): Promise<ReportAnswer> {
  const time = budgetOf(context.getRemainingTimeInMillis());
  const results = parseResultsLocation(request.OutputLocation);
  if (!results) {
    return { kind: 'unreadable', why: 'the output location is not a folder in S3' };
  }
  const s3 = s3Of(request.ReportRoleArn);
  const location = `${request.OutputLocation}${REPORT_NAME}`;
  const names = await listNames(s3, results, time.listing);
  const existing = names.has(REPORT_NAME) ? await readExisting(s3, results, request, time.listing) : undefined;
  if (existing) {
    return answerOf(existing, location);
  }
  const { manifest, encryption } = await readManifestOf(s3, results, names, time.listing);
  if ('problem' in manifest && !names.has(FAILURES_FOLDER) && !names.has(SEARCH_VALIDATION_FOLDER)) {
    return { kind: 'no-manifest', why: manifest.problem };
  }
  const document = await readAll(s3, results, request, manifest, time);
  try {
    await writeReport(s3, results, JSON.stringify(document), encryption, AbortSignal.timeout(AFTER_LISTING_MS));
  } catch (error) {
    const problem = `the report could not be written: ${describeError(error, ownNamesOfReport(request))}`;
    return { ...answerOf(document, undefined), problem: document.complete ? problem : `${document.incomplete}; ${problem}` };
  }
  return answerOf(document, location);
}

/**
 * Reads the `report.json` that an earlier invocation wrote. Returns undefined if the file can't be read or is not valid, so that the caller creates a new
 * report.
 */
async function readExisting(s3: S3Client, { bucket, prefix }: ResultsLocation, request: ReportRequest, abortSignal: AbortSignal):
Promise<ReportDocument | undefined> {
  try {
    const { text } = await readText(s3, bucket, prefix + REPORT_NAME, MAX_REPORT_BYTES, abortSignal);
    return readReport(text, request);
  } catch {
    return undefined;
  }
}

async function readManifestOf(s3: S3Client, { bucket, prefix }: ResultsLocation, names: ReadonlySet<string>, abortSignal: AbortSignal):
Promise<{ readonly manifest: ManifestReading; readonly encryption: Encryption }> {
  const name = MANIFEST_NAMES.find((candidate) => names.has(candidate));
  if (name === undefined) {
    return { manifest: { problem: 'there is no manifest' }, encryption: {} };
  }
  const { text, encryption } = await readText(s3, bucket, prefix + name, MAX_MANIFEST_BYTES, abortSignal);
  return { manifest: readManifest(text), encryption };
}

async function readAll(s3: S3Client, results: ResultsLocation, request: ReportRequest, manifest: ManifestReading, time: TimeBudget):
Promise<ReportDocument> {
  const failures = new Tally();
  const searchValidation = new Tally();
  const folders = [{ name: FAILURES_FOLDER, tally: failures }, { name: SEARCH_VALIDATION_FOLDER, tally: searchValidation }];
  const reading = await readFiles(s3, results, folders, time);
  return documentOf(request, results, { manifest, failures, searchValidation, reading });
}

/** Returns the signals that end the reading and the listing of results files. At least half of the remaining time is for reading. */
function budgetOf(remainingMs: number): TimeBudget {
  const readingMs = Math.max(remainingMs / 2, remainingMs - AFTER_READING_MS);
  const listingMs = Math.max(remainingMs * 3 / 4, remainingMs - AFTER_LISTING_MS);
  const budget = { reading: AbortSignal.timeout(Math.floor(readingMs)), listing: AbortSignal.timeout(Math.floor(listingMs)) };
  setMaxListeners(100, budget.reading, budget.listing); // each S3 call in progress adds a listener, and Node.js warns of more than 10 listeners
  return budget;
}

function logAnswer({ DatastoreId: datastoreId, JobId: jobId }: ReportRequest, answer: ReportAnswer, milliseconds: number): void {
  const { filesRead, filesTotal, failures, searchValidationFailures }: Partial<Report> = answer.kind === 'report' ? answer : {};
  const why = answer.kind === 'report' ? answer.problem : answer.why;
  log('import report', { datastoreId, jobId, kind: answer.kind, filesRead, filesTotal, failures, searchValidationFailures, why, milliseconds });
}
