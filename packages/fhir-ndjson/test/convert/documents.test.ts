import { pretty } from './harness';
import type { Log } from '../../src/convert/changes';
import { DocumentReader } from '../../src/convert/documents';

const BLOCK_LENGTH = 1024 ** 2;

const A = { resourceType: 'Patient', id: 'a', name: [{ family: '}{"[' }] };
const B = { resourceType: 'Patient', id: 'b', contained: [{ resourceType: 'Device', id: 'c' }] };

/** Reads text in pieces of this length, and returns the ids of the documents with their lines, and the log. */
function read(content: string | Buffer, pieceLength = Infinity, maxLength?: number): { readonly documents: string[]; readonly log: string[] } {
  const bytes = Buffer.from(content);
  const log: string[] = [];
  const add: Log = (code, { line }, details) => log.push([code, line, ...(details?.other ? [`from ${details.other.line}`] : [])].join(' '));
  const pieces = bytes.length > pieceLength
    ? Array.from({ length: Math.ceil(bytes.length / pieceLength) }, (_, index) => bytes.subarray(index * pieceLength, (index + 1) * pieceLength))
    : [bytes];
  const documents = [...new DocumentReader('file', add, maxLength).read(pieces)];
  return { documents: documents.map(({ value, line, isLine }) => `${idOf(value)} ${line}${isLine ? ' line' : ''}`), log };
}

function idOf(value: object): string {
  return Array.isArray(value) ? `[${value.map(idOf).join()}]` : 'id' in value ? String(value.id) : '-';
}

const [a, b] = [A, B].map((value) => JSON.stringify(value));

test.each<[string, string, string[], string[]]>([
  ['lines', `${a}\n${b}\n`, ['a 1 line', 'b 2 line'], []],
  ['a last line without a newline', `${a}\n${b}`, ['a 1 line', 'b 2 line'], []],
  ['blank lines', `\n${a}\n \t\n${b}\n\n`, ['a 2 line', 'b 4 line'], ['blank-line 1', 'blank-line 3', 'blank-line 5']],
  ['a byte order mark and CRLF', `\uFEFF${a}\r\n\r\n${b}\r\n`, ['a 1 line', 'b 3 line'], ['byte-order-mark 1', 'carriage-return 1', 'blank-line 2']],
  ['a pretty-printed resource', `${pretty(B)}\n`, ['b 1'], ['pretty-printed 1']],
  ['pretty-printed resources one after the other', `${pretty(A)}\n${pretty(B)}\n\n${pretty(A)}`, ['a 1', 'b 10', 'a 21'], ['pretty-printed 1', 'pretty-printed 10', 'blank-line 20', 'pretty-printed 21']],
  ['lines after a pretty-printed resource', `${pretty(A)}\n${b}`, ['a 1', 'b 10 line'], ['pretty-printed 1']],
  ['documents on one line', `${a} ${b}${a}\n${b}`, ['a 1', 'b 1', 'a 1', 'b 2 line'], ['pretty-printed 1', 'pretty-printed 1', 'pretty-printed 1']],
  ['carriage returns as the only line ends', `${a}\r${b}\r`, ['a 1', 'b 1'], ['carriage-return 1', 'pretty-printed 1', 'pretty-printed 1']],
  ['an array with a resource on each line', `[\n${a},\n${b}\n]`, ['[a,b] 1'], ['pretty-printed 1']],
  ['a Bundle without indentation', `{"id":"x","entry":[\n{"resource":\n${a}\n},\n{"resource":\n${b}\n}]}`, ['x 1'], ['pretty-printed 1']],
  ['line separators of Unicode in strings', `{"id":"\u2028\u0085"}\n${a}`, ['\u2028\u0085 1 line', 'a 2 line'], []],
  ['escaped quotes', '{\n"id":"\\\\\\"}\\\\"\n}', ['\\"}\\ 1'], ['pretty-printed 1']],
])('reads %s', (_name, text, documents, log) => {
  expect(read(text)).toEqual({ documents, log });
});

test.each<[string, string, string[], string[]]>([
  ['a line cut off in a string', `${a}\n${a.slice(0, 20)}\n${b}`, ['a 1 line', 'b 3 line'], ['not-json 2']],
  ['a line cut off after a string', `${a.slice(0, 25)}\n${b}`, ['b 2 line'], ['not-json 1']],
  ['a line cut off after a comma, which also loses the next line', `${a.slice(0, 26)}\n${a}\n${b}`, ['b 3 line'], ['not-json 2 from 1']],
  ['a pretty-printed resource that is cut off', `${pretty(A).slice(0, 40)}\n${pretty(B)}`, ['b 4'], ['not-json 3 from 1', 'pretty-printed 4']],
  ['a cut-off end of the file', `${a}\n${pretty(B).slice(0, 40)}`, ['a 1 line'], ['not-json 4 from 2']],
  ['single quotes', `${a}\n${a.replaceAll('"', '\'').replace('}{\'[', '')}\n${b}`, ['a 1 line', 'b 3 line'], ['not-json 2']],
  ['a missing comma', `${pretty(A).replace('"a",', '"a"')}\n${b}`, ['b 10 line'], ['not-json 4 from 1']],
  ['text that is no JSON', 'type;id\nPatient;a\n\nPatient;b\n', [], ['not-json 1']],
  ['text before and after JSON', `// patients\n${a}\n${b};\n${a}`, ['a 2 line', 'b 3', 'a 4 line'], ['not-json 1', 'pretty-printed 3', 'not-json 3']],
  ['a number, a string and null', `1\n${a}\n"a"\n${b}\nnull\n`, ['a 2 line', 'b 4 line'], ['not-json 1', 'not-json 3', 'not-json 5']],
])('reads on after %s', (_name, text, documents, log) => {
  expect(read(text)).toEqual({ documents, log });
});

test('leaves out a document that is not UTF-8', () => {
  const text = Buffer.from(`{"id":"\u00e9"}\n${a}\n{\n"id": "\u00e9"\n}\n${b}`, 'latin1');

  expect(read(text)).toEqual({ documents: ['a 2 line', 'b 6 line'], log: ['invalid-utf8 1', 'invalid-utf8 4 from 3'] });
});

test('leaves out a document that is longer than the limit, and reads on', () => {
  const long = `{"id":"${'x'.repeat(3 * 1024 ** 2)}"}`;

  expect(read(`${a}\n${long}\n${b}`, 1000, 2 * 1024 ** 2)).toEqual({ documents: ['a 1 line', 'b 3 line'], log: ['too-large 2'] });
});

test('reads a block that ends at any position', () => {
  const text = `${pretty({ id: '\u00e9\\' })}\r\n\r\n${a}\r\n${a.slice(0, 10)}\n${b}`;
  const expected = read(text).documents.map((document) => document.replace(/\d/, (line) => String(Number(line) + 1)));

  for (let length = 0; length <= Buffer.byteLength(text); length++) {
    const filler = `${' '.repeat(BLOCK_LENGTH - 1 - length)}\n`;
    expect(read(filler + text, BLOCK_LENGTH).documents).toEqual(expected);
  }
});

test('reads a file that is longer than a block, in which documents and lines end at any position', () => {
  const values = Array.from({ length: 400 }, (_, index) => ({ ...A, id: `${index}`, note: [{ text: 'x'.repeat((index * 7919) % 20_000) }] }));
  const text = values.map((value, index) => index % 3 === 0 ? pretty(value) : JSON.stringify(value)).join('\n');
  const { documents, log } = read(text, 65_536);

  expect(text.length).toBeGreaterThan(3_000_000);
  expect(documents.map((document) => document.split(' ')[0])).toEqual(values.map(({ id }) => id));
  expect(new Set(log.map((entry) => entry.split(' ')[0]))).toEqual(new Set(['pretty-printed']));
});
