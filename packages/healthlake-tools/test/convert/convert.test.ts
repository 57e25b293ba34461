import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { ANY_CREDENTIALS, patient, useEnvironment } from '../support/aws';
import { readFiles, useFolder, writeFiles } from '../support/folder';
import { CANARY, expectFailure, healthlake } from '../support/tool';

useEnvironment(ANY_CREDENTIALS);
const pathOf = useFolder();

const URN = 'urn:uuid:6f6b6d3e-52dc-4e60-9f3c-2d0f6b6d3e52';

const BUNDLE = JSON.stringify({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    { fullUrl: URN, resource: { resourceType: 'Patient', id: CANARY } },
    { resource: { resourceType: 'Observation', id: 'o', subject: { reference: URN } } },
  ],
}, undefined, 2);

beforeAll(() => {
  writeFiles(pathOf('set'), {
    'bundle.json': BUNDLE,
    'v2/Patient.ndjson.gz': gzipSync(patient('a') + patient('a')),
    'x.ndjson/Patient.NDJSON': `\ufeff${patient('b').replace('\n', '\r\n')}\n`,
    'readme.md': 'x',
  });
});

const CONVERTED = {
  'bundle.ndjson': `{"resourceType":"Patient","id":"${CANARY}"}\n{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/${CANARY}"}}\n`,
  'v2/Patient.ndjson': patient('a'),
  'x.ndjson/Patient.ndjson': patient('b'),
};

test('writes NDJSON in which a check finds nothing to reject, and lists the changes without values', async () => {
  const { code, out, err } = await healthlake(['convert', pathOf('set'), '--out', pathOf('out')]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Wrote 4 resources from 3 files to /);
  expect(out.replace(/ {2,}/g, ' | ').split('\n')).toEqual(expect.arrayContaining([
    'v2/Patient.ndjson.gz | v2/Patient.ndjson | 1',
    'info | 1 × reference-rewritten: a reference to a fullUrl becomes Type/id',
    ' | bundle.json:1 entry 2',
    '1 file with other names not converted: readme.md',
  ]));
  expect(readFiles(pathOf('out'))).toEqual(CONVERTED);
  expect((await healthlake(['check', pathOf('out')])).code).toBe(0);
});

test('prints a JSON document, and writes into an empty folder', async () => {
  mkdirSync(pathOf('empty-out'));
  const { code, out } = await healthlake(['convert', pathOf('set'), '--out', pathOf('empty-out'), '--json']);
  const { files, resources, changes, ignored } = JSON.parse(out);
  expect({ code, resources, ignored }).toEqual({ code: 0, resources: 4, ignored: ['readme.md'] });
  expect(files).toContainEqual({ from: 'bundle.json', to: 'bundle.ndjson', resources: 2 });
  expect(changes).toContainEqual({
    code: 'repeat',
    severity: 'info',
    text: 'a repeat of a resource with the same content is left out',
    count: 1,
    files: 1,
    first: [{ file: 'v2/Patient.ndjson.gz', line: 1, other: { file: 'v2/Patient.ndjson.gz', line: 2 } }],
  });
  expect(readFiles(pathOf('empty-out'))).toEqual(CONVERTED);
});

test('shows values with --show-values on a terminal only', async () => {
  const out = pathOf('values-out');
  writeFiles(pathOf('values'), { 'a.json': `{"resourceType":"Patient","id":"${CANARY}/1"}` });
  await expectFailure(['convert', pathOf('values'), '--out', out, '--show-values'], /--show-values works only on a terminal/);
  const shown = await healthlake(['convert', pathOf('values'), '--out', out, '--show-values'], { isTerminal: true, showsValues: true });
  expect(shown).toMatchObject({ code: 1, out: expect.stringContaining(`a.json:1  ${CANARY}/1`) });
});

test('ends with 1 if something can\'t be converted, and writes the rest', async () => {
  writeFiles(pathOf('broken'), { 'a.ndjson': `${patient('a')}{"name":"${CANARY}`, 'b.json.gz': 'x' });
  const { code, out } = await healthlake(['convert', pathOf('broken'), '--out', pathOf('broken-out')]);
  expect(code).toBe(1);
  expect(out).toMatch(/error {2}1 × not-gzip: [^]*error {2}1 × not-json: /);
  expect(readFiles(pathOf('broken-out'))).toEqual({ 'a.ndjson': patient('a') });
});

test('fails with one sentence, and writes nothing', async () => {
  const before = readFiles(pathOf());
  const to = (folder: string, out: string): string[] => ['convert', folder, '--out', out];
  await expectFailure(['convert', pathOf('set')], /required option '--out <folder>' not specified/);
  await expectFailure(to(pathOf('missing'), pathOf('new')), `${pathOf('missing')} can't be used: it does not exist`);
  await expectFailure(to(pathOf('set', 'bundle.json'), pathOf('new')), 'bundle.json can\'t be used: it is not a folder');
  await expectFailure(to(pathOf('set'), pathOf('set')), /set is not outside of .*set: give --out another folder/);
  await expectFailure(to(pathOf('set'), pathOf('set', 'out')), /set\/out is not outside of .*set: give --out another folder/);
  await expectFailure(to(pathOf('set'), pathOf('values')), 'values is not empty: give --out a new folder');
  await expectFailure(to(pathOf('set'), pathOf('n'.repeat(250))), `${'n'.repeat(250)} can't be used: its name is too long`);
  await expectFailure(to(pathOf('set'), pathOf('no', 'out')), `${pathOf('no')} can't be used: it does not exist`);
  expect(readFiles(pathOf())).toEqual(before);

  symlinkSync('set', pathOf('link'));
  await expectFailure(to(pathOf('set'), pathOf('link', 'out')), /link\/out is not outside of .*set: give --out another folder/);
  mkdirSync(pathOf('texts'));
  writeFileSync(pathOf('texts', 'a.txt'), 'x');
  await expectFailure(to(pathOf('texts'), pathOf('new')), /texts has no file whose name ends in \.json/);
});

test('leaves nothing behind if it fails midway', async () => {
  // The second file would be written below a file of the same name.
  writeFiles(pathOf('clash'), { 'a.json': patient('a'), 'a.ndjson/b.json': patient('b') });
  const before = readFiles(pathOf());
  await expectFailure(['convert', pathOf('clash'), '--out', pathOf('clash-out')], /clash-out\/a\.ndjson can't be used: it exists already/);
  expect(readFiles(pathOf())).toEqual(before);
});
