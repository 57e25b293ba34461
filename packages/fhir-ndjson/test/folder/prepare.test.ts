import { readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { folderWith, patient, writeInto } from './folders';
import { type Folder, prepareFolder, type PreparedFolder, writeFolder } from '../../src/folder';
import { listFolder } from '../../src/folder/list';

const FILES = { 'Patient.ndjson': patient('a') + patient('b'), 'more/Patient.ndjson': patient('c') };

const ndjson = (path: string): Folder => ({ path, content: 'ndjson' });
const later = () => Date.now() + 5000;
const codes = ({ problems }: PreparedFolder) => problems.map(({ severity, code, count }) => `${severity} ${code} ${count}`);

describe('prepareFolder()', () => {
  test('counts and hashes only the files that HealthLake imports', () => {
    const withOthers = folderWith({ ...FILES, 'README.md': '# Data', 'Old.NDJSON': patient('x'), 'a.json': '{}' });

    expect(prepareFolder(ndjson(folderWith(FILES)))).toEqual({ hash: '006538dcf14eb61fc9aa', files: 2, bytes: 108, problems: [] });
    expect(codes(prepareFolder(ndjson(withOthers)))).toEqual(['warning ignored-file 2']);
    expect(prepareFolder(ndjson(withOthers)).hash).toBe(prepareFolder(ndjson(folderWith(FILES))).hash);
  });

  test('tells the content of two files apart, even if their joined content is the same', () => {
    const hashes = [
      FILES,
      { 'Patient.ndjson': patient('a'), 'more/Patient.ndjson': patient('b') + patient('c') },
      { 'Patient.ndjson': patient('c'), 'more/Patient.ndjson': patient('a') + patient('b') },
    ].map((files) => prepareFolder(ndjson(folderWith(files))).hash);

    expect(new Set(hashes).size).toBe(3);
  });

  test('names files and lines but no values', () => {
    const { problems } = prepareFolder(ndjson(folderWith({ 'a.ndjson': patient('x!'), 'b.ndjson': patient('c') + patient('c') })));

    expect(problems).toEqual([
      { code: 'illegal-id', severity: 'error', text: 'the id is not legal', remedy: expect.any(String), count: 1, places: ['a.ndjson:1'] },
      { code: 'repeated-id', severity: 'warning', text: expect.any(String), remedy: expect.any(String), count: 1, places: ['b.ndjson:2 and b.ndjson:1'] },
    ]);
  });

  test('names a file that disappears before it is read', () => {
    const folder = folderWith(FILES);
    const { files } = listFolder(folder);
    rmSync(join(folder, 'Patient.ndjson'));

    expect(() => [...files[0].read()]).toThrow('"Patient.ndjson" cannot be read');
  });

  test('checks 1,000 files', () => {
    const folder = folderWith(Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`${n}.ndjson`, patient(`p${n}`)])));

    expect(prepareFolder(ndjson(folder))).toMatchObject({ files: 1000, problems: [] });
  });
});

describe('the cache of answers', () => {
  let folder: string;
  let cache: string;
  beforeEach(() => {
    folder = folderWith(FILES);
    setTime();
    cache = folderWith();
    prepareFolder(ndjson(folder), cache, later());
  });

  /** Sets the time of a change of the content, as tools do that copy or unpack files. */
  function setTime(): void {
    utimesSync(join(folder, 'Patient.ndjson'), 1_700_000_000, 1_700_000_000);
  }

  /** Returns whether an answer comes from the cache. Changes the cached answer to see that. */
  function isCached(): boolean {
    const file = join(cache, '.fhir-ndjson.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/"files":\d+/g, '"files":-1'));
    return prepareFolder(ndjson(folder), cache, later()).files === -1;
  }

  test('answers for unchanged files', () => {
    expect(isCached()).toBe(true);
  });

  test.each<[string, () => unknown]>([
    ['a file has another content', () => writeInto(folder, { 'Patient.ndjson': patient('d') })],
    ['a file has another content of the same size and the same time', async () => {
      await setTimeout(20); // some kernels step the change time of a file every 10 ms
      writeInto(folder, { 'Patient.ndjson': patient('a') + patient('d') });
      setTime();
    }],
    ['a file has another name', () => renameSync(join(folder, 'Patient.ndjson'), join(folder, 'P.ndjson'))],
    ['a file is new', () => writeInto(folder, { 'new.ndjson': patient('d') })],
    ['a file is gone', () => rmSync(join(folder, 'more'), { recursive: true })],
  ])('does not answer if %s', async (_, change) => {
    await change();

    expect(isCached()).toBe(false);
  });

  test('does not answer for another folder or another kind of content', () => {
    expect(isCached()).toBe(true);
    expect(prepareFolder(ndjson(folderWith(FILES)), cache).files).not.toBe(-1);
    expect(prepareFolder({ path: folder, content: 'bundles' }, cache).files).not.toBe(-1);
  });

  test('keeps no answer about files that changed just now, because a change in the same instant would not be noticed', () => {
    prepareFolder(ndjson(folderWith(FILES)), cache);

    expect(Object.keys(JSON.parse(readFileSync(join(cache, '.fhir-ndjson.json'), 'utf8')) as object)).toHaveLength(1);
  });

  test.each(['broken', '[]', 'null', '{"x":1}'])('is replaced if its file contains %s', (content) => {
    writeInto(cache, { '.fhir-ndjson.json': content });

    expect(prepareFolder(ndjson(folder), cache, later()).files).toBe(2);
    expect(isCached()).toBe(true);
  });

  test('is left out if its file cannot be written', () => {
    expect(prepareFolder(ndjson(folder), join(folder, 'Patient.ndjson'), later()).files).toBe(2);
  });
});

describe('writeFolder()', () => {
  test('writes the files that are uploaded', () => {
    const folder = ndjson(folderWith({ ...FILES, 'README.md': '' }));
    const target = folderWith();
    writeFolder(folder, prepareFolder(folder).hash, target);

    expect(readdirSync(target, { recursive: true }).sort()).toEqual(['Patient.ndjson', 'more', 'more/Patient.ndjson']);
    expect(readFileSync(join(target, 'Patient.ndjson'), 'utf8')).toBe(FILES['Patient.ndjson']);
  });

  test('throws if a file has changed since its check', () => {
    const folder = ndjson(folderWith(FILES));
    const { hash } = prepareFolder(folder);
    writeInto(folder.path, { 'Patient.ndjson': 'x' });

    expect(() => writeFolder(folder, hash, folderWith())).toThrow(`the files of "${folder.path}" changed during the synthesis; synthesize again`);
  });
});
