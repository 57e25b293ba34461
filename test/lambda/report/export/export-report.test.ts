import { ExportJob } from './harness';
import { BUCKET, Harness } from '../harness';
import { CANARY, WINDOW } from '../lines';

const PATIENT = `{"resourceType":"Patient","id":"${CANARY}"}`;
const PATIENTS = 'Patient/Patient-1022280015944103279-3-0.ndjson';

let harness: Harness;
const newJob = () => new ExportJob(harness);
/** Returns a job with two patients in one file. */
const endedJob = () => newJob().put(PATIENTS, `${PATIENT}\n${PATIENT}\n`);

beforeAll(async () => {
  harness = await Harness.start('EXPORT');
});

beforeEach(() => {
  harness.aws.router.faults.clear();
  harness.takeOperations();
});

afterAll(async () => harness.close());

/** Delays each call of an S3 operation beyond any time limit, except the first `undelayed` calls. */
function delay(operationToDelay: string, undelayed: number): void {
  let calls = 0;
  harness.aws.router.faults.hook = (_, operation) => {
    calls += operation === operationToDelay ? 1 : 0;
    return operation === operationToDelay && calls > undelayed ? { kind: 'delay', ms: 60_000 } : undefined;
  };
}

describe('a report on an export', () => {
  test('counts files, bytes and resources by type', async () => {
    const job = endedJob()
      .put('Patient/Patient-1022280015944103279-3-1.ndjson', PATIENT) // the last line has no newline
      .put('Encounter/Encounter-7-0-0.ndjson', '{}\n\n \r\n{}\n')
      .put('.healthlake_write_access_check_file.temp', 'probe')
      .put('manifest.json', '{}')
      .put('Patient/manifest.json', '{}')
      .put('Patient/archive/Patient.ndjson', PATIENT)
      .put('Observation/Observation-1-0-0.ndjson', '');
    const bytes = 3 * PATIENT.length + 2;

    expect(await job.report()).toEqual({
      kind: 'export', location: `${job.request.OutputLocation}export.json`, complete: true, files: 3, bytes: bytes + 10, resources: 5,
    });
    expect(job.written().document).toEqual({
      version: '1',
      datastoreId: job.request.DatastoreId,
      jobId: job.request.JobId,
      jobStatus: 'COMPLETED',
      location: job.request.OutputLocation,
      submitted: WINDOW.submitted,
      ended: WINDOW.ended,
      complete: true,
      counted: true,
      files: 3,
      bytes: bytes + 10,
      resources: 5,
      types: [{ type: 'Encounter', files: 1, bytes: 10, resources: 2 }, { type: 'Patient', files: 2, bytes, resources: 3 }],
    });
  });

  test('has the type "other" for types that FHIR R4 does not define', async () => {
    const job = endedJob().put(`${CANARY}/${CANARY}.ndjson`, PATIENT).put('Other/a.ndjson', PATIENT);
    expect(await job.report()).toMatchObject({ files: 3, resources: 4 });
    expect(job.written().document.types.map(({ type, files, resources }) => [type, files, resources])).toEqual([['Patient', 1, 2], ['other', 2, 2]]);
  });

  test('has no files if the export wrote none', async () => {
    const job = newJob().put('.healthlake_write_access_check_file.temp', 'probe');
    expect(await job.report()).toMatchObject({ complete: true, files: 0, bytes: 0, resources: 0 });
    expect(job.written().document).toMatchObject({ counted: true, types: [] });
  });

  test('is encrypted with the key of the exported files', async () => {
    const job = endedJob();
    const bucket = harness.aws.s3.bucket(BUCKET);
    const { encryption } = bucket;
    bucket.encryption = { algorithm: 'AES256' };
    await job.report();
    bucket.encryption = encryption;
    expect(job.written().keyId).toBe(harness.keyArn);
    expect(harness.takeOperations()).toEqual(['ListObjectsV2', 'ListObjectsV2', 'GetObject', 'HeadObject', 'PutObject']);
  });

  test('is encrypted with the default of the bucket if the export wrote no files', async () => {
    const job = newJob();
    await job.report();
    expect(job.written().keyId).toBe(harness.keyArn);
  });

  test('contains no patient data', async () => {
    const job = endedJob()
      .put(`Patient/${CANARY}.ndjson`, `${CANARY}\n{"${CANARY}":`)
      .put(`${CANARY}/${CANARY}.ndjson`, CANARY)
      .put(`Practitioner/${CANARY}/${CANARY}.ndjson`, CANARY)
      .put(CANARY, CANARY);
    const logged = harness.log.length;
    expect(await job.report()).toMatchObject({ complete: true, files: 3, resources: 5 }); // the harness checks that the answer has no patient data
    expect(harness.log.slice(logged)).toHaveLength(1); // the harness checks that the log has no patient data
    expect(job.written().json).not.toContain(CANARY);
  });
});

describe('an existing report on an export', () => {
  test('is returned, and no file is listed or read', async () => {
    const job = endedJob();
    const answer = await job.report();
    harness.takeOperations();
    job.remove(PATIENTS);
    expect(await job.report()).toEqual(answer);
    expect(harness.takeOperations()).toEqual(['ListObjectsV2', 'GetObject']);
  });

  test.each<[string, (json: string) => string]>([
    ['is not complete', (json) => json.replace('"complete":true', '"complete":false')],
    ['has a problem', (json) => json.replace('"complete":true', `"complete":true,"problem":"${CANARY}"`)],
    ['has another version', (json) => json.replace('"version":"1"', '"version":"2"')],
    ['is about another job', (json) => json.replace(/"jobId":"\w+"/, '"jobId":"c0ffee"')],
    ['is about another data store', (json) => json.replace(/"datastoreId":"\w+"/, '"datastoreId":"c0ffee"')],
    ['is cut off', (json) => json.slice(0, -1)],
    ['is not a report', () => 'null'],
    ['has an invalid number of files', (json) => json.replace('"files":1', `"files":"${CANARY}"`)],
    ['has an invalid number of bytes', (json) => json.replace(/"bytes":\d+/, `"bytes":"${CANARY}"`)],
    ['has an invalid number of resources', (json) => json.replace('"resources":2', `"resources":"${CANARY}"`)],
    ['has resources that were not counted', (json) => json.replace('"counted":true', '"counted":false')],
  ])('is replaced if it %s', async (_, change) => {
    const job = endedJob();
    const answer = await job.report();
    const { json } = job.written();
    const spoiled = change(json);
    expect(spoiled).not.toBe(json);
    job.put('export.json', spoiled);
    expect(await job.report()).toEqual(answer);
    expect(job.written().json).toBe(json);
  });

  test('is not confused with an object whose name starts with export.json', async () => {
    const job = endedJob().put('export.json.bak', '{}');
    expect(await job.report()).toMatchObject({ files: 1 });
    expect(harness.takeOperations()).toEqual(['ListObjectsV2', 'ListObjectsV2', 'GetObject', 'HeadObject', 'PutObject']);
  });
});

describe('the resources', () => {
  test('are not counted if a file can\'t be read, and are counted by the next invocation', async () => {
    const job = endedJob().put('Encounter/Encounter-1-0-0.ndjson', '{}');
    let reads = 0;
    harness.aws.router.faults.hook = (_, operation) => {
      reads += operation === 'GetObject' ? 1 : 0;
      if (reads === 1) {
        job.remove(PATIENTS);
      }
      return undefined;
    };
    const problem = 'the resources could not be counted: a file could not be read (AccessDenied)';
    const answer = await job.report();
    expect(answer).toMatchObject({ location: expect.any(String), problem, complete: true, files: 2 });
    expect(answer.resources).toBeUndefined();
    expect(job.written().document).toMatchObject({ complete: true, counted: false, problem, files: 2 });
    expect(job.written().json).not.toContain('resources"');

    harness.aws.router.faults.clear();
    expect(await job.report()).toMatchObject({ complete: true, files: 1, resources: 1 });
  });

  test('are not counted if the time is up before all files are read', async () => {
    const job = endedJob();
    ['a', 'b', 'c'].forEach((name) => job.put(`Encounter/${name}.ndjson`, '{}'));
    delay('GetObject', 2);
    const problem = 'the resources could not be counted: the time was up: 2 of 4 files read';
    expect(await job.report(4_000)).toMatchObject({ location: expect.any(String), problem, complete: true, files: 4 });
    expect(job.written().document).toMatchObject({ complete: true, counted: false, problem, files: 4 });
  });
});

describe('the listing', () => {
  test('that takes too long makes the report incomplete', async () => {
    const job = newJob();
    for (let file = 0; file < 1_001; file++) {
      job.put(`Patient/${file}.ndjson`, PATIENT);
    }
    delay('ListObjectsV2', 2);
    const problem = 'the time was up before all objects were listed';
    expect(await job.report(4_000)).toMatchObject({ problem, complete: false, files: 1_000, bytes: 1_000 * PATIENT.length });
    expect(job.written().document).toMatchObject({ complete: false, counted: false, problem, types: [{ type: 'Patient', files: 1_000 }] });
  });

  test('that fails at a later page makes the report incomplete', async () => {
    const job = newJob();
    for (let file = 0; file < 1_001; file++) {
      job.put(`Patient/${file}.ndjson`, PATIENT);
    }
    let lists = 0;
    harness.aws.router.faults.hook = (_, operation) => {
      lists += operation === 'ListObjectsV2' ? 1 : 0;
      return operation === 'ListObjectsV2' && lists > 2 ? { kind: 'error', error: { name: 'AccessDenied', status: 403, message: `Access Denied ${CANARY}` } } : undefined;
    };
    expect(await job.report()).toMatchObject({ complete: false, files: 1_000, problem: expect.stringMatching(/^not all objects could be listed: AccessDenied/) });
  });
});

describe('the report function without a permission', () => {
  const without = (action: string) => harness.statements().filter((statement) => !JSON.stringify(statement).includes(action));

  afterEach(async () => harness.useRole(...harness.statements()));

  test('makes no report if s3:ListBucket is not allowed', async () => {
    await harness.useRole(...without('s3:ListBucket'));
    expect(await harness.invoke(endedJob().request)).toEqual({ kind: 'unreadable', why: expect.stringMatching(/^AccessDenied: .*s3:ListBucket/) });
  });

  test('reports files and bytes if s3:GetObject is not allowed', async () => {
    await harness.useRole(...without('ReadExport'));
    const answer = await endedJob().report();
    expect(answer).toMatchObject({ location: expect.any(String), complete: true, files: 1, problem: expect.stringMatching(/could not be read \(AccessDenied\)$/) });
  });

  test('returns no report location if s3:PutObject is not allowed', async () => {
    await harness.useRole(...without('s3:PutObject'));
    const answer = await endedJob().report();
    expect(answer).toMatchObject({ complete: true, files: 1, resources: 2, problem: expect.stringMatching(/^the report could not be written: AccessDenied .*s3:PutObject/) });
    expect(answer.location).toBeUndefined();
  });

  test('returns both problems if s3:GetObject and s3:PutObject are not allowed', async () => {
    await harness.useRole(...harness.statements().filter((statement) => !/ReadExport|s3:PutObject/.test(JSON.stringify(statement))));
    expect((await endedJob().report()).problem).toMatch(/^the resources could not be counted: .*; the report could not be written: /);
  });

  test('makes no report on an export of another data store or in another bucket', async () => {
    const { OutputLocation: location, ...request } = newJob().request;
    expect(await harness.invoke({ ...request, OutputLocation: location.replace(/6407/, 'cafe') })).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('AccessDenied') });
    expect(await harness.invoke({ ...request, OutputLocation: 's3://another-bucket/x/' })).toMatchObject({ kind: 'unreadable' });
  });
});
