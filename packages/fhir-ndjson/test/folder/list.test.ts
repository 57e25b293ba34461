import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith } from './folders';
import { listFolder } from '../../src/folder/list';

const namesIn = (folder: string) => listFolder(folder).files.map(({ name }) => name);

test('lists the files of all folders, sorted by code units', () => {
  expect(namesIn(folderWith({ 'b.ndjson': '', 'a/z.ndjson': '', 'a/Z.ndjson': '', 'ä.ndjson': '', 'a b.ndjson': '', 'a-b.ndjson': '' })))
    .toEqual(['a b.ndjson', 'a-b.ndjson', 'a/Z.ndjson', 'a/z.ndjson', 'b.ndjson', 'ä.ndjson']);
});

test('gives a name in the composed form of Unicode', () => {
  expect(namesIn(folderWith({ 'a\u0308.ndjson': '' }))).toEqual(['\u00e4.ndjson']);
});

test('follows links to files and folders', () => {
  const folder = folderWith({ 'a.ndjson': '1' });
  const other = folderWith({ 'inside/b.ndjson': '22' });
  symlinkSync(other, join(folder, 'linked'));
  symlinkSync(join(other, 'inside/b.ndjson'), join(folder, 'c.ndjson'));

  expect(listFolder(folder).files.map(({ name, size }) => [name, size])).toEqual([['a.ndjson', 1], ['c.ndjson', 2], ['linked/inside/b.ndjson', 2]]);
});

test('reads a file in pieces, which stay valid', () => {
  const content = Buffer.alloc(2.5 * 1024 * 1024, 'abcdefg');
  const [file] = listFolder(folderWith({ 'a.ndjson': content })).files;
  const pieces = [...file.read()];

  expect(pieces.length).toBeGreaterThan(1);
  expect(Buffer.concat(pieces).equals(content)).toBe(true);
});

test.each<[string, (folder: string) => string, string, string]>([
  ['a missing folder', (folder) => join(folder, 'missing'), 'missing-folder', ''],
  ['a file instead of a folder', (folder) => join(folder, 'a.ndjson'), 'not-a-folder', ''],
  ['a link to itself', (folder) => (symlinkSync('x.ndjson', join(folder, 'x.ndjson')), folder), 'link-circle', 'x.ndjson'],
  ['a link to the folder around it', (folder) => (symlinkSync('..', join(folder, 'b/up')), folder), 'link-circle', 'b/up'],
  ['a link to nothing', (folder) => (symlinkSync('gone', join(folder, 'x.ndjson')), folder), 'unreadable', 'x.ndjson'],
  ['a pipe', (folder) => (execFileSync('mkfifo', [join(folder, 'x.ndjson')]), folder), 'not-a-file', 'x.ndjson'],
  ['a name with a newline', (folder) => (writeFileSync(join(folder, 'x\n.ndjson'), ''), folder), 'unusable-name', 'x\n.ndjson'],
  ['a name with a backslash', (folder) => (writeFileSync(join(folder, 'x\\y.ndjson'), ''), folder), 'unusable-name', 'x\\y.ndjson'],
  ['a name that is not UTF-8', (folder) => (writeFileSync(Buffer.from(join(folder, 'x\xff'), 'latin1'), ''), folder), 'unusable-name', 'x\ufffd'],
])('finds %s', (_, spoil, code, name) => {
  expect(listFolder(spoil(folderWith({ 'a.ndjson': '1', 'b/c.ndjson': '2' }))).obstacles).toEqual([{ code, name }]);
});
