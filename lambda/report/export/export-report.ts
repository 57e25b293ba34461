import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { countResources } from './count';
import { answerOf, documentOf, readExport } from './document';
import { Inventory } from './inventory';
import { describeError } from '../../aws/errors';
import { ownNamesOfReport } from '../../service-text/own-names';
import { type Encryption, listObjects, type ResultsLocation } from '../shared/objects';
import { readExisting, writeReport } from '../shared/report-object';
import type { TimeBudget } from '../shared/time-budget';
import type { ExportReport, ExportReportRequest } from '../types';

const EXPORT_NAME = 'export.json';

/** Writes the report on an export beside the exported files, and returns its sums. */
export async function reportOnExport(s3: S3Client, results: ResultsLocation, request: ExportReportRequest, time: TimeBudget): Promise<ExportReport> {
  const location = `${request.OutputLocation}${EXPORT_NAME}`;
  const existing = await hasReport(s3, results, time.listing)
    ? await readExisting(s3, results, EXPORT_NAME, (json) => readExport(json, request), time.listing)
    : undefined;
  if (existing) {
    return answerOf(existing, location);
  }
  const own = ownNamesOfReport(request);
  const inventory = new Inventory();
  const listProblem = await list(s3, results, inventory, own, time.listing);
  const count = listProblem === undefined && inventory.toCount
    ? await countResources(s3, results.bucket, inventory.toCount, time.reading)
    : undefined;
  const document = documentOf(request, { inventory, listProblem, count });
  const encryption = await encryptionOf(s3, results.bucket, inventory.firstKey, time.listing);
  const writeProblem = await writeReport(s3, results, EXPORT_NAME, document, encryption, own);
  return writeProblem === undefined
    ? answerOf(document, location)
    : answerOf({ ...document, problem: document.problem === undefined ? writeProblem : `${document.problem}; ${writeProblem}` }, undefined);
}

/** Returns whether there is a report. Throws if the objects can't be listed. */
async function hasReport(s3: S3Client, results: ResultsLocation, abortSignal: AbortSignal): Promise<boolean> {
  for await (const { key } of listObjects(s3, results, EXPORT_NAME, abortSignal)) {
    if (key === results.prefix + EXPORT_NAME) {
      return true;
    }
  }
  return false;
}

/** Adds the exported files to the inventory. Returns the reason if not all objects could be listed. */
async function list(s3: S3Client, results: ResultsLocation, inventory: Inventory, own: readonly string[], abortSignal: AbortSignal):
Promise<string | undefined> {
  try {
    for await (const object of listObjects(s3, results, '', abortSignal)) {
      inventory.add(object, object.key.slice(results.prefix.length));
    }
    return undefined;
  } catch (error) {
    return abortSignal.aborted ? 'the time was up before all objects were listed' : `not all objects could be listed: ${describeError(error, own)}`;
  }
}

/** Returns the encryption of an exported file. If it is unknown, returns no settings, and S3 encrypts the report with the default of the bucket. */
async function encryptionOf(s3: S3Client, bucket: string, key: string | undefined, abortSignal: AbortSignal): Promise<Encryption> {
  if (key === undefined) {
    return {};
  }
  try {
    const { ServerSideEncryption, SSEKMSKeyId } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
    return { ServerSideEncryption, SSEKMSKeyId };
  } catch {
    return {};
  }
}
