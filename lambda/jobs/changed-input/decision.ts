import { type InputChanged, UNKNOWN } from '../../../src/contract';
import { CLOCK_SKEW_MS } from '../../framework/times';
import type { JobDescription } from '../healthlake-job';
import type { InputObjects } from '../preflight/input-objects';

/** The result of comparing the input with the job that read it. */
export interface InputComparison {
  readonly inputChanged: InputChanged;
  /** A sentence part that says how the input differs, with counts only. Undefined if it is not known to differ. */
  readonly difference?: string;
}

/** The members of a job that the comparison reads. */
type ComparedJob = Partial<Pick<JobDescription, 'JobStatus' | 'SubmitTime' | 'JobProgressReport'>>;

const MEGABYTE = 1e6;

/** The largest unit that AWS may mean by "MB", in bytes. */
const LARGEST_MEGABYTE = 2 ** 20;

/** Returns the time after which a modified object counts as newer than the job, in milliseconds since the epoch. The clocks of S3 and HealthLake may differ. */
export function newerSince({ SubmitTime }: ComparedJob): number | undefined {
  return SubmitTime && SubmitTime.getTime() + CLOCK_SKEW_MS;
}

/**
 * Compares the input with the job that read it. A deleted object is no change: its resources stay in the data store, a new job would not remove them, and
 * a lifecycle rule may delete objects that have been imported.
 */
export function compareInput(objects: InputObjects, job: ComparedJob): InputComparison {
  const difference = newerFiles(objects) ?? moreThanScanned(objects, job);
  if (difference !== undefined) {
    return { inputChanged: 'true', difference };
  }
  return { inputChanged: objects.complete && job.SubmitTime ? 'false' : UNKNOWN };
}

function newerFiles({ newerFiles: newer, ...objects }: InputObjects): string | undefined {
  return newer > 0 ? `${newer} of ${withContent(objects)} .ndjson objects with content are newer` : undefined;
}

/**
 * Returns a difference if the input has more files or bytes than the job read. It finds objects with an old modification time, such as replicas, and objects
 * whose multipart upload began before the job.
 *
 * AWS doesn't document which files the progress report counts, or how it rounds megabytes. So the input differs only if it exceeds the report in every possible
 * meaning. A job with errors is not compared, because its report may leave out files that could not be read.
 */
function moreThanScanned(objects: InputObjects, { JobStatus, JobProgressReport = {} }: ComparedJob): string | undefined {
  const {
    TotalNumberOfScannedFiles: files = 0, TotalSizeOfScannedFilesInMB: megabytes = 0, TotalNumberOfFilesReadWithCustomerError: unreadable = 0,
  } = JobProgressReport;
  if (JobStatus !== 'COMPLETED' || unreadable > 0) {
    return undefined;
  }
  if (files > 0 && withContent(objects) > files) {
    return `the input has ${withContent(objects)} .ndjson objects with content, and the job read ${files}`;
  }
  // A report of 0 MB may be rounded or not filled in.
  if (megabytes > 0 && objects.totalSize > (megabytes + 1) * LARGEST_MEGABYTE) {
    return `the .ndjson objects have ${toTenths(objects.totalSize / MEGABYTE)} MB, and the job read ${toTenths(megabytes)} MB`;
  }
  return undefined;
}

/** Returns the number of `.ndjson` objects that have content. */
export function withContent({ files, emptyFiles }: Pick<InputObjects, 'files' | 'emptyFiles'>): number {
  return files - emptyFiles;
}

function toTenths(megabytes: number): number {
  return Math.round(megabytes * 10) / 10;
}
