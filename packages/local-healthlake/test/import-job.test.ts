import { DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { Harness, INPUT, OUTPUT, patient } from './harness';

let aws: Harness;

beforeEach(async () => {
  aws = await Harness.start();
});

afterEach(() => aws.close());

/** Restarts HealthLake with jobs that take over half a second of real time, so that a test can act while a job runs. */
async function restart(): Promise<void> {
  await aws.close();
  aws = await Harness.start({ pace: { minimumDurationMs: 120_000 } });
}

const PROBE = 'data/.healthlake_write_access_check_file.temp';

function folder(jobId: string): string {
  return `data/${aws.datastoreId}-FHIR_IMPORT-${jobId}/`;
}

async function jsonLines(key: string): Promise<Record<string, any>[]> {
  const text = await aws.output(key);
  expect(text.endsWith('\n')).toBe(true);
  return text.trimEnd().split('\n').map((line) => JSON.parse(line));
}

test('an import without errors stores the resources, and writes a manifest and SUCCESS results', async () => {
  await aws.put('data/Patient.ndjson', patient('a', { multipleBirthDecimal: 1.5 }) + patient('b'));
  await aws.put('data/Observation.ndjson', '{"resourceType":"Observation","id":"a","valueDecimal":1.50}');
  const jobId = await aws.startImport({ JobName: 'nightly', ValidationLevel: 'structure-only' });
  const job = await aws.ended(jobId);

  expect(aws.statuses(jobId)).toEqual(['SUBMITTED', 'IN_PROGRESS', 'COMPLETED']);
  expect(job).toEqual({
    JobId: jobId,
    JobName: 'nightly',
    JobStatus: 'COMPLETED',
    SubmitTime: expect.any(Date),
    EndTime: expect.any(Date),
    DatastoreId: aws.datastoreId,
    InputDataConfig: { S3Uri: `s3://${INPUT}/data/` },
    JobOutputDataConfig: { S3Configuration: { S3Uri: `s3://${OUTPUT}/${folder(jobId)}`, KmsKeyId: aws.keyArn } },
    JobProgressReport: {
      TotalNumberOfScannedFiles: 2,
      TotalSizeOfScannedFilesInMB: 0.000158,
      TotalNumberOfImportedFiles: 2,
      TotalNumberOfResourcesScanned: 3,
      TotalNumberOfResourcesImported: 3,
      TotalNumberOfResourcesWithCustomerError: 0,
      TotalNumberOfFilesReadWithCustomerError: 0,
      Throughput: expect.any(Number),
    },
    DataAccessRoleArn: expect.any(String),
    ValidationLevel: 'structure-only',
  });
  expect(job.EndTime!.getTime() - job.SubmitTime!.getTime()).toBeGreaterThanOrEqual(2_200);
  expect(aws.service.healthLake.resources(aws.datastoreId).map(({ resourceType, id, versionId }) => [resourceType, id, versionId])).toEqual([
    ['Observation', 'a', 1], ['Patient', 'a', 1], ['Patient', 'b', 1],
  ]);
  expect(aws.service.healthLake.resource(aws.datastoreId, 'Observation', 'a')?.json).toContain('1.50');

  expect(await aws.outputKeys()).toEqual([
    PROBE, `${folder(jobId)}Manifest.json`, `${folder(jobId)}SUCCESS/Observation.ndjson`, `${folder(jobId)}SUCCESS/Patient.ndjson`,
  ]);
  expect(await aws.output(PROBE)).toBe('');
  const [first, second] = await jsonLines(`${folder(jobId)}SUCCESS/Patient.ndjson`);
  expect(first).toMatchObject({ lineId: 1, resourceId: 'a', resourceType: 'Patient', UpdateResourceResponse: { statusCode: 201 } });
  expect(second).toMatchObject({ lineId: 2, resourceId: 'b' });
});

test('an import with errors completes, and writes FAILURE results and a manifest with all its fields', async () => {
  const lines = [patient('a'), '{"resourceType":"Patient"}\n', '\n', '{"resourceType":"Pet","id":"p"}\n', patient('a/b'), patient('c')];
  await aws.put('data/Patient.ndjson', lines.join(''));
  const notUtf8 = Buffer.from(patient('d', { language: '\u00fc' }), 'latin1');
  await aws.put('data/Bad.ndjson', notUtf8);
  const jobId = await aws.startImport();
  const job = await aws.ended(jobId);

  expect(job).toMatchObject({
    JobStatus: 'COMPLETED_WITH_ERRORS',
    ValidationLevel: 'strict',
    JobProgressReport: { TotalNumberOfResourcesScanned: 7, TotalNumberOfResourcesImported: 2, TotalNumberOfResourcesWithCustomerError: 5 },
  });
  expect(job).not.toHaveProperty('Message');
  expect(await jsonLines(`${folder(jobId)}FAILURE/Patient.ndjson`)).toEqual([
    [2, undefined, 'Patient', 'Missing required id field in resource json'],
    [3, undefined, undefined, 'Invalid JSON found in input file'],
    [4, 'p', 'Pet', expect.stringContaining('\'resourceType\' failed to satisfy constraint')],
    [5, 'a/b', 'Patient', expect.stringContaining('\'resourceId\' failed to satisfy constraint')],
  ].map(([lineId, resourceId, resourceType, diagnostics]) => ({
    lineId,
    ...(resourceId ? { resourceId } : {}),
    ...(resourceType ? { resourceType } : {}),
    UpdateResourceResponse: {
      jsonBlob: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'processing', diagnostics }] }, statusCode: 400,
    },
  })));
  expect((await jsonLines(`${folder(jobId)}SUCCESS/Patient.ndjson`)).map(({ lineId }) => lineId)).toEqual([1, 6]);
  expect((await aws.outputKeys()).filter((key) => key.includes('Bad'))).toEqual([`${folder(jobId)}FAILURE/Bad.ndjson`]);

  const { JobOutputDataConfig } = job;
  const uri = JobOutputDataConfig!.S3Configuration!.S3Uri;
  expect(Object.entries(JSON.parse(await aws.output(`${folder(jobId)}Manifest.json`)))).toEqual([
    ['inputDataConfig', { s3Uri: `s3://${INPUT}/data/` }],
    ['outputDataConfig', { s3Uri: uri, encryptionKeyID: aws.keyArn }],
    ['successOutput', { successOutputS3Uri: `${uri}SUCCESS/` }],
    ['failureOutput', { failureOutputS3Uri: `${uri}FAILURE/` }],
    ['numberOfScannedFiles', 2],
    ['numberOfFilesImported', 2],
    ['numberOfFilesReadWithSuccess', 2],
    ['numberOfFilesReadWithCustomerError', 0],
    ['numberOfFilesReadWithServerError', 0],
    ['sizeOfScannedFilesInMB', (lines.join('').length + notUtf8.length) / 1e6],
    ['sizeOfDataImportedSuccessfullyInMB', (patient('a').length + patient('c').length - 2) / 1e6],
    ['numberOfResourcesScanned', 7],
    ['numberOfResourcesImportedSuccessfully', 2],
    ['numberOfResourcesWithCustomerError', 5],
    ['numberOfResourcesWithServerError', 0],
  ]);
});

test('a resource gets a new version if its id is imported again or repeated in one import', async () => {
  await aws.put('data/Patient.ndjson', patient('a', { active: false }) + patient('b'));
  await aws.ended(await aws.startImport());
  await aws.put('data/Patient.ndjson', patient('a', { active: true }) + patient('a', { active: false }));
  const jobId = await aws.startImport();
  await aws.ended(jobId);

  const { healthLake } = aws.service;
  expect(healthLake.resource(aws.datastoreId, 'Patient', 'a')).toMatchObject({ versionId: 3, json: patient('a', { active: false }).trimEnd() });
  expect(healthLake.resource(aws.datastoreId, 'Patient', 'b')?.versionId).toBe(1);
  expect((await jsonLines(`${folder(jobId)}SUCCESS/Patient.ndjson`)).map((line) => line.UpdateResourceResponse.statusCode)).toEqual([200, 200]);
});

test('an import keeps the paths of input files in the output, and ignores empty objects and objects without the extension .ndjson', async () => {
  await aws.put('data/v1/a/Patient.ndjson', `${patient('a')}x\n`);
  await aws.put('data/Patient.ndjson', patient('b'));
  for (const key of ['data/', 'data/Empty.ndjson', 'data/readme.txt', 'data/Patient.ndjson.gz']) {
    await aws.put(key, /txt|gz/.test(key) ? 'x' : '');
  }
  await aws.put('data/PATIENT.NDJSON', patient('d'));
  await aws.put('elsewhere/Patient.ndjson', patient('c'));
  const jobId = await aws.startImport();
  expect(await aws.ended(jobId)).toMatchObject({ JobProgressReport: { TotalNumberOfScannedFiles: 2, TotalNumberOfResourcesScanned: 3 } });
  expect((await aws.outputKeys()).map((key) => key.replace(folder(jobId), ''))).toEqual([
    PROBE, 'FAILURE/v1/a/Patient.ndjson', 'Manifest.json', 'SUCCESS/Patient.ndjson', 'SUCCESS/v1/a/Patient.ndjson',
  ]);
});

test('a Bundle is imported as one resource; its entries are neither imported nor executed', async () => {
  const bundle = (entry: object, more: object = {}) => `${JSON.stringify({ resourceType: 'Bundle', ...more, type: 'transaction', entry: [entry] })}\n`;
  await aws.put('data/1-Patient.ndjson', patient('kept'));
  await aws.put('data/2-Bundle.ndjson', [
    bundle({ request: { method: 'DELETE', url: 'Patient/kept' } }, { id: 'deleted' }),
    bundle({ resource: JSON.parse(patient('inside')), request: { method: 'PUT', url: 'Patient/inside' } }, { id: 'changes' }),
    bundle({ resource: JSON.parse(patient('inside')) }),
  ].join(''));
  const jobId = await aws.startImport();
  expect(await aws.ended(jobId)).toMatchObject({ JobProgressReport: { TotalNumberOfResourcesScanned: 4, TotalNumberOfResourcesImported: 3 } });
  expect(aws.service.healthLake.resources(aws.datastoreId).map(({ resourceType, id }) => `${resourceType}/${id}`))
    .toEqual(['Bundle/deleted', 'Bundle/changes', 'Patient/kept']);
  expect(await jsonLines(`${folder(jobId)}FAILURE/2-Bundle.ndjson`)).toMatchObject([
    { lineId: 3, resourceType: 'Bundle', UpdateResourceResponse: { jsonBlob: { issue: [{ diagnostics: 'Missing required id field in resource json' }] } } },
  ]);
});

test('the input location is a key prefix, and the output location is a folder', async () => {
  for (const name of ['data/in-1/Patient', 'data/in-2/Patient', 'data/other']) {
    await aws.put(`${name}.ndjson`, patient(name.replace(/\//g, '.')));
  }
  const jobId = await aws.startImport({
    InputDataConfig: { S3Uri: `s3://${INPUT}/data/in-` },
    JobOutputDataConfig: { S3Configuration: { S3Uri: `s3://${OUTPUT}/data`, KmsKeyId: aws.keyArn } },
  });
  expect(await aws.ended(jobId)).toMatchObject({
    JobProgressReport: { TotalNumberOfScannedFiles: 2 },
    InputDataConfig: { S3Uri: `s3://${INPUT}/data/in-` },
    JobOutputDataConfig: { S3Configuration: { S3Uri: `s3://${OUTPUT}/${folder(jobId)}` } },
  });
  expect((await aws.outputKeys()).filter((key) => key.includes('SUCCESS'))).toEqual(
    ['in-1', 'in-2'].map((part) => `${folder(jobId)}SUCCESS/${part}/Patient.ndjson`));
});

test('an import reads all pages of the input listing', async () => {
  aws.putDirectly(Array.from({ length: 1_005 }, (_, index) => `data/${index}.txt`));
  await aws.put('data/zz.ndjson', patient('last'));
  const job = await aws.ended(await aws.startImport());
  expect(job).toMatchObject({ JobStatus: 'COMPLETED', JobProgressReport: { TotalNumberOfScannedFiles: 1 } });
});

test('a job without input files fails with a message, and writes no manifest', async () => {
  await aws.put('data/readme.txt', 'x');
  await aws.put('data/PATIENT.NDJSON', patient('a'));
  await aws.put('data/Empty.ndjson', '');
  expect(await aws.ended(await aws.startImport())).toMatchObject({
    JobStatus: 'FAILED', Message: `No .ndjson files were found at s3://${INPUT}/data/`, EndTime: expect.any(Date),
  });
  expect(await aws.outputKeys()).toEqual([PROBE]);
});

test('a file that is deleted after the input listing is counted as unreadable', async () => {
  await restart();
  await aws.put('data/1.ndjson', patient('a') + patient('b'));
  await aws.put('data/2.ndjson', patient('c'));
  const jobId = await aws.startImport();
  await aws.event(jobId, (event) => event.progress?.TotalNumberOfScannedFiles === 2);
  await aws.s3.send(new DeleteObjectCommand({ Bucket: INPUT, Key: 'data/2.ndjson' }));
  expect(await aws.ended(jobId)).toMatchObject({
    JobStatus: 'COMPLETED_WITH_ERRORS',
    JobProgressReport: { TotalNumberOfFilesReadWithCustomerError: 1, TotalNumberOfImportedFiles: 1, TotalNumberOfResourcesImported: 2 },
  });
  expect(JSON.parse(await aws.output(`${folder(jobId)}Manifest.json`))).toMatchObject({
    numberOfScannedFiles: 2, numberOfFilesReadWithSuccess: 1, numberOfFilesReadWithCustomerError: 1,
  });
});

test('the counts of the progress report increase while a job runs', async () => {
  await restart();
  for (const file of ['1', '2', '3']) {
    await aws.put(`data/${file}.ndjson`, Array.from({ length: 20 }, (_, i) => patient(`${file}-${i}`)).join(''));
  }
  const jobId = await aws.startImport();
  await aws.event(jobId, (event) => (event.progress?.TotalNumberOfResourcesScanned ?? 0) > 0);
  const midway = await aws.describe(jobId);
  expect(midway).toMatchObject({ JobStatus: 'IN_PROGRESS', JobProgressReport: { TotalNumberOfScannedFiles: 3 } });
  expect(midway.JobProgressReport!.TotalNumberOfResourcesImported).toBeLessThan(60);
  expect(midway).not.toHaveProperty('EndTime');

  await aws.ended(jobId);
  const imported = aws.events.filter((event) => event.jobId === jobId).map((event) => event.progress?.TotalNumberOfResourcesImported ?? 0);
  expect(imported).toEqual([...imported].sort((a, b) => a - b));
  expect(new Set(imported).size).toBeGreaterThan(4);
  expect(imported.at(-1)).toBe(60);
});

test('an output location is refused if the URI of the job\'s folder exceeds 1,024 characters', async () => {
  const outputTo = (length: number) => {
    const S3Uri = `s3://${OUTPUT}/`.padEnd(length - '/'.length - `${aws.datastoreId}-FHIR_IMPORT-${'0'.repeat(32)}/`.length, 'a');
    return aws.startImport({ JobOutputDataConfig: { S3Configuration: { S3Uri, KmsKeyId: aws.keyArn } } });
  };
  await expect(outputTo(1025)).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('has 1025 characters') });
  const { JobOutputDataConfig } = await aws.describe(await outputTo(1024));
  expect(JobOutputDataConfig!.S3Configuration!.S3Uri).toHaveLength(1024);
});

test.each([
  { ProfileId: 'a'.repeat(32) }, { InputFormat: 'CCDA' }, { DriftDetectionEnabled: true },
])('an import that needs a data transformation is refused: %j', async (member) => {
  const { status, body } = await aws.call('StartFHIRImportJob', { ...aws.startRequest(), ...member });
  expect([status, body.__type, body.message]).toEqual([400, 'com.amazonaws.healthlake#ValidationException', expect.stringContaining(Object.keys(member)[0])]);
});

test('an import accepts ProvenanceEnabled and a DriftDetectionEnabled that is false', async () => {
  expect(await aws.call('StartFHIRImportJob', { ...aws.startRequest(), ProvenanceEnabled: true, DriftDetectionEnabled: false })).toMatchObject({ status: 200 });
});

test('close stops a running job', async () => {
  await restart();
  await aws.put('data/a.ndjson', patient('a') + patient('b'));
  const jobId = await aws.startImport();
  await aws.event(jobId, (event) => (event.progress?.TotalNumberOfScannedFiles ?? 0) > 0);
  await aws.service.close();
  const count = aws.events.length;
  await aws.clock.sleep(4_000);
  expect(aws.events).toHaveLength(count);
  expect(await aws.describe(jobId)).toMatchObject({ JobStatus: 'IN_PROGRESS' });
  await expect(aws.s3.send(new GetObjectCommand({ Bucket: OUTPUT, Key: `${folder(jobId)}Manifest.json` }))).rejects.toMatchObject({ name: 'NoSuchKey' });
});
