import { megabytes, type ImportTally } from './import-tally';
import type { RejectedLine } from './resource-rules';
import { s3Uri, type S3Location } from './s3-location';
import type { StoredResource } from '../datastores/resource-store';
import type { ImportJob } from '../jobs/job';

/** HealthLake writes it with a capital M, whatever its developer guide prints. */
export function manifestObject(job: ImportJob): S3Location {
  return { ...job.output.folder, key: `${job.output.folder.key}Manifest.json` };
}

/** The manifest's text; its keys and their order are those of real manifests. */
export function manifestOf(job: ImportJob, tally: ImportTally): string {
  return JSON.stringify({
    inputDataConfig: { s3Uri: s3Uri(job.input) },
    outputDataConfig: { s3Uri: s3Uri(job.output.folder), encryptionKeyID: job.output.kmsKeyId },
    successOutput: { successOutputS3Uri: s3Uri(outputObject(job, 'SUCCESS', '')) },
    failureOutput: { failureOutputS3Uri: s3Uri(outputObject(job, 'FAILURE', '')) },
    numberOfScannedFiles: tally.filesScanned,
    numberOfFilesImported: tally.filesRead,
    numberOfFilesReadWithSuccess: tally.filesRead,
    numberOfFilesReadWithCustomerError: tally.filesUnreadable,
    numberOfFilesReadWithServerError: 0,
    sizeOfScannedFilesInMB: megabytes(tally.bytesScanned),
    sizeOfDataImportedSuccessfullyInMB: megabytes(tally.bytesImported),
    numberOfResourcesScanned: tally.resourcesScanned,
    numberOfResourcesImportedSuccessfully: tally.resourcesImported,
    numberOfResourcesWithCustomerError: tally.resourcesRejected,
    numberOfResourcesWithServerError: 0,
  });
}

/** Where the outcome of the lines of one input file goes. */
export function outputObject(job: ImportJob, folder: 'SUCCESS' | 'FAILURE', path: string): S3Location {
  return { ...job.output.folder, key: `${job.output.folder.key}${folder}/${path}` };
}

/** The answer of the update that stored a line. No sample of a real one is published: the shape is that of failures. */
export function successLine(lineId: number, stored: StoredResource): string {
  const { resourceType, id, versionId, lastUpdated } = stored;
  const meta = { versionId: String(versionId), lastUpdated: new Date(lastUpdated).toISOString() };
  return JSON.stringify({
    lineId,
    resourceId: id,
    resourceType,
    UpdateResourceResponse: { jsonBlob: { resourceType, id, meta }, statusCode: versionId === 1 ? 201 : 200 },
  });
}

/** The answer of the update that refused a line. */
export function failureLine(lineId: number, rejected: RejectedLine): string {
  const issue = [{ severity: 'error', code: 'processing', diagnostics: rejected.diagnostics }];
  return JSON.stringify({
    lineId,
    resourceId: rejected.id,
    resourceType: rejected.resourceType,
    UpdateResourceResponse: { jsonBlob: { resourceType: 'OperationOutcome', issue }, statusCode: 400 },
  });
}
