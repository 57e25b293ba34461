import { type ImportJobProperties as ImportJob, type JobProgressReport as Report, JobStatus } from '@aws-sdk/client-healthlake';
import { IMPORT } from '../../../lambda/import/kind';
import { judge as judgeEvidence, whyWithoutResults } from '../../../lambda/import/verdict';
import { evidenceOf } from '../../../lambda/jobs/evidence';
import type { Verdict } from '../../../lambda/jobs/verdict';
import type { ManifestCounts, ReportAnswer } from '../../../lambda/report/types';
import type { ContractErrorTolerance } from '../../../src/contract';
import { importJob } from '../harness';

/** Judges a job by the counts of its progress report, without a failure report. */
const judge = (job: Partial<ImportJob>, tolerance: ContractErrorTolerance) => judgeEvidence(evidenceOf(IMPORT, importJob(job)), tolerance);

const NONE: ContractErrorTolerance = { Kind: 'NONE' };
const ANY: ContractErrorTolerance = { Kind: 'ANY' };
const resources = (limit: string): ContractErrorTolerance => ({ Kind: 'RESOURCES', Limit: limit });
const percent = (limit: string): ContractErrorTolerance => ({ Kind: 'PERCENT', Limit: limit });
const TOLERANCES = [NONE, resources('5'), percent('5'), ANY];

const report = (scanned?: number, imported?: number, customerErrors?: number, unreadableFiles?: number): Report => ({
  TotalNumberOfResourcesScanned: scanned,
  TotalNumberOfResourcesImported: imported,
  TotalNumberOfResourcesWithCustomerError: customerErrors,
  TotalNumberOfFilesReadWithCustomerError: unreadableFiles,
});

const countsOf = (progress?: Report, answer?: ReportAnswer) => evidenceOf(IMPORT, importJob({ JobProgressReport: progress }), answer).counts;

const judgeErrors = (counts: Report | undefined, tolerance: ContractErrorTolerance) =>
  judge({ JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: counts }, tolerance);

describe('the verdict with the tolerances NONE, 5 resources, 5 percent and ANY', () => {
  const running = Array<Verdict['kind']>(4).fill('running');
  const failed = Array<Verdict['kind']>(4).fill('failed');
  const TABLE: Record<JobStatus, Verdict['kind'][]> = {
    SUBMITTED: running,
    QUEUED: running,
    IN_PROGRESS: running,
    CANCEL_SUBMITTED: running,
    CANCEL_IN_PROGRESS: running,
    COMPLETED: ['failed', 'succeeded', 'succeeded', 'succeeded'],
    COMPLETED_WITH_ERRORS: ['failed', 'succeeded', 'succeeded', 'succeeded'],
    FAILED: failed,
    CANCEL_COMPLETED: failed,
    CANCEL_FAILED: failed,
  };

  test('is tested for all job statuses of the SDK', () => {
    expect(Object.values(JobStatus).sort()).toEqual(Object.keys(TABLE).sort());
  });

  test.each(Object.entries(TABLE))('for the job status %s is %s', (status, expected) => {
    const job = { JobStatus: status as JobStatus, JobProgressReport: report(100, 99, 1, 0) };
    expect(TOLERANCES.map((tolerance) => judge(job, tolerance).kind)).toEqual(expected);
  });

  test.each(['FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED'] as const)('names the job status %s in its reason, even without a progress report', (status) => {
    expect(judge({ JobStatus: status }, ANY)).toMatchObject({ kind: 'failed', why: `the job ended with ${status}` });
  });

  test.each(['PAUSED', 'COMPLETED_WITH_WARNINGS', 'completed', '', undefined])('for the unknown job status %j is "running"', (status) => {
    const job = { JobStatus: status as JobStatus, JobProgressReport: report(0, 0, 0, 0) };
    expect(TOLERANCES.map((tolerance) => judge(job, tolerance).kind)).toEqual(running);
  });
});

describe('a COMPLETED job', () => {
  test('succeeds without a progress report', () => {
    expect(TOLERANCES.map((tolerance) => judge({ JobStatus: 'COMPLETED' }, tolerance).kind)).toEqual(Array(4).fill('succeeded'));
  });

  test('succeeds if everything was imported', () => {
    const job = { JobStatus: 'COMPLETED', JobProgressReport: report(100, 100, 0, 0) } as const;
    expect(TOLERANCES.map((tolerance) => judge(job, tolerance).kind)).toEqual(Array(4).fill('succeeded'));
  });

  test.each([['missing resources', report(100, 90, 0, 0)], ['a file that could not be read', report(100, 100, 0, 1)]])(
    'is judged like a COMPLETED_WITH_ERRORS job if its progress report shows %s', (_what, JobProgressReport) => {
      const job = { JobStatus: 'COMPLETED', JobProgressReport } as const;
      expect(TOLERANCES.map((tolerance) => judge(job, tolerance).kind)).toEqual(['failed', 'failed', 'failed', 'succeeded']);
    });

  test.each(['COMPLETED', 'COMPLETED_WITH_ERRORS'] as const)('a %s job fails if HealthLake found no resources, except with the tolerance ANY', (status) => {
    const job = { JobStatus: status, JobProgressReport: report(0, 0, 0, 0) };
    expect(TOLERANCES.map((tolerance) => judge(job, tolerance).kind)).toEqual(['failed', 'failed', 'failed', 'succeeded']);
    expect(judge(job, NONE)).toMatchObject({ kind: 'failed', why: 'HealthLake found no resources' });
  });
});

describe('a COMPLETED_WITH_ERRORS job', () => {
  test.each([
    ['exactly the limit', report(100, 95, 5, 0), resources('5'), 'succeeded'],
    ['one more', report(100, 94, 6, 0), resources('5'), 'failed'],
    ['one more, without a counted error', report(100, 94, 5, 0), resources('5'), 'failed'],
    ['errors of HealthLake alone', report(100, 94, 0, 0), resources('5'), 'failed'],
    ['errors of HealthLake alone, within the limit', report(100, 95, 0, 0), resources('5'), 'succeeded'],
    ['exactly the percentage', report(200, 190, 10, 0), percent('5'), 'succeeded'],
    ['one more than the percentage', report(200, 189, 11, 0), percent('5'), 'failed'],
    ['scanned minus imported beyond the percentage', report(200, 189, 0, 0), percent('5'), 'failed'],
    ['a percentage of less than one resource', report(10, 9, 1, 0), percent('5'), 'failed'],
    ['an unreadable file', report(100, 100, 0, 1), resources('5'), 'failed'],
    ['an unreadable file under a percentage', report(100, 100, 0, 1), percent('5'), 'failed'],
    ['an unreadable file under any', report(100, 100, 0, 1), ANY, 'succeeded'],
    ['unreadable files not counted', report(100, 99, 1), resources('5'), 'succeeded'],
    ['no report', undefined, resources('5'), 'failed'],
    ['no report, a percentage', undefined, percent('5'), 'failed'],
    ['no report, any', undefined, ANY, 'succeeded'],
    ['an empty report', {}, resources('5'), 'failed'],
    ['only scanned', report(100), resources('5'), 'failed'],
    ['only imported', report(undefined, 95), resources('5'), 'failed'],
    ['only errors', report(undefined, undefined, 5), resources('5'), 'succeeded'],
    ['only errors, a percentage', report(undefined, undefined, 5), percent('5'), 'failed'],
    ['no errors counted', report(100, 95), resources('5'), 'succeeded'],
    ['everything failed, any', report(100, 0, 100, 3), ANY, 'succeeded'],
  ])('in the case "%s", with the progress report %j and the tolerance %j, gets the verdict "%s"', (_what, counts, tolerance, expected) => {
    expect(judgeErrors(counts, tolerance).kind).toBe(expected);
  });

  test('fails with the exceeded limit as the reason', () => {
    const whyOf = (counts: Report, tolerance: ContractErrorTolerance) => judgeErrors(counts, tolerance);
    expect(whyOf(report(100, 90, 10, 0), NONE)).toMatchObject({ why: 'no errors are tolerated' });
    expect(whyOf(report(100, 90, 10, 0), resources('5'))).toMatchObject({ why: 'more than the tolerated 5 resources failed' });
    expect(whyOf(report(100, 90, 10, 0), percent('5'))).toMatchObject({ why: 'more than the tolerated 5 percent of the resources failed' });
    expect(whyOf(report(100, 90, 10, 2), percent('5'))).toMatchObject({ why: expect.stringMatching(/^2 files could not be read/) });
    expect(whyOf({}, resources('5'))).toMatchObject({ why: 'HealthLake does not say how many resources failed' });
  });

  test('may have exactly the tolerated percentage of failed resources, despite floating-point rounding, but not one more', () => {
    for (const [unit, scanned] of [[1, 100], [10, 1_000], [100, 10_000], [1_000, 100_000]]) {
      for (let failed = 1; failed < scanned; failed += Math.ceil(scanned / 500)) {
        const limit = percent(String(failed / unit));
        expect([failed, scanned, judgeErrors(report(scanned, scanned - failed, failed, 0), limit).kind]).toEqual([failed, scanned, 'succeeded']);
        expect([failed, scanned, judgeErrors(report(scanned, scanned - failed - 1, failed + 1, 0), limit).kind]).toEqual([failed, scanned, 'failed']);
      }
    }
  });
});

describe('counts', () => {
  test.each([
    ['all counts', report(10, 7, 3, 1), { scanned: 10, imported: 7, failed: 3, unreadableFiles: 1 }],
    ['more missing resources than errors', report(10, 5, 3), { scanned: 10, imported: 5, failed: 5 }],
    ['more errors than missing resources', report(10, 9, 3), { scanned: 10, imported: 9, failed: 3 }],
    ['only errors', report(undefined, undefined, 3), { failed: 3 }],
    ['only scanned resources', report(10), { scanned: 10 }],
    ['more imported than scanned resources', report(10, 12), { scanned: 10, imported: 12, failed: 0 }],
    ['no counts', undefined, {}],
  ])('are derived from a progress report with %s', (_what, given, expected) => {
    expect(countsOf(given)).toEqual(expected);
  });
});

/** Returns the answer of the report function for a manifest with these counts. */
const reported = (manifest?: ManifestCounts, manifestProblem?: string): ReportAnswer => ({
  kind: 'report',
  complete: true,
  filesRead: 1,
  filesTotal: 1,
  filesTotalIsExact: true,
  failures: 0,
  searchValidationFailures: 0,
  reasons: [],
  ...(manifest && { manifest }),
  ...(manifestProblem !== undefined && { manifestProblem }),
});

describe('the manifest', () => {
  const evidence = (answer: ReportAnswer | undefined, progress?: Report, isOwn = true) =>
    evidenceOf(IMPORT, importJob({ JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: progress }), answer, isOwn);
  const MANIFEST: ManifestCounts = {
    filesScanned: 7,
    filesImported: 6,
    filesWithCustomerError: 0,
    filesWithServerError: 0,
    resourcesScanned: 1000,
    resourcesImported: 995,
    resourcesWithCustomerError: 2,
    resourcesWithServerError: 3,
  };

  test('resources with server errors in the manifest count as failed', () => {
    expect(judgeEvidence(evidence(reported(MANIFEST), report(1000, undefined, 2, 0)), resources('4'))).toMatchObject({ kind: 'failed' });
    expect(judgeEvidence(evidence(reported(MANIFEST)), resources('5'))).toMatchObject({ kind: 'succeeded' });
    expect(judgeEvidence(evidence(reported(MANIFEST)), percent('0.5'))).toMatchObject({ kind: 'succeeded' });
    expect(judgeEvidence(evidence(reported(MANIFEST)), percent('0.49'))).toMatchObject({ kind: 'failed' });
  });

  test('unreadable files are counted separately from failed resources', () => {
    const counts = countsOf(undefined, reported({ ...MANIFEST, filesWithCustomerError: 1, filesWithServerError: 2 }));
    expect(counts).toEqual({ scanned: 1000, imported: 995, failed: 5, unreadableFiles: 3 });
    expect(judgeEvidence(evidence(reported({ ...MANIFEST, filesWithServerError: 1 })), percent('100')))
      .toMatchObject({ kind: 'failed', why: '1 files could not be read, which no limit on resources covers' });
  });

  test('takes precedence over the progress report', () => {
    expect(countsOf(report(9, 8, 7, 6), reported(MANIFEST))).toEqual({ scanned: 1000, imported: 995, failed: 5, unreadableFiles: 0 });
  });

  test.each(Object.keys(MANIFEST) as (keyof ManifestCounts)[])('%s is taken from the progress report if the manifest lacks this count', (left) => {
    const { [left]: _, ...rest } = MANIFEST;
    const counts = countsOf(report(1000, 995, 2, 0), reported(rest));
    expect(counts).toEqual({ scanned: 1000, imported: 995, failed: 5, unreadableFiles: 0 });
  });

  test('a job fails if its manifest has no counts', () => {
    expect(judgeEvidence(evidence(reported({})), resources('5'))).toMatchObject({ kind: 'failed', why: 'HealthLake does not say how many resources failed' });
  });

  test.each<[string, ReportAnswer]>([
    ['missing', { kind: 'no-manifest', why: 'there is no manifest' }],
    ['unreadable as JSON', reported(undefined, 'the manifest is no JSON')],
  ])('a job fails if its manifest is %s, except with the tolerance ANY', (_what, answer) => {
    for (const tolerance of [NONE, resources('1000'), percent('100')]) {
      expect(judgeEvidence(evidence(answer, report(1000, 999, 1, 0)), tolerance)).toMatchObject({ kind: 'failed' });
    }
    expect(judgeEvidence(evidence(answer, report(1000, 999, 1, 0)), ANY)).toMatchObject({ kind: 'succeeded' });
    expect(judgeEvidence(evidence(answer), percent('100'))).toMatchObject({ why: expect.stringContaining('no manifest that counts the errors') });
  });

  test.each<[string, ReportAnswer | undefined, boolean, RegExp]>([
    ['failure reports are off', undefined, true, /^the import makes no failure reports$/],
    ['the results are outside the output location', undefined, false, /outside the output location that this import may read/],
    ['the results can\'t be read', { kind: 'unreadable', why: 'AccessDenied: no' }, true, /^AccessDenied: no$/],
  ])('is replaced by the progress report if %s, and whyWithoutResults gives the reason', (_what, answer, isOwn, expected) => {
    expect(judgeEvidence(evidence(answer, report(1000, 999, 1, 0), isOwn), resources('1'))).toMatchObject({ kind: 'succeeded' });
    expect(judgeEvidence(evidence(answer, report(1000, 998, 2, 0), isOwn), resources('1'))).toMatchObject({ kind: 'failed' });
    expect(whyWithoutResults(evidence(answer, undefined, isOwn), resources('1'))).toMatch(expected);
    expect(whyWithoutResults(evidence(reported(MANIFEST)), resources('1'))).toBeUndefined();
  });

  test('a job fails if no resources were scanned, except with the tolerance ANY', () => {
    const nothing = { ...MANIFEST, resourcesScanned: 0, resourcesImported: 0 };
    expect(judgeEvidence(evidence(reported(nothing)), percent('100'))).toMatchObject({ kind: 'failed', why: 'HealthLake found no resources' });
    expect(judgeEvidence(evidence(reported(nothing)), ANY)).toMatchObject({ kind: 'succeeded' });
  });
});
