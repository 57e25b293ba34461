import type { ImportJobProperties, JobProgressReport } from '@aws-sdk/client-healthlake';
import type { Sample } from '../aws/objects';
import { LINE } from '../lines';
import type { Observations } from '../observations';

/** The job statuses that the API reference lists. */
const STATUSES = [
  'SUBMITTED', 'QUEUED', 'IN_PROGRESS', 'COMPLETED_WITH_ERRORS', 'COMPLETED', 'FAILED',
  'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS', 'CANCEL_COMPLETED', 'CANCEL_FAILED',
];

const NEEDED_COUNTS = ['TotalNumberOfResourcesScanned', 'TotalNumberOfResourcesImported', 'TotalNumberOfResourcesWithCustomerError'] as const;

const PROBE = '.healthlake_write_access_check_file.temp';

/** Returns a one-line summary of a job. */
export function summaryOf({ JobId: id, JobStatus: status, JobProgressReport: report = {}, Message: message }: ImportJobProperties): string {
  return `job ${id}: ${status}, ${countsOf(report)}${message ? `; HealthLake says: ${message}` : ''}`;
}

/** Returns the number of resources that were not imported, according to the progress report. */
export function failedOf({ JobProgressReport: report = {} }: ImportJobProperties): number {
  const missing = (report.TotalNumberOfResourcesScanned ?? 0) - (report.TotalNumberOfResourcesImported ?? 0);
  return Math.max(missing, report.TotalNumberOfResourcesWithCustomerError ?? 0);
}

/** Records observations of a completed job's progress report and output. */
export function noteCompleted(observations: Observations, job: ImportJobProperties, keys: readonly string[]): void {
  const { JobStatus: status, JobProgressReport: report = {} } = job;
  const lacking = NEEDED_COUNTS.filter((name) => report[name] === undefined);
  observations.note(LINE.reportComplete, lacking.length === 0, lacking.length === 0 ? countsOf(report) : `${status} without ${lacking.join(', ')}`);
  if (status === 'COMPLETED') {
    observations.note(LINE.completedMeansAll, failedOf(job) === 0, `COMPLETED with ${countsOf(report)}`);
  }
  const manifests = keys.filter((key) => /manifest/i.test(key));
  observations.note(LINE.manifestName, manifests.includes('Manifest.json'), manifests.join(', ') || 'no manifest');
  const failures = keys.filter((key) => key.startsWith('FAILURE/'));
  observations.note(LINE.failureFolder, (failures.length > 0) === (failedOf(job) > 0), `failed resources: ${failedOf(job)}, objects in FAILURE/: ${failures.length}`);
}

/** Records observations of the output location that Describe returns. */
export function noteOutput(observations: Observations, job: ImportJobProperties, keysAbove: readonly string[]): void {
  const uri = outputOf(job);
  observations.note(LINE.outputLocation, uri.endsWith(`/${job.DatastoreId}-FHIR_IMPORT-${job.JobId}/`), uri);
  observations.note(LINE.jobFolder, job.JobId?.length === 32, `${job.JobId?.length} characters`);
  observations.note(LINE.probeObject, keysAbove.includes(PROBE), keysAbove.filter((key) => !key.includes('/')).join(', ') || 'no such object');
}

/** Returns the output location of a described job. */
export function outputOf({ JobId: id, JobOutputDataConfig: output }: ImportJobProperties): string {
  const uri = output?.S3Configuration?.S3Uri;
  if (!uri) {
    throw new Error(`DescribeFHIRImportJob returned no output location for the job ${id}`);
  }
  return uri;
}

/** Records observations of the job that imported the sample. */
export function noteSample(observations: Observations, job: ImportJobProperties, { files, lines, bytes }: Sample): void {
  const { TotalNumberOfResourcesImported: imported, TotalNumberOfScannedFiles, TotalSizeOfScannedFilesInMB } = job.JobProgressReport ?? {};
  const completed = job.JobStatus?.startsWith('COMPLETED') ?? false;
  observations.note(LINE.bucketDefaults, completed, summaryOf(job));
  observations.note(LINE.strictSample, job.JobStatus === 'COMPLETED' && imported === lines, `${lines} lines; ${summaryOf(job)}`);
  observations.note(LINE.provenance, job.JobProgressReport?.TotalNumberOfResourcesScanned === lines, `${lines} lines; ${summaryOf(job)}`);
  observations.note(LINE.scannedFiles, TotalNumberOfScannedFiles === files, `${files} files uploaded, ${TotalNumberOfScannedFiles} scanned`);
  const megabytes = bytes / 1e6;
  observations.note(LINE.scannedSize, Math.abs((TotalSizeOfScannedFilesInMB ?? NaN) - megabytes) <= 1,
    `${megabytes} MB uploaded, ${TotalSizeOfScannedFilesInMB} MB scanned`);
  const seconds = Math.round(((job.EndTime?.getTime() ?? NaN) - job.SubmitTime!.getTime()) / 1000);
  observations.note(LINE.importTime, seconds <= 10 * 60, `${seconds} s from SubmitTime to EndTime`);
}

/** Records the statuses that each job went through. */
export function noteStatuses(observations: Observations, sequences: readonly string[][]): void {
  const unknown = sequences.flat().filter((status) => !STATUSES.includes(status));
  const seen = [...new Set(sequences.map((sequence) => sequence.join(' > ')))];
  observations.note(LINE.statuses, unknown.length === 0, seen.join('; '));
}

function countsOf(report: JobProgressReport): string {
  const counts = [
    ['files', report.TotalNumberOfScannedFiles],
    ['unreadable', report.TotalNumberOfFilesReadWithCustomerError],
    ['scanned', report.TotalNumberOfResourcesScanned],
    ['imported', report.TotalNumberOfResourcesImported],
    ['failed', report.TotalNumberOfResourcesWithCustomerError],
  ];
  return counts.map(([name, count]) => `${name} ${count ?? 'not given'}`).join(', ');
}
