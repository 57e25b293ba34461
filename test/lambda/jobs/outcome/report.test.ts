import { DescribeFHIRDatastoreCommand, DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob } from '@aws-sdk/client-healthlake';
import type { JsonCause, Report } from '../../../../lambda/report/types';
import type { ImportOutcomeProperties } from '../../../../src/contract';
import { Aws, DATASTORE, importJob, JOB_ID, MINUTE, NO_ANSWER, OUTCOME, outcomeEvent, PATIENT, report, sdkError, T0 } from '../../harness';

let aws: Aws;
beforeEach(() => {
  aws = new Aws();
});
afterEach(() => aws.close());

const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:report';
const ROLE = 'arn:aws:iam::123456789012:role/report';
const LOCATION = `${OUTCOME.OutputS3Uri}${DATASTORE}-FHIR_IMPORT-${JOB_ID}/`;
const WITH_REPORT: Partial<ImportOutcomeProperties> = { Report: { FunctionArn: FUNCTION, RoleArn: ROLE }, InputS3Uri: 's3://clinic-data/synthea/' };
const REPORT: Report = {
  kind: 'report',
  location: `${LOCATION}report.json`,
  complete: true,
  filesRead: 3,
  filesTotal: 3,
  filesTotalIsExact: true,
  manifest: { resourcesScanned: 1000, resourcesImported: 994, resourcesWithCustomerError: 4, resourcesWithServerError: 2 },
  failures: 6,
  searchValidationFailures: 0,
  reasons: [
    { code: 'processing', message: 'Missing required id field in resource json', resourceTypes: ['Patient', 'Observation'], count: 3 },
    { code: 'invalid', resourceTypes: ['Claim', 'Coverage', 'Group', 'Device'], count: 2 },
    { code: 'line-no-json', resourceTypes: ['other'], count: 1 },
  ],
};

function ended(changes: Partial<ImportJob> = {}): void {
  const job = importJob({ JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: report(1000, 996, 4), EndTime: new Date(Date.now()), ...changes });
  aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: job });
}

const run = (changes: Partial<ImportOutcomeProperties> = {}) => aws.run(outcomeEvent({}, { ...WITH_REPORT, ...changes }));

const BACKUP = { EarliestRestorePoint: new Date(T0 - MINUTE), LatestRestorePoint: new Date(T0 + MINUTE) };

test('Outcome invokes the report function once when the job has ended', async () => {
  ended({ SubmitTime: new Date(T0) });
  aws.datastoreIs('ACTIVE', 'R4', BACKUP);
  aws.reports(REPORT);
  await run({ ErrorTolerance: { Kind: 'ANY' } });
  const [{ FunctionName, Payload }, ...others] = aws.sent('Invoke') as { FunctionName: string; Payload: string }[];
  expect(others).toEqual([]);
  expect([FunctionName, JSON.parse(Payload)]).toEqual([FUNCTION, {
    DatastoreId: DATASTORE,
    JobId: JOB_ID,
    OutputLocation: LOCATION,
    InputS3Uri: 's3://clinic-data/synthea/',
    ReportRoleArn: ROLE,
    Window: { submitted: '2026-01-15T12:00:00.000Z', ended: '2026-01-15T12:00:00.000Z', restorePoint: '2026-01-15T12:00:00.000Z' },
  }]);
  expect(aws.sent('DescribeFHIRDatastore')).toHaveLength(1);
  expect(JSON.parse(aws.lines.find((line) => line.includes('"decision":"succeeded"'))!)).toMatchObject({ restorePoint: '2026-01-15T12:00:00.000Z' });
});

test.each([
  ['is refused', sdkError('AccessDeniedException', `not authorized, said ${PATIENT}`)],
  ['gets no answer', NO_ANSWER],
])('Outcome succeeds without a restore point if the description of the data store %s', async (_what, error) => {
  ended();
  aws.reports(REPORT);
  aws.healthlake.on(DescribeFHIRDatastoreCommand).rejects(error);
  expect(await run({ ErrorTolerance: { Kind: 'RESOURCES', Limit: '6' } })).toMatchObject({ data: { JobStatus: 'COMPLETED_WITH_ERRORS', ResourcesFailed: '6' } });
  const [{ Payload }] = aws.sent('Invoke') as { Payload: string }[];
  expect(Object.keys(JSON.parse(Payload).Window)).toEqual(['submitted', 'ended']);
  expect(aws.lines.filter((line) => line.includes('warning: the restore point is not known'))).toHaveLength(1);
});

test.each([
  ['its folder', LOCATION],
  ['its folder without the slash', LOCATION.slice(0, -1)],
  ['the prefix that was sent', OUTCOME.OutputS3Uri],
  ['the prefix that was sent without the slash', OUTCOME.OutputS3Uri.slice(0, -1)],
])('Outcome finds the results if HealthLake describes their location as %s', async (_what, S3Uri) => {
  ended({ JobOutputDataConfig: { S3Configuration: { S3Uri, KmsKeyId: 'k' } } });
  aws.reports(REPORT);
  const { data } = await run({ ErrorTolerance: { Kind: 'RESOURCES', Limit: '6' } });
  expect(data).toMatchObject({ OutputLocation: LOCATION, ReportLocation: `${LOCATION}report.json` });
  const [{ Payload }] = aws.sent('Invoke') as { Payload: string }[];
  expect(JSON.parse(Payload)).toMatchObject({ OutputLocation: LOCATION });
});

test('Outcome does not invoke the report function while the job runs', async () => {
  ended({ JobStatus: 'IN_PROGRESS' });
  await run({ TimeoutSeconds: '120' });
  expect(aws.sent('Invoke')).toEqual([]);
});

test('Outcome returns the counts of the manifest and the location of the report', async () => {
  ended();
  aws.reports(REPORT);
  const { physicalId, data } = await run({ ErrorTolerance: { Kind: 'RESOURCES', Limit: '6' } });
  expect(physicalId).toBe(`${DATASTORE}/${JOB_ID}/COMPLETED_WITH_ERRORS/1000/994/6`);
  expect(data).toMatchObject({ ResourcesImported: '994', ResourcesFailed: '6', ReportLocation: `${LOCATION}report.json`, OutputLocation: LOCATION });
});

test('the failure message names the most frequent reasons with counts and resource types, and the report location', async () => {
  ended();
  aws.reports(REPORT);
  const { reason } = await run();
  expect(reason).toContain('no errors are tolerated; status COMPLETED_WITH_ERRORS, resources scanned 1000, imported 994, failed 6; '
    + 'most often: 3 x processing "Missing required id field in resource json" (Patient, Observation), 2 x invalid (Claim, Coverage, Group, ...), '
    + '1 x line-no-json (other); report: report.json in the results; ');
  expect(reason).toContain(`results: ${LOCATION}; mend`);
});

test.each<[JsonCause, string]>([
  ['whole-file', 'files that are not NDJSON (pretty-printed JSON, UTF-16, compressed data)'],
  ['start-of-file', 'a byte order mark, a blank first line, or a file that is not NDJSON (a JSON array, UTF-16, compressed data)'],
  ['single-lines', 'blank lines, or lines without one whole JSON object'],
])('the failure message names the likely cause of invalid JSON: %s', async (likelyCause, cause) => {
  ended();
  aws.reports({ ...REPORT, reasons: [REPORT.reasons[1], { code: 'processing', message: 'Invalid JSON found in input file', resourceTypes: ['other'], count: 1, likelyCause }] });
  const { reason } = await run();
  expect(reason).toContain(`1 x processing "Invalid JSON found in input file" (other); likely cause of the invalid JSON: ${cause}; report: `);
  expect(reason).toContain('or set errorTolerance');
});

test('the failure message says that HealthLake does not unwrap Bundles if a Bundle failed', async () => {
  ended();
  const bundles = { ...REPORT.reasons[0], resourceTypes: ['Patient', 'Claim', 'Group', 'Bundle'] };
  aws.reports({ ...REPORT, reasons: [REPORT.reasons[1], bundles] });
  expect((await run()).reason).toContain('; HealthLake does not unwrap a Bundle: write each of its resources into a line of its own; report: ');
  aws.reports(REPORT);
  expect((await run()).reason).not.toMatch(/Bundle|likely cause/);
});

test('the failure message says what is missing from an incomplete report', async () => {
  ended();
  aws.reports({ ...REPORT, complete: false, problem: 'the time was up: 2 of 3 files read' });
  expect((await run()).reason).toContain('; the time was up: 2 of 3 files read; ');
});

test.each([
  ['a function that throws', () => aws.reports({ errorType: 'Runtime.OutOfMemory' }), 'the report function failed: Runtime.OutOfMemory'],
  ['unreadable results', () => aws.reports({ kind: 'unreadable', why: 'AccessDenied: no' }), 'AccessDenied: no'],
])('Outcome judges by the counts of the job after the problem "%s", and gives the reason', async (_what, given, expected) => {
  ended();
  given();
  const tolerant = await run({ ErrorTolerance: { Kind: 'RESOURCES', Limit: '4' } });
  expect(tolerant).toMatchObject({ physicalId: `${DATASTORE}/${JOB_ID}/COMPLETED_WITH_ERRORS/1000/996/4`, data: { ReportLocation: 'UNKNOWN' } });
  expect(aws.lines.join()).toContain(`"judgedByJobBecause":"${expected}`);
  const strict = await run({ ErrorTolerance: { Kind: 'RESOURCES', Limit: '3' } });
  expect(strict.reason).toContain(`judged by the counts of the job, because ${expected}`);
});

test('Outcome does not invoke the report function for results outside the output location', async () => {
  ended({ JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://other-results/x/', KmsKeyId: 'k' } } });
  const { reason } = await run({ ErrorTolerance: { Kind: 'RESOURCES', Limit: '3' } });
  expect(reason).toContain('judged by the counts of the job, because its results are outside the output location that this import may read');
  expect(aws.sent('Invoke')).toEqual([]);
});

test('Outcome fails for a job with errors if the results have no manifest, except with the tolerance ANY', async () => {
  ended();
  aws.reports({ kind: 'no-manifest', why: 'there is no manifest' });
  expect((await run({ ErrorTolerance: { Kind: 'PERCENT', Limit: '100' } })).reason).toContain('the results have no manifest that counts the errors: there is no manifest');
  expect(await run({ ErrorTolerance: { Kind: 'ANY' } })).toMatchObject({ data: { JobStatus: 'COMPLETED_WITH_ERRORS' } });
});

test('Outcome returns the location of the report for a job that was judged before', async () => {
  ended({ JobStatus: 'COMPLETED' });
  aws.reports(REPORT);
  const event = outcomeEvent({ RequestType: 'Update', PhysicalResourceId: `${DATASTORE}/${JOB_ID}/COMPLETED/9/9/0`, OldResourceProperties: OUTCOME }, WITH_REPORT);
  expect(await aws.run(event)).toMatchObject({ data: { ResourcesScanned: '9', ReportLocation: `${LOCATION}report.json` } });
});

describe('metrics', () => {
  const metrics = () => aws.lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ _aws }) => _aws !== undefined);

  test('show progress while the job runs, and the result once', async () => {
    const running = importJob({ JobStatus: 'IN_PROGRESS', JobProgressReport: report(10, 8, 2) });
    const done = importJob({ JobStatus: 'COMPLETED_WITH_ERRORS', EndTime: new Date(T0 + 3 * MINUTE) });
    aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => ({ ImportJobProperties: Date.now() < T0 + 3 * MINUTE ? running : done }));
    aws.reports(REPORT);
    await run({ ErrorTolerance: { Kind: 'ANY' } });
    const [first, ...more] = metrics();
    expect(first).toEqual({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [{
          Namespace: 'CdkHealthLakeImport',
          Dimensions: [['DatastoreId', 'ConstructPath']],
          Metrics: ['Scanned', 'Imported', 'Failed'].map((name) => ({ Name: `Resources${name}SoFar`, Unit: 'Count' })),
        }],
      },
      DatastoreId: DATASTORE,
      ConstructPath: 'Import/Patients',
      ResourcesScannedSoFar: 10,
      ResourcesImportedSoFar: 8,
      ResourcesFailedSoFar: 2,
    });
    const results = more.filter(({ Succeeded }) => Succeeded !== undefined);
    expect(results).toMatchObject([
      { ResourcesScanned: 1000, ResourcesImported: 994, ResourcesFailed: 6, Succeeded: 1, Failed: 0, Duration: 63 * 60 },
    ]);
    expect(results).toMatchObject([{ _aws: { CloudWatchMetrics: [{ Metrics: expect.arrayContaining([{ Name: 'Duration', Unit: 'Seconds' }]) }] } }]);
  });

  test('show the failure of a job, but no value for an unknown count', async () => {
    ended({ JobStatus: 'FAILED', JobProgressReport: undefined });
    aws.reports({ kind: 'no-manifest', why: 'there is no manifest' });
    await run();
    expect(metrics()).toMatchObject([{ Succeeded: 0, Failed: 1 }]);
    expect(metrics()[0]).not.toHaveProperty('ResourcesScanned');
  });

  test('show no result in a roll-back', async () => {
    aws.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    ended();
    aws.reports(REPORT);
    await aws.run(outcomeEvent({ RequestType: 'Update', PhysicalResourceId: `${DATASTORE}/${JOB_ID}`, OldResourceProperties: OUTCOME }, WITH_REPORT));
    expect(metrics()).toEqual([]);
  });
});
