import type { S3Client } from '@aws-sdk/client-s3';
import { answerOf, readReport } from './document/answer';
import { documentOf, type ReportDocument } from './document/document';
import { type ManifestReading, readManifest } from './read/manifest';
import { readFiles } from './read/read-files';
import { FAILURES_FOLDER, listNames, MANIFEST_NAMES, REPORT_NAME, SEARCH_VALIDATION_FOLDER } from './read/results';
import { Tally } from './read/tally';
import { type Encryption, readText, type ResultsLocation } from './shared/objects';
import { readExisting, writeReport } from './shared/report-object';
import type { TimeBudget } from './shared/time-budget';
import type { NoReport, Report, ReportRequest } from './types';
import { ownNamesOfReport } from '../service-text/own-names';

const MAX_MANIFEST_BYTES = 1024 * 1024;

/** Writes the failure report of an import, and returns the part of it that has no patient data. */
export async function reportOnImport(s3: S3Client, results: ResultsLocation, request: ReportRequest, time: TimeBudget): Promise<Report | NoReport> {
  const location = `${request.OutputLocation}${REPORT_NAME}`;
  const names = await listNames(s3, results, time.listing);
  const existing = names.has(REPORT_NAME)
    ? await readExisting(s3, results, REPORT_NAME, (json) => readReport(json, request), time.listing)
    : undefined;
  if (existing) {
    return answerOf(existing, location);
  }
  const { manifest, encryption } = await readManifestOf(s3, results, names, time.listing);
  if ('problem' in manifest && !names.has(FAILURES_FOLDER) && !names.has(SEARCH_VALIDATION_FOLDER)) {
    return { kind: 'no-manifest', why: manifest.problem };
  }
  const document = await readAll(s3, results, request, manifest, time);
  const problem = await writeReport(s3, results, REPORT_NAME, document, encryption, ownNamesOfReport(request));
  return problem === undefined
    ? answerOf(document, location)
    : { ...answerOf(document, undefined), problem: document.complete ? problem : `${document.incomplete}; ${problem}` };
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
