import { JobStatus } from '@aws-sdk/client-healthlake';
import { COPY, EMPTY, exportJob, OUTCOME } from './harness';
import { EXPORT } from '../../../lambda/export/kind';
import { evidenceOf } from '../../../lambda/jobs/evidence';
import type { Evidence, Verdict } from '../../../lambda/jobs/verdict';
import type { ReportAnswer } from '../../../lambda/report/types';
import type { ExportOutcomeProperties } from '../../../src/contract';

const evidence = (JobStatusOfJob: string | undefined, report?: ReportAnswer, isOwn = true): Evidence =>
  evidenceOf(EXPORT, exportJob({ JobStatus: JobStatusOfJob as JobStatus }), report, isOwn);
const termsOf = (AllowEmpty?: 'true'): ExportOutcomeProperties => ({ ...OUTCOME, AllowEmpty });
const judge = (of: Evidence, AllowEmpty?: 'true') => EXPORT.judge(of, termsOf(AllowEmpty));
const why = (of: Evidence, AllowEmpty?: 'true') => EXPORT.whyWithoutResults(of, termsOf(AllowEmpty));

const UNREADABLE: ReportAnswer = { kind: 'unreadable', why: 'AccessDenied' };
const PART: ReportAnswer = { ...COPY, complete: false, problem: 'not all objects could be listed: SlowDown' };
const PART_WITHOUT_FILES: ReportAnswer = { ...PART, files: 0, bytes: 0 };
/** An import report, which an earlier version of the report function returns. */
const OF_IMPORT: ReportAnswer = { kind: 'no-manifest', why: 'the results have no manifest' };

describe('the verdict, without and with AllowEmpty,', () => {
  const running: Verdict['kind'][] = ['running', 'running'];
  const succeeded: Verdict['kind'][] = ['succeeded', 'succeeded'];
  const failed: Verdict['kind'][] = ['failed', 'failed'];
  /** The verdicts on a job with files, without files, and with an unknown number of files. */
  const TABLE: Record<JobStatus, Verdict['kind'][][]> = {
    SUBMITTED: [running, running, running],
    QUEUED: [running, running, running],
    IN_PROGRESS: [running, running, running],
    CANCEL_SUBMITTED: [running, running, running],
    CANCEL_IN_PROGRESS: [running, running, running],
    COMPLETED: [succeeded, ['failed', 'succeeded'], succeeded],
    COMPLETED_WITH_ERRORS: [failed, failed, failed],
    FAILED: [failed, failed, failed],
    CANCEL_COMPLETED: [failed, failed, failed],
    CANCEL_FAILED: [failed, failed, failed],
  };
  const REPORTS: [string, ReportAnswer | undefined, number][] = [
    ['with files', COPY, 0],
    ['with files that were not counted', { ...COPY, resources: undefined }, 0],
    ['without files', EMPTY, 1],
    ['with a report that failed', UNREADABLE, 2],
    ['with a part of the files', PART, 2],
    ['with a listing that failed before the first file', PART_WITHOUT_FILES, 2],
    ['with the report of an import', OF_IMPORT, 2],
    ['without a report', undefined, 2],
  ];

  test('is tested for all job statuses of the SDK', () => {
    expect(Object.values(JobStatus).sort()).toEqual(Object.keys(TABLE).sort());
  });

  describe.each(REPORTS)('%s', (_what, report, column) => {
    test.each(Object.entries(TABLE))('for the job status %s', (status, verdicts) => {
      expect([judge(evidence(status, report)).kind, judge(evidence(status, report), 'true').kind]).toEqual(verdicts[column]);
    });
  });

  test.each(['PAUSED', '', undefined])('for the unknown job status %j is "running"', (status) => {
    expect(judge(evidence(status, EMPTY)).kind).toBe('running');
  });
});

test.each([
  ['FAILED', 'the job ended with FAILED', 'job'],
  ['CANCEL_COMPLETED', 'the job ended with CANCEL_COMPLETED', 'job'],
  ['COMPLETED_WITH_ERRORS', 'the job ended with COMPLETED_WITH_ERRORS', 'errors'],
  ['COMPLETED', 'the job completed and exported no files', 'empty'],
])('a job with the status %s and no files fails with its reason and its advice', (status, reason, advice) => {
  expect(judge(evidence(status, EMPTY))).toMatchObject({ kind: 'failed', why: reason, advice });
  expect(EXPORT.advice).toHaveProperty(advice);
});

test.each([
  ['all files', COPY, { files: 3, bytes: 6000, resources: 40 }],
  ['files that were not counted', { ...COPY, resources: undefined }, { files: 3, bytes: 6000 }],
  ['a part of the files', PART, {}],
  ['no report', undefined, {}],
  ['the report of an import', OF_IMPORT, {}],
])('countsOf returns the counts of a report on %s', (_what, report, counts) => {
  expect(EXPORT.countsOf(exportJob(), report)).toEqual(counts);
});

test.each<[string, ReportAnswer | undefined, string | undefined]>([
  ['lists all files', { ...COPY, problem: 'the report could not be written' }, undefined],
  ['lists a part of the files', PART, 'not all objects could be listed: SlowDown'],
  ['fails', UNREADABLE, 'AccessDenied'],
  ['answers as for an import', OF_IMPORT, 'the report function does not say how many files there are'],
  ['answers nothing', undefined, 'the report function does not say how many files there are'],
])('whyWithoutResults says why the number of files is not known if the report function %s', (_what, report, expected) => {
  expect(why(evidence('COMPLETED', report))).toBe(expected);
});

test('whyWithoutResults says that files elsewhere may not be read', () => {
  expect(why(evidence('COMPLETED', undefined, false))).toBe('its files are outside the output location that this export may read');
});

test('whyWithoutResults returns nothing if the verdict doesn\'t depend on the files', () => {
  expect([why(evidence('COMPLETED', UNREADABLE), 'true'), why(evidence('FAILED', UNREADABLE)), why(evidence('IN_PROGRESS'))]).toEqual([undefined, undefined, undefined]);
});
