import { megabytes, type ImportTally } from './import-tally';
import type { RejectedLine } from './resource-rules';
import { s3Uri, type S3Location } from './s3-location';
import type { StoredResource } from '../datastores/resource-store';
import type { Job } from '../jobs/job';

/** Returns the manifest's location. HealthLake names it `Manifest.json`, although its developer guide prints `manifest.json`. */
export function manifestObject(job: Job): S3Location {
  return { ...job.output.folder, key: `${job.output.folder.key}Manifest.json` };
}

/** Returns the manifest's text, with the same keys in the same order as real manifests. */
export function manifestOf(job: Job, input: S3Location, tally: ImportTally): string {
  return JSON.stringify({
    inputDataConfig: { s3Uri: s3Uri(input) },
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

/** Returns the location of the SUCCESS or FAILURE results of one input file. */
export function outputObject(job: Job, folder: 'SUCCESS' | 'FAILURE', path: string): S3Location {
  return { ...job.output.folder, key: `${job.output.folder.key}${folder}/${path}` };
}

/** Returns the result of a line that was stored. AWS publishes no sample of a success result, so the emulator gives it the same fields as a failure result. */
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

/** Returns the result of a line that was rejected. */
export function failureLine(lineId: number, rejected: RejectedLine): string {
  const issue = [{ severity: 'error', code: 'processing', diagnostics: rejected.diagnostics }];
  return JSON.stringify({
    lineId,
    resourceId: rejected.id,
    resourceType: rejected.resourceType,
    UpdateResourceResponse: { jsonBlob: { resourceType: 'OperationOutcome', issue }, statusCode: 400 },
  });
}
