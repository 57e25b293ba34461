import { text } from 'node:stream/consumers';
import { readingAhead } from '../../src/check/read-ahead';
import type { SourceFile } from '../../src/check/source-file';

/** The names of the objects whose reads have begun, in order. */
let begun: string[];

beforeEach(() => {
  begun = [];
});

function object(name: string, size = 10): SourceFile {
  return {
    name,
    size,
    read: async function* () {
      begun.push(name);
      if (name.startsWith('broken')) {
        throw new Error(`${name} can't be read`);
      }
      yield Buffer.from(name);
    },
  };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}.ndjson`);

test('reads the next 15 small objects ahead, and each object once', async () => {
  const objects = readingAhead(names(40).map((name) => object(name)));
  expect(await text(objects[0].read())).toBe('0.ndjson');
  expect(begun).toEqual(names(16));
  for (const { name, read } of objects.slice(1)) {
    expect(await text(read())).toBe(name);
  }
  expect(begun).toEqual(names(40));
});

test('does not read large objects ahead, nor objects that HealthLake ignores', async () => {
  const [first, large] = readingAhead([object('a.ndjson'), object('b.ndjson', 256 * 1024 + 1), object('c.json'), object('d.ndjson')]);
  await text(first.read());
  expect(begun).toEqual(['a.ndjson', 'd.ndjson']);
  expect(await text(large.read())).toBe('b.ndjson');
});

test('throws the error of an object when that object is read, not earlier', async () => {
  const [first, second, broken] = readingAhead(['a.ndjson', 'b.ndjson', 'broken.ndjson'].map((name) => object(name)));
  expect(await text(first.read())).toBe('a.ndjson');
  expect(await text(second.read())).toBe('b.ndjson');
  await expect(text(broken.read())).rejects.toThrow('broken.ndjson can\'t be read');
});
