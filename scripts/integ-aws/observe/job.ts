import type { ImportJobProperties, JobProgressReport } from '@aws-sdk/client-healthlake';
import { LINE } from '../lines';
import type { Sightings } from '../observations';

/** The statuses of the API reference. */
const STATUSES = [
  'SUBMITTED', 'QUEUED', 'IN_PROGRESS', 'COMPLETED_WITH_ERRORS', 'COMPLETED', 'FAILED',
  'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS', 'CANCEL_COMPLETED', 'CANCEL_FAILED',
];

const NEEDED_COUNTS = ['TotalNumberOfResourcesScanned', 'TotalNumberOfResourcesImported', 'TotalNumberOfResourcesWithCustomerError'] as const;

const PROBE = '.healthlake_write_access_check_file.temp';

/** One line about a job. */
export function summaryOf({ JobId: id, JobStatus: status, JobProgressReport: report = {}, Message: message }: ImportJobProperties): string {
  return `job ${id}: ${status}, ${countsOf(report)}${message ? `; HealthLake says: ${message}` : ''}`;
}

/** How many resources did not get in, as far as the report says. */
export function failedOf({ JobProgressReport: report = {} }: ImportJobProperties): number {
  const missing = (report.TotalNumberOfResourcesScanned ?? 0) - (report.TotalNumberOfResourcesImported ?? 0);
  return Math.max(missing, report.TotalNumberOfResourcesWithCustomerError ?? 0);
}

/** What a job that completed shows by its report and by the keys in its output folder. */
export function noteCompleted(sightings: Sightings, job: ImportJobProperties, keys: readonly string[]): void {
  const { JobStatus: status, JobProgressReport: report = {} } = job;
  const lacking = NEEDED_COUNTS.filter((name) => report[name] === undefined);
  sightings.note(LINE.reportComplete, lacking.length === 0, lacking.length === 0 ? countsOf(report) : `${status} without ${lacking.join(', ')}`);
  if (status === 'COMPLETED') {
    sightings.note(LINE.completedMeansAll, failedOf(job) === 0, `COMPLETED with ${countsOf(report)}`);
  }
  const manifests = keys.filter((key) => /manifest/i.test(key));
  sightings.note(LINE.manifestName, manifests.includes('Manifest.json'), manifests.join(', ') || 'no manifest');
  const failures = keys.filter((key) => key.startsWith('FAILURE/'));
  sightings.note(LINE.failureFolder, (failures.length > 0) === (failedOf(job) > 0), `${failedOf(job)} failed, under FAILURE/: ${failures.length} objects`);
}

/** What Describe says of where the results are. */
export function noteOutput(sightings: Sightings, job: ImportJobProperties, keysAbove: readonly string[]): void {
  const uri = outputOf(job);
  sightings.note(LINE.outputLocation, uri.endsWith(`/${job.DatastoreId}-FHIR_IMPORT-${job.JobId}/`), uri);
  sightings.note(LINE.jobFolder, job.JobId?.length === 32, `${job.JobId?.length} characters`);
  sightings.note(LINE.probeObject, keysAbove.includes(PROBE), keysAbove.filter((key) => !key.includes('/')).join(', ') || 'no such object');
}

/** Where Describe says that a job's results are. */
export function outputOf({ JobId: id, JobOutputDataConfig: output }: ImportJobProperties): string {
  const uri = output?.S3Configuration?.S3Uri;
  if (!uri) {
    throw new Error(`HealthLake gives no output location for the job ${id}`);
  }
  return uri;
}

/** The sample under the default validation. */
export function noteSample(sightings: Sightings, job: ImportJobProperties, lines: number): void {
  const imported = job.JobProgressReport?.TotalNumberOfResourcesImported;
  const completed = job.JobStatus?.startsWith('COMPLETED') ?? false;
  sightings.note(LINE.bucketDefaults, completed, summaryOf(job));
  sightings.note(LINE.strictSample, job.JobStatus === 'COMPLETED' && imported === lines, `${lines} lines; ${summaryOf(job)}`);
  sightings.note(LINE.provenance, job.JobProgressReport?.TotalNumberOfResourcesScanned === lines, `${lines} lines; ${summaryOf(job)}`);
  const seconds = Math.round(((job.EndTime?.getTime() ?? NaN) - job.SubmitTime!.getTime()) / 1000);
  sightings.note(LINE.importTime, seconds <= 10 * 60, `${seconds} s from SubmitTime to EndTime`);
}

/** The statuses that jobs went through. */
export function noteStatuses(sightings: Sightings, sequences: readonly string[][]): void {
  const unknown = sequences.flat().filter((status) => !STATUSES.includes(status));
  const seen = [...new Set(sequences.map((sequence) => sequence.join(' > ')))];
  sightings.note(LINE.statuses, unknown.length === 0, seen.join('; '));
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
