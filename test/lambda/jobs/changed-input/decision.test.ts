import type { JobProgressReport } from '@aws-sdk/client-healthlake';
import { compareInput, newerSince } from '../../../../lambda/jobs/changed-input/decision';
import type { JobDescription } from '../../../../lambda/jobs/healthlake-job';
import type { InputObjects } from '../../../../lambda/jobs/preflight/input-objects';

const SUBMITTED = new Date('2026-01-15T11:00:00Z');
const MEGABYTE = 1e6;
const INPUT: InputObjects = {
  files: 3, emptyFiles: 0, archivedFiles: 0, newerFiles: 0, largestFile: 5 * MEGABYTE, totalSize: 12 * MEGABYTE, others: {}, complete: true,
};
const REPORT: JobProgressReport = { TotalNumberOfScannedFiles: 3, TotalSizeOfScannedFilesInMB: 12, TotalNumberOfFilesReadWithCustomerError: 0 };

const compare = (objects: Partial<InputObjects>, progress: JobProgressReport = {}, job: Partial<JobDescription> = {}) =>
  compareInput({ ...INPUT, ...objects }, { JobStatus: 'COMPLETED', SubmitTime: SUBMITTED, JobProgressReport: { ...REPORT, ...progress }, ...job });

test('an object is newer than the job if it was modified more than 5 seconds after the submission, because the clocks of two services may differ', () => {
  expect(newerSince({ SubmitTime: SUBMITTED })).toBe(SUBMITTED.getTime() + 5_000);
  expect(newerSince({})).toBeUndefined();
});

test.each<[string, Partial<InputObjects>, JobProgressReport, string]>([
  ['objects are newer', { newerFiles: 2 }, {}, '2 of 3 .ndjson objects with content are newer'],
  ['objects are newer and the listing is not complete', { newerFiles: 1, complete: false }, {}, '1 of 3 .ndjson objects with content are newer'],
  ['there are more objects', { files: 5, emptyFiles: 1 }, {}, 'the input has 4 .ndjson objects with content, and the job read 3'],
  ['there are more objects and the listing is not complete', { files: 4, complete: false }, {}, 'the input has 4 .ndjson objects with content, and the job read 3'],
  ['there are more bytes', { totalSize: 14 * MEGABYTE }, {}, 'the .ndjson objects have 14 MB, and the job read 12 MB'],
  ['there are more bytes than a fraction of a megabyte', { totalSize: 3 * MEGABYTE }, { TotalSizeOfScannedFilesInMB: 0.3 }, 'the .ndjson objects have 3 MB, and the job read 0.3 MB'],
])('the input has changed if %s', (_what, objects, progress, difference) => {
  expect(compare(objects, progress)).toEqual({ inputChanged: 'true', difference });
});

test.each<[string, Partial<InputObjects>, JobProgressReport, Partial<JobDescription>]>([
  ['all numbers are equal', {}, {}, {}],
  ['objects were deleted', { files: 1, totalSize: MEGABYTE }, {}, {}],
  ['all objects were deleted', { files: 0, totalSize: 0 }, {}, {}],
  ['an empty object was added', { files: 4, emptyFiles: 1 }, {}, {}],
  ['HealthLake counts empty and other files too', { files: 3, emptyFiles: 2 }, { TotalNumberOfScannedFiles: 9 }, {}],
  ['a megabyte has 2^20 bytes and is rounded down', { totalSize: 13 * 2 ** 20 - 1 }, {}, {}],
  ['a megabyte is rounded up', { totalSize: 11.1 * MEGABYTE }, {}, {}],
  ['the size is rounded down to 0 MB', { totalSize: 0.9 * MEGABYTE }, { TotalSizeOfScannedFilesInMB: 0 }, {}],
  ['the job reports 0 files and 0 MB', {}, { TotalNumberOfScannedFiles: 0, TotalSizeOfScannedFilesInMB: 0 }, {}],
  ['the job has no progress report', {}, {}, { JobProgressReport: undefined }],
  ['the job could not read a file', { files: 4, totalSize: 20 * MEGABYTE }, { TotalNumberOfFilesReadWithCustomerError: 1 }, {}],
  ['the job completed with errors', { files: 4, totalSize: 20 * MEGABYTE }, {}, { JobStatus: 'COMPLETED_WITH_ERRORS' }],
  ['the job still reads its files', { files: 4, totalSize: 20 * MEGABYTE }, { TotalNumberOfScannedFiles: 1 }, { JobStatus: 'IN_PROGRESS' }],
])('the input has not changed if %s', (_what, objects, progress, job) => {
  expect(compare(objects, progress, job)).toEqual({ inputChanged: 'false' });
});

test.each<[string, Partial<InputObjects>, Partial<JobDescription>]>([
  ['the listing is not complete', { complete: false }, {}], ['the job has no submit time', {}, { SubmitTime: undefined }],
])('it is unknown whether the input has changed if %s', (_what, objects, job) => {
  expect(compare(objects, {}, job)).toEqual({ inputChanged: 'UNKNOWN' });
});
