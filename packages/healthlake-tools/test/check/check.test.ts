import { mkdirSync, symlinkSync } from 'node:fs';
import { ServiceError } from '../../../local-healthlake/src/service';
import { ANY_CREDENTIALS, at, CALLER, Harness, type HarnessIam, INPUT, patient, useEnvironment } from '../support/aws';
import { useFolder, writeFiles } from '../support/folder';
import { CANARY, expectFailure, healthlake } from '../support/tool';

useEnvironment(ANY_CREDENTIALS);
const pathOf = useFolder();

const FILES = {
  'Patient.ndjson': patient('a') + patient(CANARY) + patient(CANARY) + `{"resourceType":"${CANARY}","id":"x"}\n\n`,
  'v2/Observation.ndjson': `{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/${CANARY}-2"}}\n`,
  'v2/pretty.ndjson': '{\n  "resourceType": "Patient",\n  "id": "b"\n}\n',
  'x.ndjson/Patient.ndjson': patient('c'),
  'parameters.json': '{}\n',
};

let aws: Harness;

beforeAll(async () => {
  aws = await Harness.start();
  writeFiles(pathOf('set'), FILES);
  for (const [name, body] of Object.entries(FILES)) {
    await aws.put(`data/${name}`, body);
  }
  await aws.put('data/v2/', '');
});

afterAll(() => aws.close());

test('lists problems by file, type and code, without values', async () => {
  const { code, out, err } = await healthlake(['check', pathOf('set')]);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out.replace(/ {2,}/g, ' | ').split('\n')).toEqual(expect.arrayContaining([
    'Observation | 1',
    'Patient | 4',
    'Patient.ndjson | 5 | 2 | 172 bytes',
    'rejected | 1 × blank-line: the line is blank; remove blank lines',
    ' | Patient.ndjson:5',
    'warning | 1 × repeated-id: two resources have the same type and id, and only one of them will be the current version; keep only the newest one',
    ' | Patient.ndjson:3 and Patient.ndjson:2',
    ' | v2/Observation.ndjson:1',
    ' | parameters.json',
    'HealthLake will reject 6 lines in 2 of 4 files.',
  ]));
});

test('finds the same below a prefix in S3', async () => {
  const local = await healthlake(['check', pathOf('set'), '--json']);
  for (const uri of [`s3://${INPUT}/data/`, `s3://${INPUT}/data`]) {
    const remote = await healthlake(['check', uri, '--json', ...at(aws)]);
    expect(remote.code).toBe(1);
    expect(JSON.parse(remote.out.replaceAll('"data/', '"'))).toEqual(JSON.parse(local.out));
  }
});

test('prints a JSON document', async () => {
  const { out } = await healthlake(['check', pathOf('set'), '--json']);
  const { files, types, resources, bytes, problems } = JSON.parse(out);
  expect(files[0]).toEqual({ file: 'Patient.ndjson', bytes: expect.any(Number), lines: 5, rejected: 2, isIgnored: false });
  expect({ types, resources, bytes }).toEqual({ types: [{ type: 'Observation', count: 1 }, { type: 'Patient', count: 4 }], resources: 5, bytes: expect.any(Number) });
  expect(problems).toContainEqual({
    code: 'repeated-id',
    severity: 'warning',
    text: expect.any(String),
    remedy: expect.any(String),
    count: 1,
    files: 1,
    first: [{ file: 'Patient.ndjson', line: 3, other: { file: 'Patient.ndjson', line: 2 } }],
  });
});

test('shows values with --show-values on a terminal only', async () => {
  const { out } = await healthlake(['check', pathOf('set'), '--show-values'], { isTerminal: true, showsValues: true });
  expect(out).toContain(`Patient.ndjson:3 and Patient.ndjson:2  Patient/${CANARY}\n`);
  await expectFailure(['check', pathOf('set'), '--show-values'], /--show-values works only on a terminal/);
  await expectFailure(['check', pathOf('set'), '--show-values', '--json'], /--show-values works only on a terminal/);
});

test('shows a progress bar on a terminal', async () => {
  expect((await healthlake(['check', pathOf('set')], { isTerminal: true })).err).toMatch(/checking .*100 % of \d+ bytes/);
});

test('compares the resources with the structure of FHIR R4 with --structure', async () => {
  writeFiles(pathOf('structure'), { 'Patient.ndjson': patient('a') + patient('b', { gender: CANARY }) });
  const { code, out } = await healthlake(['check', pathOf('structure'), '--structure']);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/warning {2}1 × structure-code: .*\n {2}Patient\.ndjson:2 {2}Patient\.gender\n/) });
  const { problems } = JSON.parse((await healthlake(['check', pathOf('structure'), '--structure', '--json'])).out);
  expect(problems).toEqual([expect.objectContaining({
    code: 'structure-code', severity: 'warning', count: 1, files: 1, first: [{ file: 'Patient.ndjson', line: 2, location: 'Patient.gender' }],
  })]);
  const shown = await healthlake(['check', pathOf('structure'), '--structure', '--show-values'], { isTerminal: true, showsValues: true });
  expect(shown.out).toContain(`  Patient.ndjson:2  Patient.gender  Code "${CANARY}" not found in value set\n`);
});

test('ends with 0 if nothing is known to be rejected, and never says that HealthLake accepts it', async () => {
  writeFiles(pathOf('good'), { 'Patient.ndjson': patient('a') });
  const { code, out } = await healthlake(['check', pathOf('good')]);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('Nothing found that HealthLake is known to reject. Only an import shows') });
});

test('warns of a line that is too long to be checked', async () => {
  writeFiles(pathOf('endless'), { 'Patient.ndjson': Buffer.alloc(32 * 1024 * 1024, `{"resourceType":"Patient","id":"${CANARY}","a":`) });
  const { code, out } = await healthlake(['check', pathOf('endless')]);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('1 × line-too-long') });
});

test('rejects a folder without files', async () => {
  mkdirSync(pathOf('empty'));
  const { code, out } = await healthlake(['check', pathOf('empty')]);
  expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('HealthLake will reject the import: no .ndjson file has content.') });
});

test('fails with one sentence', async () => {
  await expectFailure(['check', pathOf('missing')], `${pathOf('missing')} can't be used: it does not exist`);
  await expectFailure(['check', pathOf('set', 'Patient.ndjson')], 'Patient.ndjson can\'t be used: it is not a folder');
  mkdirSync(pathOf('loop'));
  symlinkSync('.', pathOf('loop', 'again'));
  await expectFailure(['check', pathOf('loop')], /can't be used: its symbolic links form a circle/);
  await expectFailure(['check'], /missing required argument 'data set'/);
  await expectFailure(['check', 's3://'], /s3:\/\/ is not an S3 URI: write s3:\/\/BUCKET\/PREFIX\//);
  await expectFailure(['check', 's3://nowhere/x/', ...at(aws)], /s3:\/\/nowhere\/x\/ can't be listed: NoSuchBucket: /);
});

test.each([
  ['s3:ListBucket', /s3:\/\/fhir-input\/data\/ can't be listed: AccessDenied: no s3:ListBucket/],
  ['s3:GetObject', /s3:\/\/fhir-input\/data\/Patient\.ndjson can't be read: AccessDenied: no s3:GetObject/],
])('fails with one sentence without the permission %s', async (denied, sentence) => {
  const iam: HarnessIam = {
    callerOf: () => CALLER,
    authorize: async ({ action }) => {
      if (action === denied) {
        throw new ServiceError('AccessDenied', `no ${action}`, 403);
      }
    },
    checkResourcePolicy: async () => {},
    assumeRole: () => Promise.reject(new Error('no job runs')),
  };
  const guarded = await Harness.startWith(() => iam, { accessKeyId: 'AKIAANY', secretAccessKey: 'any' });
  try {
    await guarded.put('data/Patient.ndjson', patient('a'));
    await expectFailure(['check', `s3://${INPUT}/data/`, ...at(guarded)], sentence);
  } finally {
    await guarded.close();
  }
});

test('shows no progress bar on a terminal that can\'t move its cursor', async () => {
  const { TERM } = process.env;
  process.env.TERM = 'dumb';
  try {
    expect(await healthlake(['check', pathOf('set')], { isTerminal: true })).toMatchObject({ code: 1, err: '' });
  } finally {
    process.env.TERM = TERM;
  }
});
