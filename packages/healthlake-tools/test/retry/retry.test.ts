import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ANY_CREDENTIALS, at, Harness, INPUT, OUTPUT, patient, useEnvironment } from '../support/aws';
import { type FailedImport, importWithReport } from '../support/failed-import';
import { readFiles, useFolder } from '../support/folder';
import { CANARY, expectFailure, healthlake } from '../support/tool';

useEnvironment(ANY_CREDENTIALS);
const pathOf = useFolder();

const BAD = {
  slash: patient(`${CANARY}/b`, { multipleBirthDecimal: 1.50 }),
  cut: `{"name":"${CANARY}"\n`,
  noId: '{"resourceType":"Observation","valueDecimal":1.50}\n',
};

let aws: Harness;

beforeEach(async () => {
  aws = await Harness.start();
});

afterEach(() => aws.close());

function importBad(): Promise<FailedImport> {
  return importWithReport(aws, 'data/', {
    'Patient.ndjson': patient('a') + BAD.slash + patient('c') + BAD.cut,
    'v2/Observation.ndjson': BAD.noId,
    'v2/Good.ndjson': patient('d'),
  });
}

/** Replaces a text in a file, as a user mends it. */
function mend(path: string, text: string, by: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replace(text, by));
}

test('writes the failed resources and their reasons; the mended set is uploaded and imported until COMPLETED', async () => {
  const { report, jobId } = await importBad();
  const out = pathOf('failed');
  const args = ['retry', report, '--out', out, ...at(aws)];

  const written = await healthlake(args);
  expect(written).toEqual({ code: 0, out: expect.stringContaining(`Wrote 3 failed resources in 2 files to ${out}\n`), err: '' });
  expect(written.out).toContain(`healthlake retry ${report} --out ${out} --upload s3://BUCKET/NEW-PREFIX/`);
  const { 'Patient.ndjson.reasons.jsonl': reasons, ...files } = readFiles(out);
  expect(files).toEqual({
    'Patient.ndjson': BAD.slash + BAD.cut,
    'retry.json': `${JSON.stringify({ datastoreId: aws.datastoreId, jobId })}\n`,
    'v2/Observation.ndjson': BAD.noId,
    'v2/Observation.ndjson.reasons.jsonl': expect.stringContaining('Missing required id field in resource json'),
  });
  expect(reasons.trimEnd().split('\n').map((line) => JSON.parse(line))).toEqual([
    { line: 1, inputLine: 2, resourceType: 'Patient', resourceId: `${CANARY}/b`, reasons: [{ code: 'processing', text: expect.stringContaining('resourceId') }] },
    { line: 2, inputLine: 4, reasons: [{ code: 'processing', text: 'Invalid JSON found in input file' }] },
  ]);

  const upload = [...args, '--upload', `s3://${INPUT}/mended/1`];
  const refused = await healthlake(upload);
  expect(refused).toEqual({ code: 1, out: expect.stringMatching(/not-json: .*HealthLake will reject 3 lines in 2 of 2 files\.\nNothing was uploaded\.\n$/s), err: '' });

  mend(pathOf('failed', 'Patient.ndjson'), `"${CANARY}/b"`, '"b"');
  mend(pathOf('failed', 'Patient.ndjson'), BAD.cut, patient('e'));
  mend(pathOf('failed', 'v2/Observation.ndjson'), '"Observation"', '"Observation","id":"o"');
  expect(await healthlake(upload)).toEqual({ code: 0, out: `Uploaded 2 files to s3://${INPUT}/mended/1/. Import this prefix.\n`, err: '' });

  const again = await aws.startImport({ InputDataConfig: { S3Uri: `s3://${INPUT}/mended/1/` } });
  expect(await aws.ended(again)).toMatchObject({ JobStatus: 'COMPLETED', JobProgressReport: { TotalNumberOfScannedFiles: 2, TotalNumberOfResourcesImported: 3 } });
  expect(aws.service.healthLake.resources(aws.datastoreId).map(({ resourceType, id }) => `${resourceType}/${id}`).sort()).toEqual(
    ['Observation/o', 'Patient/a', 'Patient/b', 'Patient/c', 'Patient/d', 'Patient/e']);
  await expectFailure(upload, `s3://${INPUT}/mended/1/ has objects: give --upload a new prefix`);
  rmSync(out, { recursive: true });
});

test('uploads at once if the failed resources need no change, and prints a JSON document', async () => {
  const { report } = await importWithReport(aws, 'data/', { 'Patient.ndjson': patient('a') + patient('b/b') });
  const folder = report.slice(`s3://${OUTPUT}/`.length).replace('report.json', '');
  await aws.s3.send(new PutObjectCommand({ // as if the server had failed
    Bucket: OUTPUT, Key: `${folder}FAILURE/Patient.ndjson`, Body: '{"lineId":1,"resourceId":"a","UpdateResourceResponse":{"statusCode":500}}\n',
  }));
  const { code, out } = await healthlake(['retry', report, '--out', pathOf('at-once'), '--upload', `s3://${INPUT}/again/`, '--json', ...at(aws)]);
  expect({ code, document: JSON.parse(out) }).toEqual({
    code: 0,
    document: {
      extracted: { resources: 1, notFound: 0, unreadableFiles: 0, files: [{ file: 'Patient.ndjson', resources: 1, notFound: 0 }] },
      check: expect.objectContaining({ resources: 1, problems: [] }),
      uploaded: { location: `s3://${INPUT}/again/`, files: 1 },
    },
  });
  const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: INPUT, Key: 'again/Patient.ndjson' }));
  expect(await Body!.transformToString()).toBe(patient('a'));
});

test('finds the lines if HealthLake counts them from 0', async () => {
  const { report } = await importBad();
  const key = `${report.slice(`s3://${OUTPUT}/`.length).replace('report.json', '')}FAILURE/Patient.ndjson`;
  const results = await aws.output(key);
  const fromZero = results.replace(/"lineId":(\d+)/g, (_, line: string) => `"lineId":${Number(line) - 1}`);
  await aws.s3.send(new PutObjectCommand({ Bucket: OUTPUT, Key: key, Body: fromZero }));
  const out = pathOf('from-0');
  expect((await healthlake(['retry', report, '--out', out, ...at(aws)])).code).toBe(1); // the other file has no id, and 1 for its line
  expect(readFiles(out)['Patient.ndjson']).toBe(BAD.slash + BAD.cut);
});

test('leaves out and counts a line whose resource is not the failed one', async () => {
  const { report } = await importBad();
  await aws.put('data/Patient.ndjson', patient('a') + patient('x') + patient('c') + BAD.cut);
  const out = pathOf('changed');
  const result = await healthlake(['retry', report, '--out', out, ...at(aws)]);
  expect(result).toMatchObject({ code: 1, out: expect.stringContaining('1 failed resource not found: the input is not what the job read') });
  expect(readFiles(out)['Patient.ndjson']).toBe(BAD.cut);
});

test('writes no folder if no resource failed', async () => {
  const { report } = await importWithReport(aws, 'data/', { 'Patient.ndjson': patient('a') });
  const result = await healthlake(['retry', report, '--out', pathOf('none'), ...at(aws)]);
  expect(result).toEqual({ code: 0, out: 'The results of the job have no failed resources.\n', err: '' });
  await expectFailure(['check', pathOf('none')], 'it does not exist');
});

test('fails if the results of the failed resources were deleted', async () => {
  const { report } = await importWithReport(aws, 'data/', { 'Patient.ndjson': patient('b/b') });
  const Key = report.slice(`s3://${OUTPUT}/`.length).replace('report.json', 'FAILURE/Patient.ndjson');
  await aws.s3.send(new DeleteObjectCommand({ Bucket: OUTPUT, Key }));
  await expectFailure(['retry', report, '--out', pathOf('deleted'), ...at(aws)], /has no FAILURE\/ files, but the report has 1 failed resource: restore/);
});

test('fails with one sentence, and writes nothing', async () => {
  const { report } = await importBad();
  const to = (...args: string[]): string[] => ['retry', report, '--out', ...args, ...at(aws)];
  await expectFailure(['retry', report, ...at(aws)], /required option '--out <folder>' not specified/);
  await expectFailure(to(pathOf('missing', 'out')), `${pathOf('missing')} can't be used: it does not exist`);
  writeFileSync(pathOf('file'), '');
  await expectFailure(to(pathOf('file')), 'file can\'t be used: it is not a folder');
  await expectFailure(to(pathOf()), 'is not empty: give --out a new folder');
  await expectFailure(to(pathOf(), '--upload', `s3://${INPUT}/new/`), /is not empty and has no failed resources of job/);
  await expectFailure(to(pathOf('out'), '--upload', 's3://nowhere/new/'), 's3://nowhere/new/ can\'t be listed: NoSuchBucket');

  await aws.s3.send(new PutObjectCommand({ Bucket: OUTPUT, Key: `${report.slice(`s3://${OUTPUT}/`.length).replace('report.json', '')}FAILURE/../x.ndjson`, Body: '{}' }));
  await aws.put('data/../x.ndjson', patient('a'));
  const before = readFiles(pathOf());
  await expectFailure(to(pathOf('out')), '../x.ndjson can\'t be the name of a file: rename it');
  expect(readFiles(pathOf())).toEqual(before);
});
