import { BUCKET, Harness, type Job, MANIFEST } from './harness';
import { CANARY, error, failure, WINDOW } from './lines';

const MISSING_ID = 'Missing required id field in resource json';
const GENDER = 'Unrecognised property \'@gender\'';

let harness: Harness;
const endedJob = () => harness.newJob().put('Manifest.json', MANIFEST);

beforeAll(async () => {
  harness = await Harness.start();
});

beforeEach(() => {
  harness.aws.router.faults.clear();
  harness.takeOperations();
});

afterAll(async () => harness.close());

describe('a report', () => {
  test('counts failures by file, type and reason, and names the first failed lines', async () => {
    const job = endedJob()
      .put('FAILURE/Observation.ndjson', [failure(4, MISSING_ID, { resourceType: 'Observation' }), failure(9, [error(GENDER), error('not on the list')])])
      .put('FAILURE/v1-0/Patient.ndjson', [failure(1, GENDER), failure(2, GENDER), failure(5, GENDER), failure(7, GENDER), failure(8, GENDER)])
      .put('SUCCESS/Patient.ndjson', CANARY);
    const answer = await job.report();

    expect(answer).toEqual({
      kind: 'report',
      location: `${job.request.OutputLocation}report.json`,
      complete: true,
      filesRead: 2,
      filesTotal: 2,
      filesTotalIsExact: true,
      manifest: {
        filesScanned: 3, filesImported: 3, resourcesScanned: 9, resourcesImported: 4, resourcesWithCustomerError: 5, resourcesWithServerError: 0,
      },
      failures: 7,
      searchValidationFailures: 0,
      reasons: [
        { code: 'processing', message: GENDER, resourceTypes: ['Patient'], count: 6 },
        { code: 'processing', message: MISSING_ID, resourceTypes: ['Observation'], count: 1 },
        { code: 'processing', resourceTypes: ['Patient'], count: 1 },
      ],
    });
    const [observations, patients] = [job.key('FAILURE/Observation.ndjson'), job.key('FAILURE/v1-0/Patient.ndjson')];
    const first = [1, 2, 3].map((line, i) => ({ key: patients, line, inputLine: [1, 2, 5][i] }));
    expect(job.written().document).toEqual({
      version: 1,
      job: { datastoreId: job.request.DatastoreId, jobId: job.request.JobId, input: 's3://clinic-data/input/', output: job.request.OutputLocation, ...WINDOW },
      complete: true,
      files: { read: 2, total: 2, totalIsExact: true, unread: [] },
      manifest: answer.manifest,
      failures: {
        count: 7,
        files: [
          { key: patients, inputKey: 'input/v1-0/Patient.ndjson', complete: true, count: 5, first },
          {
            key: observations,
            inputKey: 'input/Observation.ndjson',
            complete: true,
            count: 2,
            first: [{ key: observations, line: 1, inputLine: 4 }, { key: observations, line: 2, inputLine: 9 }],
          },
        ],
        otherFiles: { files: 0, count: 0 },
        resourceTypes: [
          { type: 'Patient', count: 6, first: [{ key: observations, line: 2, inputLine: 9 }, ...first.slice(0, 2)] },
          { type: 'Observation', count: 1, first: [{ key: observations, line: 1, inputLine: 4 }] },
        ],
        reasons: [
          {
            code: 'processing',
            message: GENDER,
            count: 6,
            resourceTypes: [{ type: 'Patient', count: 6 }],
            first: [{ key: observations, line: 2, inputLine: 9 }, ...first.slice(0, 2)],
          },
          {
            code: 'processing',
            message: MISSING_ID,
            count: 1,
            resourceTypes: [{ type: 'Observation', count: 1 }],
            first: [{ key: observations, line: 1, inputLine: 4 }],
          },
          {
            code: 'processing', count: 1, resourceTypes: [{ type: 'Patient', count: 1 }], first: [{ key: observations, line: 2, inputLine: 9 }],
          },
        ],
      },
      searchValidation: { count: 0, files: [], otherFiles: { files: 0, count: 0 }, resourceTypes: [], reasons: [] },
    });
  });

  test('is written into the folder of the results, encrypted with the key of the manifest', async () => {
    const job = endedJob().put('FAILURE/a.ndjson', failure(1, GENDER));
    const bucket = harness.aws.s3.bucket(BUCKET);
    const { encryption } = bucket;
    bucket.encryption = { algorithm: 'AES256' };
    await job.report();
    bucket.encryption = encryption;
    expect(job.written().keyId).toBe(harness.keyArn);
    expect(harness.takeOperations().sort()).toEqual(['GetObject', 'GetObject', 'ListObjectsV2', 'ListObjectsV2', 'ListObjectsV2', 'PutObject']);
  });

  test('has a separate section for the search-validation folder', async () => {
    const warning = { severity: 'warning', code: 'value', diagnostics: 'Not a valid date (1815)' };
    const job = endedJob()
      .put('FAILURE/a.ndjson', failure(1, GENDER))
      .put('SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/in/a.ndjson', [failure(2, [warning]), failure(3, [warning])]);
    const answer = await job.report();
    expect(answer).toMatchObject({ complete: true, filesTotal: 2, failures: 1, searchValidationFailures: 2, reasons: [{ message: GENDER }] });
    expect(job.written().document.searchValidation).toMatchObject({
      count: 2,
      files: [{ inputKey: 'input/in/a.ndjson', count: 2 }],
      reasons: [{ code: 'value', message: 'Not a valid date ({value})', count: 2 }],
    });
  });

  test('does not depend on the order in which the files are read', async () => {
    const job = endedJob();
    const names = Array.from({ length: 60 }, (_, file) => String(file).padStart(2, '0'));
    for (const name of names) {
      job.put(`FAILURE/${name}.ndjson`, name === '50' ? [failure(1, GENDER), failure(2, GENDER)] : [failure(1, GENDER)]);
    }
    let reads = 0;
    harness.aws.router.faults.hook = (_, operation) => {
      reads += operation === 'GetObject' ? 1 : 0;
      return operation === 'GetObject' && reads < 8 ? { kind: 'delay', ms: 100 } : undefined; // delays the first files, so that later files are read first
    };
    expect(await job.report()).toMatchObject({ complete: true, filesRead: 60, filesTotal: 60, failures: 61, reasons: [{ count: 61 }] });
    const { files, reasons } = job.written().document.failures;
    expect(files.map(({ inputKey }) => inputKey)).toEqual(['50', ...names.filter((name) => name !== '50')].map((name) => `input/${name}.ndjson`));
    expect(reasons[0].first.map(({ key }) => key)).toEqual(['00', '01', '02'].map((name) => job.key(`FAILURE/${name}.ndjson`)));
  });

  test('has no failures if there is no FAILURE folder', async () => {
    const job = endedJob().put('SUCCESS/a.ndjson', CANARY);
    expect(await job.report()).toMatchObject({ complete: true, filesTotal: 0, failures: 0, reasons: [] });
    expect(job.hasReport).toBe(true);
  });
});

describe('an existing report', () => {
  test('is returned, and no other object is read', async () => {
    const job = endedJob().put('FAILURE/a.ndjson', [failure(1, GENDER), failure(2, `Unknown code '${CANARY}'`)]);
    const answer = await job.report();
    harness.takeOperations();
    job.remove('FAILURE/a.ndjson');
    expect(await job.report()).toEqual(answer);
    expect(harness.takeOperations()).toEqual(['ListObjectsV2', 'GetObject']);
  });

  test.each<[string, (json: string) => string]>([
    ['is not complete', (json) => json.replace('"complete":true', '"complete":false')],
    ['has another version', (json) => json.replace('"version":1', '"version":2')],
    ['is about another job', (json) => json.replace(/"jobId":"\w+"/, '"jobId":"c0ffee"')],
    ['is about another data store', (json) => json.replace(/"datastoreId":"\w+"/, '"datastoreId":"c0ffee"')],
    ['has a total that is not exact', (json) => json.replace('"totalIsExact":true', '"totalIsExact":false')],
    ['is cut off', (json) => json.slice(0, -1)],
    ['is not a report', () => '[]'],
    ['has a message that is not on our list', (json) => json.replaceAll('@gender', `@${CANARY}`)],
    ['has a code that FHIR does not define', (json) => json.replaceAll('"processing"', `"${CANARY}"`)],
    ['has a type that FHIR does not define', (json) => json.replaceAll('"Patient"', `"${CANARY}"`)],
    ['has an invalid count', (json) => json.replace(/"count":1/, `"count":"${CANARY}"`)],
    ['has an invalid line', (json) => json.replace(/"inputLine":1/, `"inputLine":"${CANARY}"`)],
    ['has an occurrence without a key', (json) => json.replace(/("reasons":.*?"first":\[\{)"key":"[^"]*",/, '$1')],
    ['has a file without occurrences', (json) => json.replace(/("inputKey":.*?"first":)\[.*?\]/, '$1{}')],
    ['says that something is missing', (json) => json.replace('"complete":true', `"complete":true,"incomplete":"${CANARY}"`)],
  ])('is replaced if it %s', async (_, change) => {
    const job = endedJob().put('FAILURE/a.ndjson', failure(1, GENDER));
    const answer = await job.report();
    const { json } = job.written();
    const spoiled = change(json);
    expect(spoiled).not.toBe(json);
    job.put('report.json', spoiled);
    expect(await job.report()).toEqual(answer);
    expect(job.written().json).toBe(json);
  });
});

describe('the report function', () => {
  test('reads a manifest with the name manifest.json', async () => {
    const job = harness.newJob().put('manifest.json', MANIFEST).put('FAILURE/a.ndjson', failure(1, GENDER));
    expect(await job.report()).toMatchObject({ manifest: { resourcesScanned: 9 } });
  });

  test('reads Manifest.json if manifest.json exists too', async () => {
    const job = harness.newJob().put('manifest.json', MANIFEST).put('Manifest.json', '{"numberOfResourcesScanned":3}');
    expect(await job.report()).toMatchObject({ manifest: { resourcesScanned: 3 } });
  });

  test('reports the failures if the manifest has no counts', async () => {
    const job = harness.newJob().put('Manifest.json', '{}').put('FAILURE/a.ndjson', failure(1, GENDER));
    const answer = await job.report();
    expect(answer).toMatchObject({ complete: true, failures: 1, manifestProblem: 'the manifest has no counts' });
    expect(answer.manifest).toBeUndefined();
  });

  test('reports the failures if the manifest is missing, and reads the manifest as soon as it exists', async () => {
    const job = harness.newJob().put('FAILURE/a.ndjson', failure(1, GENDER));
    expect(await job.report()).toMatchObject({ failures: 1, manifestProblem: 'there is no manifest' });
    job.put('Manifest.json', MANIFEST);
    expect(await job.report()).toMatchObject({ failures: 1, manifest: { resourcesScanned: 9 } });
  });

  test('reports the search-validation failures if the manifest is missing', async () => {
    const job = harness.newJob().put('SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/a.ndjson', failure(1, GENDER));
    expect(await job.report()).toMatchObject({ failures: 0, searchValidationFailures: 1, manifestProblem: 'there is no manifest' });
  });

  test('makes no report if there is neither a manifest nor a failure', async () => {
    const job = harness.newJob();
    expect(await harness.invoke(job.request)).toEqual({ kind: 'no-manifest', why: 'there is no manifest' });
    expect(job.hasReport).toBe(false);
  });

  test('makes no report if the manifest is larger than 1 MiB', async () => {
    const job = harness.newJob().put('Manifest.json', ' '.repeat(1024 * 1024 + 1));
    expect(await harness.invoke(job.request)).toEqual({
      kind: 'unreadable', why: 'Error: the object is larger than 1,048,576 bytes',
    });
  });
});

describe('a file of failures', () => {
  /** Removes these objects after the report function has listed them, before it reads them. */
  function removeBeforeReading(job: Job, names: readonly string[]): void {
    let lists = 0;
    harness.aws.router.faults.hook = (service, operation) => {
      lists += operation === 'ListObjectsV2' ? 1 : 0;
      if (service === 's3' && operation === 'GetObject' && lists === 2) {
        names.forEach((name) => job.remove(name));
      }
      return undefined;
    };
  }

  test('is listed as unread if it is deleted before it is read', async () => {
    const job = endedJob().put('FAILURE/a.ndjson', failure(1, GENDER)).put(`FAILURE/${CANARY}.ndjson`, failure(2, GENDER));
    removeBeforeReading(job, [`FAILURE/${CANARY}.ndjson`]);
    // The role may list only this prefix, not the whole bucket. S3 then returns AccessDenied, not NoSuchKey, for a missing object.
    expect(await job.report()).toMatchObject({
      complete: false, problem: '1 of 2 files could not be read (AccessDenied)', filesRead: 1, filesTotal: 2, filesTotalIsExact: true, failures: 1,
    });
    expect(job.written().document.files.unread).toEqual([{ key: job.key(`FAILURE/${CANARY}.ndjson`), why: 'AccessDenied' }]);

    expect(await job.report()).toMatchObject({ complete: true, filesRead: 1, filesTotal: 1 });
  });

  test('is listed as unread only if it is among the first 20 unreadable files', async () => {
    const job = endedJob();
    const names = Array.from({ length: 25 }, (_, file) => `FAILURE/${file}.ndjson`);
    names.forEach((name) => job.put(name, failure(1, GENDER)));
    removeBeforeReading(job, names);
    expect(await job.report()).toMatchObject({ complete: false, problem: '25 of 25 files could not be read (AccessDenied)' });
    expect(job.written().document.files.unread).toHaveLength(20);
  });

  test('may contain malformed and overlong lines, and the answer names only the three most frequent reasons', async () => {
    const job = endedJob().put('FAILURE/a.ndjson', [
      failure(1, GENDER), CANARY, `{"lineId":3,"resourceId":"${CANARY}"}`, '', failure(5, 'x'.repeat(2_000_000)), failure(6, GENDER),
    ]);
    const { reasons, failures } = await job.report();
    expect(failures).toBe(5);
    expect(reasons.map(({ code, count }) => [code, count])).toEqual([['processing', 2], ['line-not-json', 1], ['line-too-long', 1]]);
    expect(job.written().document.failures.reasons.map(({ code }) => code)).toEqual(['processing', 'line-not-json', 'line-too-long', 'line-without-response']);
  });
});

describe('the time limit', () => {
  test('for reading is 25 s, and for listing 15 s, before the time-out of the function', async () => {
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    await endedJob().report(180_000);
    const [[reading], [listing]] = timeout.mock.calls;
    timeout.mockRestore();
    expect([reading, listing]).toEqual([155_000, 165_000]);
  });

  test('causes an incomplete report if not all files have been read', async () => {
    const job = endedJob();
    for (const file of ['a', 'b', 'c', 'd', 'e']) {
      job.put(`FAILURE/${file}.ndjson`, failure(1, GENDER));
    }
    let reads = 0;
    harness.aws.router.faults.hook = (service, operation) => {
      reads += service === 's3' && operation === 'GetObject' ? 1 : 0;
      return reads > 3 && operation === 'GetObject' ? { kind: 'delay', ms: 60_000 } : undefined; // the reads of the manifest and of two files are not delayed
    };
    expect(await job.report(4_000)).toMatchObject({
      complete: false, problem: 'the time was up: 2 of 5 files read', filesRead: 2, filesTotal: 5, filesTotalIsExact: true, failures: 2, reasons: [{ count: 2 }],
    });
    expect(job.written().document).toMatchObject({ complete: false, incomplete: 'the time was up: 2 of 5 files read', files: { read: 2, total: 5 } });

    harness.aws.router.faults.clear();
    expect(await job.report()).toMatchObject({ complete: true, filesRead: 5, failures: 5 });
  });

  test('causes an incomplete report if not all files have been listed', async () => {
    const job = endedJob();
    for (let file = 0; file < 1_001; file++) {
      job.put(`FAILURE/${file}.ndjson`, failure(1, GENDER));
    }
    let lists = 0;
    harness.aws.router.faults.hook = (_, operation) => {
      lists += operation === 'ListObjectsV2' ? 1 : 0;
      return lists > 2 && operation === 'ListObjectsV2' ? { kind: 'delay', ms: 60_000 } : undefined;
    };
    const answer = await job.report(4_000);
    expect(answer).toMatchObject({ complete: false, filesTotal: 1_000, filesTotalIsExact: false });
    expect(answer.problem).toMatch(/^the time was up: \d+ of 1000 or more files read$/);
  });
});

describe('the report function without a permission', () => {
  const without = (action: string) => harness.statements().filter((statement) => !JSON.stringify(statement).includes(action));

  afterEach(async () => harness.useRole(...harness.statements()));

  test.each([
    ['s3:ListBucket', /^AccessDenied: .*s3:ListBucket/],
    ['s3:GetObject', /^AccessDenied \(full text: CloudTrail\): User: arn:\S+\/fhir-import is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::clinic-results\/output\/\S+\/\*\*\* because/],
    ['kms:Decrypt', /^AccessDenied \(full text: CloudTrail\): .*kms:Decrypt/],
  ])('makes no report if %s is not allowed', async (action, why) => {
    await harness.useRole(...without(action));
    expect(await harness.invoke(endedJob().request)).toMatchObject({ kind: 'unreadable', why: expect.stringMatching(why) });
  });

  test('returns no report location if s3:PutObject is not allowed', async () => {
    await harness.useRole(...without('s3:PutObject'));
    const job = endedJob().put('FAILURE/a.ndjson', failure(1, GENDER));
    const answer = await job.report();
    expect(answer).toMatchObject({ complete: true, failures: 1, problem: expect.stringMatching(/^the report could not be written: AccessDenied \(full text: CloudTrail\): .*s3:PutObject/) });
    expect(answer.location).toBeUndefined();
  });

  test('reports only the counts of the manifest if listing FAILURE/ is not allowed', async () => {
    await harness.useRole(...harness.statements().filter((statement) => !JSON.stringify(statement).includes('s3:prefix') || JSON.stringify(statement).includes('s3:delimiter')));
    const job = endedJob().put('FAILURE/a.ndjson', failure(1, GENDER));
    expect(await job.report()).toMatchObject({
      complete: false,
      filesTotal: 0,
      filesTotalIsExact: false,
      manifest: { resourcesScanned: 9 },
      problem: expect.stringMatching(/^not all files could be listed: AccessDenied: .*s3:ListBucket/),
    });
  });

  test('makes no report on the results of another data store or another bucket', async () => {
    const { OutputLocation: location, ...request } = harness.newJob().request;
    expect(await harness.invoke({ ...request, OutputLocation: location.replace(/6407/, 'cafe') })).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('AccessDenied') });
    expect(await harness.invoke({ ...request, OutputLocation: 's3://another-bucket/x/' })).toMatchObject({ kind: 'unreadable' });
    expect(await harness.invoke({ ...request, OutputLocation: 'UNKNOWN' })).toEqual({ kind: 'unreadable', why: 'the output location is not a folder in S3' });
  });
});

test('the report contains patient data only in object keys', async () => {
  const job = endedJob()
    .put(`FAILURE/${CANARY}/${CANARY}.ndjson`, [
      failure(1, `Unknown code '${CANARY}'`),
      failure(2, `unknown ${CANARY}`),
      failure(3, `Unrecognised property '@${CANARY}'`),
      failure(4, `Patient.name['${CANARY}']: minimum required = 1, but only found 0`),
      failure(5, `Patient.${CANARY}: minimum required = 1, but only found 0 (from http://${CANARY}/StructureDefinition/${CANARY})`),
      failure(6, GENDER, { resourceType: CANARY }),
      failure(7, [{ severity: CANARY, code: CANARY, diagnostics: CANARY, details: { text: CANARY }, location: [CANARY], expression: [CANARY] }]),
      CANARY, `{"${CANARY}":"${CANARY}"}`, `{"lineId":"${CANARY}","UpdateResourceResponse":{"jsonBlob":{"${CANARY}":1}}}`, CANARY.repeat(200_000),
    ])
    .put(`SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/${CANARY}.ndjson`, [failure(1, CANARY)])
    .put(`SUCCESS/${CANARY}.ndjson`, CANARY)
    .put(CANARY, CANARY);
  const logged = harness.log.length;
  const { complete, failures } = await job.report(); // the harness checks that the answer has no patient data
  expect([complete, failures]).toEqual([true, 11]);
  expect(harness.log.slice(logged)).toHaveLength(1); // the harness checks that the log has no patient data

  const { json, document } = job.written();
  expect(json).toContain(`input/${CANARY}/${CANARY}.ndjson`);
  const withoutKeys = JSON.stringify(document, (name, value) => (name === 'key' || name === 'inputKey' ? 'KEY' : value));
  expect(withoutKeys).not.toContain(CANARY);
  expect(withoutKeys).toContain('Unknown code');
});
