import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { s3Of } from '../../../../lambda/report/shared/client';
import { listObjects, parseResultsLocation, readPieces } from '../../../../lambda/report/shared/objects';

const client = new S3Client({ region: 'us-west-2' });
const s3 = mockClient(client);
const NEVER = new AbortController().signal;
const BROKEN = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });

beforeEach(() => s3.reset());

/** Returns a response body that consists of these pieces. If an error is given, the connection breaks after the last piece. */
function body(pieces: readonly string[], error?: Error) {
  const stream = Readable.from((async function* () {
    yield* pieces.map((piece) => Buffer.from(piece));
    if (error) {
      throw error;
    }
  })(), { objectMode: false });
  return sdkStreamMixin(stream);
}

describe('readPieces', () => {
  async function read(signal = NEVER): Promise<string> {
    let text = '';
    for await (const piece of readPieces(client, 'bucket', 'key', signal)) {
      text += piece.toString();
    }
    return text;
  }
  const requests = () => s3.commandCalls(GetObjectCommand).map(({ args: [{ input }] }) => input);

  test('reads an object to its end', async () => {
    s3.on(GetObjectCommand).resolves({ Body: body(['ab', 'cd']), ContentLength: 4, ETag: '"1"' });
    expect(await read()).toBe('abcd');
    expect(requests()).toEqual([{ Bucket: 'bucket', Key: 'key' }]);
  });

  test('resumes at the next byte of the same object after the connection breaks', async () => {
    s3.on(GetObjectCommand)
      .resolvesOnce({ Body: body(['ab', 'c'], BROKEN), ContentLength: 6, ETag: '"1"' })
      .resolvesOnce({ Body: body(['d'], BROKEN), ContentLength: 3, ETag: '"1"' })
      .resolvesOnce({ Body: body(['ef']), ContentLength: 2, ETag: '"1"' });
    expect(await read()).toBe('abcdef');
    expect(requests()).toEqual([
      { Bucket: 'bucket', Key: 'key' },
      { Bucket: 'bucket', Key: 'key', Range: 'bytes=3-', IfMatch: '"1"' },
      { Bucket: 'bucket', Key: 'key', Range: 'bytes=4-', IfMatch: '"1"' },
    ]);
  });

  test('does not resume if the connection breaks after the last byte', async () => {
    s3.on(GetObjectCommand).resolves({ Body: body(['abc'], BROKEN), ContentLength: 3, ETag: '"1"' });
    expect(await read()).toBe('abc');
    expect(requests()).toHaveLength(1);
  });

  test('gives up after it has resumed three times', async () => {
    s3.on(GetObjectCommand).callsFake(() => ({ Body: body([], BROKEN), ContentLength: 3, ETag: '"1"' }));
    await expect(read()).rejects.toBe(BROKEN);
    expect(requests()).toHaveLength(4);
  });

  test('throws the error of S3 if the object is missing', async () => {
    s3.on(GetObjectCommand).rejects(Object.assign(new Error('gone'), { name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } }));
    await expect(read()).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(requests()).toHaveLength(1);
  });

  test('does not resume an interrupted download after the time limit has passed', async () => {
    s3.on(GetObjectCommand).callsFake(() => ({ Body: body(['a'], BROKEN), ContentLength: 3, ETag: '"1"' }));
    await expect(read(AbortSignal.abort())).rejects.toBe(BROKEN);
    expect(requests()).toHaveLength(1);
  });
});

test('listObjects requests all pages and omits empty objects', async () => {
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
])('parseResultsLocation returns bucket and prefix of the location "%s" only if it is a folder', (uri, expected) => {
  expect(parseResultsLocation(uri)).toEqual(expected);
});

describe('the client of a report role', () => {
  const ROLE = 'arn:aws:iam::123456789012:role/report';
  const sts = mockClient(STSClient);
  /** A server that begins each response but never ends the response. */
  const server = createServer((_, response) => response.writeHead(200, { 'content-length': 9 }).write('half'));

  beforeAll(async () => {
    sts.on(AssumeRoleCommand).resolves({ Credentials: { AccessKeyId: 'id', SecretAccessKey: 'secret', SessionToken: 'token', Expiration: undefined } });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    process.env.AWS_REGION = 'eu-west-1';
    process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    delete process.env.AWS_ENDPOINT_URL_S3;
    jest.restoreAllMocks();
    sts.restore();
    s3Of(ROLE).destroy();
    server.closeAllConnections();
    server.close();
  });

  test('times out if S3 sends nothing for 20 s within a response', async () => {
    const { setTimeout } = Socket.prototype;
    const silence = jest.spyOn(Socket.prototype, 'setTimeout').mockImplementation(function(this: Socket, ms, onTimeout) {
      return setTimeout.call(this, ms / 200, onTimeout); // shortens 20 s to 0.1 s
    });
    const { Body } = await s3Of(ROLE).send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));
    await expect(Body!.transformToString()).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(silence).toHaveBeenCalledWith(20_000, expect.any(Function));
  }, 8_000);
});
