import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { listObjects, parseResults, readPieces } from '../../../../lambda/report/read/results';

const s3 = mockClient(S3Client);
const client = new S3Client({ region: 'us-west-2' });
const NEVER = new AbortController().signal;

beforeEach(() => s3.reset());

/** A body whose connection breaks after these pieces, or that ends. */
function body(pieces: readonly string[], breaks?: Error) {
  const stream = Readable.from((async function* () {
    for (const piece of pieces) {
      yield Buffer.from(piece);
    }
    if (breaks) {
      throw breaks;
    }
  })(), { objectMode: false });
  return sdkStreamMixin(stream);
}

const BROKEN = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });

async function read(signal = NEVER): Promise<string> {
  let text = '';
  for await (const piece of readPieces(client, 'bucket', 'key', signal)) {
    text += piece.toString();
  }
  return text;
}

const asked = () => s3.commandCalls(GetObjectCommand).map(({ args: [{ input }] }) => input);

describe('an object', () => {
  test('is read to its end', async () => {
    s3.on(GetObjectCommand).resolves({ Body: body(['ab', 'cd']), ContentLength: 4, ETag: '"1"' });
    expect(await read()).toBe('abcd');
    expect(asked()).toEqual([{ Bucket: 'bucket', Key: 'key' }]);
  });

  test('whose connection breaks is read on from there, if it is still the same', async () => {
    s3.on(GetObjectCommand)
      .resolvesOnce({ Body: body(['ab', 'c'], BROKEN), ContentLength: 6, ETag: '"1"' })
      .resolvesOnce({ Body: body(['d'], BROKEN), ContentLength: 3, ETag: '"1"' })
      .resolvesOnce({ Body: body(['ef']), ContentLength: 2, ETag: '"1"' });
    expect(await read()).toBe('abcdef');
    expect(asked()).toEqual([
      { Bucket: 'bucket', Key: 'key' },
      { Bucket: 'bucket', Key: 'key', Range: 'bytes=3-', IfMatch: '"1"' },
      { Bucket: 'bucket', Key: 'key', Range: 'bytes=4-', IfMatch: '"1"' },
    ]);
  });

  test('whose connection breaks at its end is not asked for again', async () => {
    s3.on(GetObjectCommand).resolves({ Body: body(['abc'], BROKEN), ContentLength: 3, ETag: '"1"' });
    expect(await read()).toBe('abc');
    expect(asked()).toHaveLength(1);
  });

  test('whose connection breaks again and again is given up', async () => {
    s3.on(GetObjectCommand).callsFake(() => ({ Body: body([], BROKEN), ContentLength: 3, ETag: '"1"' }));
    await expect(read()).rejects.toBe(BROKEN);
    expect(asked()).toHaveLength(4);
  });

  test('that can not be had says why', async () => {
    const gone = Object.assign(new Error('gone'), { name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
    s3.on(GetObjectCommand).rejects(gone);
    await expect(read()).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(asked()).toHaveLength(1);
  });

  test('is not taken up again when the time is up', async () => {
    s3.on(GetObjectCommand).callsFake(() => ({ Body: body(['a'], BROKEN), ContentLength: 3, ETag: '"1"' }));
    await expect(read(AbortSignal.abort())).rejects.toBe(BROKEN);
    expect(asked()).toHaveLength(1);
  });
});

test('a listing has pages, and objects that hold nothing', async () => {
  s3.on(ListObjectsV2Command).callsFake(({ ContinuationToken }) => (ContinuationToken
    ? { Contents: [{ Key: 'p/FAILURE/b', Size: 2 }] }
    : { Contents: [{ Key: 'p/FAILURE/', Size: 0 }, { Key: 'p/FAILURE/a', Size: 1 }], IsTruncated: true, NextContinuationToken: 'next' }));
  const objects = [];
  for await (const object of listObjects(client, { bucket: 'bucket', prefix: 'p/' }, 'FAILURE/', NEVER)) {
    objects.push(object);
  }
  expect(objects).toEqual([{ key: 'p/FAILURE/a', size: 1 }, { key: 'p/FAILURE/b', size: 2 }]);
  expect(s3.commandCalls(ListObjectsV2Command)[0].args[0].input).toMatchObject({ Bucket: 'bucket', Prefix: 'p/FAILURE/' });
});

test.each([
  ['s3://bucket/a/b/', { bucket: 'bucket', prefix: 'a/b/' }],
  ['s3://bucket/a/b', undefined],
  ['s3://bucket/', undefined],
  ['s3://bucket', undefined],
  ['https://bucket/a/', undefined],
  ['', undefined],
])('the location "%s"', (uri, expected) => {
  expect(parseResults(uri)).toEqual(expected);
});
