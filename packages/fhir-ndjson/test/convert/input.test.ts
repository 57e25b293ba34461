import { gzipSync } from 'node:zlib';
import { fileOf } from './harness';
import { contentOf, type InputFile } from '../../src/convert/input';

const TEXT = 'x'.repeat(5000);
const GZIP = gzipSync(TEXT);

function read(file: InputFile, maxLength?: number): { readonly text: string; readonly log: string[] } {
  const log: string[] = [];
  const pieces = [...contentOf(file, (code) => log.push(code), maxLength)];
  return { text: Buffer.concat(pieces).toString(), log };
}

test('reads a file as it is, also if it is longer than an unpacked file may be', () => {
  expect(read(fileOf('a.json', TEXT), 10)).toEqual({ text: TEXT, log: [] });
});

test.each<[string, Buffer]>([
  ['.gz', GZIP], ['.GZ', GZIP], ['.gz', Buffer.concat([gzipSync(TEXT.slice(0, 2000)), gzipSync(TEXT.slice(2000))])],
])('unpacks a file with the extension %s', (extension, content) => {
  expect(read(fileOf(`a${extension}`, content, 7), TEXT.length)).toEqual({ text: TEXT, log: ['gzip'] });
});

test.each<[string, string | Buffer, string]>([
  ['that is too long', GZIP, 'too-large'],
  ['that is cut off', GZIP.subarray(0, -10), 'not-gzip'],
  ['that is not compressed', TEXT, 'not-gzip'],
  ['that is empty', '', 'not-gzip'],
])('leaves out an unpacked file %s', (_name, content, code) => {
  expect(read(fileOf('a.gz', content), TEXT.length - 1)).toEqual({ text: '', log: [code] });
});

test('throws the errors of reading', () => {
  const error = Object.assign(new Error('EACCES'), { code: 'EACCES' });
  const file: InputFile = {
    name: 'a.gz',
    size: 1,
    read: () => {
      throw error;
    },
  };

  expect(() => read(file)).toThrow(error);
});
