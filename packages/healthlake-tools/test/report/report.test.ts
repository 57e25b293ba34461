import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ANY_CREDENTIALS, at, Harness, OUTPUT, patient, useEnvironment } from '../support/aws';
import { type FailedImport, importWithReport } from '../support/failed-import';
import { CANARY, expectFailure, healthlake } from '../support/tool';

useEnvironment(ANY_CREDENTIALS);

const DOCS = join(__dirname, '../../../../docs');

let aws: Harness;
let failed: FailedImport;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'healthlake-report-'));
  aws = await Harness.start();
  failed = await importWithReport(aws, 'data/<b>&"/', {
    'Patient.ndjson': [patient('a'), '{"resourceType":"Patient"}\n', `{"name":"${CANARY}"\n`, patient(`${CANARY}/b`)].join(''),
    'v2/Observation.ndjson': '{"resourceType":"Observation"}\n',
  });
});

afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});

test('shows the report on an import as a table', async () => {
  const { code, out } = await healthlake(['report', failed.report, ...at(aws)]);
  expect(code).toBe(0);
  const lines = out.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '));
  expect(lines).toEqual(expect.arrayContaining([
    `Import job ${failed.jobId}`,
    '5 resources scanned, 1 imported, 4 not imported, 0 errors of the server',
    'Not imported: 4 resources',
    '2 | processing: Missing required id field in resource json | Observation 1, Patient 1 | Patient.ndjson:2, v2/Observation.ndjson:1',
    '1 | processing: Invalid JSON found in input file | other 1 | Patient.ndjson:3',
    '3 | Patient.ndjson | Patient.ndjson:2, Patient.ndjson:3, Patient.ndjson:4',
  ]));
});

test('prints the report itself with --json', async () => {
  const { out } = await healthlake(['report', failed.report, '--json', ...at(aws)]);
  const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: OUTPUT, Key: failed.report.slice(`s3://${OUTPUT}/`.length) }));
  expect(JSON.parse(out)).toEqual(JSON.parse(await Body!.transformToString()));
});

test('writes an HTML page without markup of the data, script or other files', async () => {
  const file = join(folder, 'report.html');
  writeFileSync(file, 'an older page');
  const { code } = await healthlake(['report', failed.report, '--html', file, ...at(aws)]);
  const page = readFileSync(file, 'utf8');
  expect(code).toBe(0);
  expect(page).toContain('data/&lt;b&gt;&amp;&quot;/');
  expect(page).not.toMatch(/<b>&|<script|(?:src|href)=|url\(|@import/);
  expect(page).toContain('<td class="number">3</td><td>Patient.ndjson</td>');
  expect(page).toContain('prefers-color-scheme: dark');
  expect(page).not.toContain(CANARY);
  expect(readdirSync(folder)).toEqual(['report.html']);
});

test.each([
  ['report.md', /Not imported: 2 resources\n.*\n +2 {2}processing: Patient\.birthDate: max allowed = \{number\}, but found \{number\} {2}Patient 2/],
  ['export.md', /^Export job [0-9a-f]+\n3 files, 2,514 resources\n[^]*\nObservation +2 +2\.8 MB +2,494\n/],
])('shows the example of docs/%s from a file', async (page, text) => {
  const file = join(folder, `${page}.json`);
  writeFileSync(file, /```json\n(.*?)\n```/s.exec(readFileSync(join(DOCS, page), 'utf8'))![1]);
  expect(await healthlake(['report', file])).toEqual({ code: 0, out: expect.stringMatching(text), err: '' });
  rmSync(file);
});

test('replaces the control characters of names', async () => {
  const file = join(folder, 'export.json');
  writeFileSync(file, JSON.stringify({
    version: '1', datastoreId: '\x1b[2Jd\x1b[8m\u202e', jobId: 'j', jobStatus: 'COMPLETED', location: 's3://b/', complete: true, counted: false, files: 1, bytes: 1, types: [],
  }));
  expect((await healthlake(['report', file])).out).toContain('data store  \ufffd[2Jd\ufffd[8m\ufffd\n');
  rmSync(file);
});

test.each([
  ['an import', { version: 1, failures: {}, searchValidation: {} }],
  ['an import', { version: 1, failures: {}, searchValidation: {}, job: { input: 's3://in/', output: 's3://out/' } }],
  ['an export', { version: '1', jobStatus: 'COMPLETED', types: [{}] }],
])('fails if the report on %s lacks members, and writes no page: %j', async (_, document) => {
  const file = join(folder, 'short.json');
  writeFileSync(file, JSON.stringify(document));
  await expectFailure(['report', file, '--html', join(folder, 'short.html')], `${file} is not a report of cdk-healthlake-import`);
  rmSync(file);
  expect(readdirSync(folder)).toEqual(['report.html']);
});

test('writes text in the place of a number without markup', async () => {
  const [file, page] = [join(folder, 'hostile.json'), join(folder, 'hostile.html')];
  const job = { datastoreId: 'd', jobId: 'j', input: 's3://in/', output: 's3://out/' };
  const none = { count: 0, files: [], otherFiles: {}, resourceTypes: [], reasons: [] };
  writeFileSync(file, JSON.stringify({
    version: 1, job, manifest: { resourcesScanned: '<script>' }, failures: none, searchValidation: none, files: { unread: [] },
  }));
  expect((await healthlake(['report', file, '--html', page])).code).toBe(0);
  expect(readFileSync(page, 'utf8')).toContain('&lt;script&gt;');
  rmSync(file);
  rmSync(page);
});

test('replaces no folder or pipe by a page', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const file = ['report', failed.report, '--html'];
  await expectFailure([...file, folder, ...at(aws)], `${folder} is not a file: give the path of a new file, or of a file to replace`);
  await expectFailure([...file, pipe, ...at(aws)], `${pipe} is not a file`);
  rmSync(pipe);
});

test('fails with one sentence', async () => {
  const file = join(folder, 'other.json');
  await expectFailure(['report', file], `${file} can't be used: it does not exist`);
  await expectFailure(['report', folder], `${folder} can't be used: it is a folder`);
  writeFileSync(file, '{"version":1}');
  await expectFailure(['report', file], 'is not a report of cdk-healthlake-import');
  writeFileSync(file, '{"version":2,"failures":{},"searchValidation":{}}');
  await expectFailure(['report', file], 'has version 2 of the report, and this tool reads version 1: install a newer version');
  rmSync(file);
  await expectFailure(['report', failed.report, '--html', join(folder, 'missing', 'x.html'), ...at(aws)], /x\.html can't be used: it does not exist/);
  await expectFailure(['report', 's3://nowhere/report.json', ...at(aws)], /s3:\/\/nowhere\/report\.json can't be read: NoSuchBucket: /);
  await expectFailure(['report', `s3://${OUTPUT}/data/`, ...at(aws)], 'is not an object: give the location of report.json or export.json');
  expect(readdirSync(folder)).toEqual(['report.html']);
});
