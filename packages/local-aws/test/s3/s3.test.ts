import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand, CopyObjectCommand, CreateBucketCommand, CreateMultipartUploadCommand, DeleteBucketCommand, DeleteObjectCommand,
  DeleteObjectsCommand, GetBucketEncryptionCommand, GetBucketLocationCommand, GetBucketPolicyCommand, GetBucketTaggingCommand, GetObjectCommand,
  GetPublicAccessBlockCommand, HeadBucketCommand, HeadObjectCommand, ListBucketsCommand, ListObjectsCommand, ListPartsCommand,
  paginateListObjectsV2, ListObjectVersionsCommand, PutBucketPolicyCommand, PutBucketTaggingCommand, PutBucketVersioningCommand, PutObjectCommand,
  UploadPartCommand, AbortMultipartUploadCommand, type S3Client,
} from '@aws-sdk/client-s3';
import { Foundation, policy, REGION } from '../foundation';

let aws: Foundation;
let s3: S3Client;

beforeAll(async () => {
  aws = await Foundation.start();
  s3 = aws.s3Client();
});

afterAll(() => aws.close());

const put = (Bucket: string, Key: string, Body: string | Buffer = 'x') => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
const read = async (Bucket: string, Key: string, VersionId?: string): Promise<string> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return Body!.transformToString();
};

describe('buckets', () => {
  test('are created, listed, found and deleted', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'first-bucket' }));
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets!.map((bucket) => bucket.Name)).toContain('first-bucket');
    expect((await s3.send(new HeadBucketCommand({ Bucket: 'first-bucket' }))).BucketRegion).toBe(REGION);
    await s3.send(new DeleteBucketCommand({ Bucket: 'first-bucket' }));
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'first-bucket' }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('are encrypted and block public access by default', async () => {
    aws.s3.createBucket('fresh-bucket');
    const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket: 'fresh-bucket' }));
    expect(encryption.ServerSideEncryptionConfiguration!.Rules![0].ApplyServerSideEncryptionByDefault).toEqual({ SSEAlgorithm: 'AES256' });
    const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket: 'fresh-bucket' }));
    expect(block.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
    });
  });

  test('are refused if their name is already used', async () => {
    aws.s3.createBucket('taken-bucket');
    await expect(s3.send(new CreateBucketCommand({ Bucket: 'taken-bucket' }))).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
  });

  test.each([
    'Upper_Case', 'ab', 'a'.repeat(64), '-a-b', 'two..dots', '192.168.5.4', 'xn--a', 'sthree-a', 'amzn-s3-demo-a', 'a-s3alias', 'a--ol-s3', 'a.mrap', 'a--table-s3',
  ])('are refused if their name is %s', async (Bucket) => {
    await expect(s3.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'InvalidBucketName' });
  });

  test('accept keys of 1,024 bytes and refuse longer keys', async () => {
    aws.s3.createBucket('long-bucket');
    const longest = '\u00fc'.repeat(512);
    await put('long-bucket', longest);
    await expect(put('long-bucket', `${longest}a`)).rejects.toMatchObject({ name: 'KeyTooLongError', message: 'Your key is too long' });
  });

  test('refuse a request that expects another owner', async () => {
    aws.s3.createBucket('owned-bucket');
    await expect(s3.send(new GetBucketLocationCommand({ Bucket: 'owned-bucket', ExpectedBucketOwner: '999999999999' })))
      .rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('have tags and a policy', async () => {
    aws.s3.createBucket('set-bucket');
    await expect(s3.send(new GetBucketTaggingCommand({ Bucket: 'set-bucket' }))).rejects.toMatchObject({ name: 'NoSuchTagSet' });
    await s3.send(new PutBucketTaggingCommand({ Bucket: 'set-bucket', Tagging: { TagSet: [{ Key: 'a', Value: 'b & c' }] } }));
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket: 'set-bucket' }))).TagSet).toEqual([{ Key: 'a', Value: 'b & c' }]);

    await expect(s3.send(new GetBucketPolicyCommand({ Bucket: 'set-bucket' }))).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
    const document = policy({ Effect: 'Deny', Principal: '*', Action: 's3:PutBucketAcl', Resource: 'arn:aws:s3:::set-bucket' });
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'set-bucket', Policy: JSON.stringify(document) }));
    expect(JSON.parse((await s3.send(new GetBucketPolicyCommand({ Bucket: 'set-bucket' }))).Policy!)).toEqual(document);
    await expect(s3.send(new PutBucketPolicyCommand({ Bucket: 'set-bucket', Policy: '{"Statement":[{"Effect":"Perhaps"}]}' })))
      .rejects.toMatchObject({ name: 'MalformedPolicy' });
  });
});

describe('objects', () => {
  beforeAll(() => aws.s3.createBucket('objects'));

  test.each(['plain.txt', 'a b+c&d<é>/ü.ndjson', 'a//b/../c', 'quote"\'%20'])('are returned unchanged if their key is %j', async (key) => {
    await s3.send(new PutObjectCommand({ Bucket: 'objects', Key: key, Body: `body of ${key}`, ContentType: 'text/x', Metadata: { one: '1' } }));
    const object = await s3.send(new GetObjectCommand({ Bucket: 'objects', Key: key }));
    expect(await object.Body!.transformToString()).toBe(`body of ${key}`);
    expect(object).toMatchObject({ ContentType: 'text/x', Metadata: { one: '1' }, ServerSideEncryption: 'AES256' });
    expect(object.ContentEncoding).toBeUndefined();
    const listed = await s3.send(new ListObjectsCommand({ Bucket: 'objects', Prefix: key }));
    expect(listed.Contents!.map(({ Key }) => Key)).toEqual([key]);
  });

  test('have their MD5 as ETag', async () => {
    expect((await put('objects', 'md5', 'hello')).ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    expect(await s3.send(new HeadObjectCommand({ Bucket: 'objects', Key: 'md5' }))).toMatchObject({ ContentLength: 5, ETag: '"5d41402abc4b2a76b9719d911017c592"' });
  });

  test('can be sent as a stream, with a trailing checksum', async () => {
    const size = 3_000_000;
    const chunks = Array.from({ length: 30 }, (_, index) => Buffer.alloc(size / 30, 65 + index));
    await s3.send(new PutObjectCommand({ Bucket: 'objects', Key: 'stream', Body: Readable.from(chunks), ContentLength: size }));
    expect(await read('objects', 'stream')).toBe(Buffer.concat(chunks).toString());
  });

  test('can be read in part', async () => {
    await put('objects', 'digits', '0123456789');
    const range = async (Range: string) => (s3.send(new GetObjectCommand({ Bucket: 'objects', Key: 'digits', Range })));
    const part = await range('bytes=2-4');
    expect([await part.Body!.transformToString(), part.ContentRange]).toEqual(['234', 'bytes 2-4/10']);
    expect((await range('bytes=7-')).ContentRange).toBe('bytes 7-9/10');
    expect((await range('bytes=-2')).ContentRange).toBe('bytes 8-9/10');
    await expect(range('bytes=10-')).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  test('are written only if the conditions of the request hold', async () => {
    const { ETag } = await put('objects', 'conditional', 'one');
    const putIf = (conditions: object) => s3.send(new PutObjectCommand({ Bucket: 'objects', Key: 'conditional', Body: 'two', ...conditions }));
    await expect(putIf({ IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(putIf({ IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await putIf({ IfMatch: ETag });
    expect(await read('objects', 'conditional')).toBe('two');
    await s3.send(new PutObjectCommand({ Bucket: 'objects', Key: 'not-there-yet', Body: 'x', IfNoneMatch: '*' }));
  });

  test('are copied with their metadata', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'objects', Key: 'from here', Body: 'copied', Metadata: { one: '1' } }));
    await s3.send(new CopyObjectCommand({ Bucket: 'objects', Key: 'to', CopySource: 'objects/from%20here' }));
    const copy = await s3.send(new GetObjectCommand({ Bucket: 'objects', Key: 'to' }));
    expect([await copy.Body!.transformToString(), copy.Metadata]).toEqual(['copied', { one: '1' }]);
  });

  test('a missing object causes NoSuchKey for GET and NotFound for HEAD', async () => {
    await expect(s3.send(new GetObjectCommand({ Bucket: 'objects', Key: 'absent' }))).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(s3.send(new HeadObjectCommand({ Bucket: 'objects', Key: 'absent' }))).rejects.toMatchObject({ name: 'NotFound' });
    await expect(s3.send(new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'x' }))).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});

describe('uploads in parts', () => {
  const upload = { Bucket: 'uploads', Key: 'big' };
  beforeAll(() => aws.s3.createBucket('uploads'));

  test('become one object', async () => {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...upload, ContentType: 'text/big' }));
    const first = Buffer.alloc(5 * 1024 * 1024, 'a');
    const sent = await Promise.all([first, Buffer.from('end')].map(async (Body, index) => {
      const { ETag } = await s3.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: index + 1, Body }));
      return { ETag, PartNumber: index + 1 };
    }));
    const { Parts } = await s3.send(new ListPartsCommand({ ...upload, UploadId }));
    expect(Parts!.map(({ Size }) => Size)).toEqual([first.length, 3]);
    await expect(s3.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts: [...sent].reverse() } })))
      .rejects.toMatchObject({ name: 'InvalidPartOrder' });
    const { ETag } = await s3.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts: sent } }));
    expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(await s3.send(new HeadObjectCommand(upload))).toMatchObject({ ContentLength: first.length + 3, ContentType: 'text/big' });
  });

  test('leave nothing when aborted', async () => {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...upload, Key: 'aborted' }));
    await s3.send(new AbortMultipartUploadCommand({ ...upload, Key: 'aborted', UploadId }));
    await expect(s3.send(new ListPartsCommand({ ...upload, Key: 'aborted', UploadId }))).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await expect(s3.send(new HeadObjectCommand({ ...upload, Key: 'aborted' }))).rejects.toMatchObject({ name: 'NotFound' });
  });
});

describe('listings', () => {
  const folders = Array.from({ length: 13 }, (_, index) => `data/${String(index).padStart(2, '0')}/`);
  const keys = folders.flatMap((folder) => [`${folder}a`, `${folder}b`]);
  beforeAll(async () => {
    aws.s3.createBucket('listed');
    await Promise.all([...keys, 'data/readme', 'other'].map((key) => put('listed', key)));
  });

  test('are complete over several pages', async () => {
    const found: string[] = [];
    let pages = 0;
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: 7 }, { Bucket: 'listed', Prefix: 'data/' })) {
      found.push(...(page.Contents ?? []).map(({ Key }) => Key!));
      pages += 1;
    }
    expect(found).toEqual([...keys, 'data/readme']);
    expect(pages).toBe(4);
  });

  test('combine common prefixes over several pages', async () => {
    const names: string[] = [];
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: 4 }, { Bucket: 'listed', Prefix: 'data/', Delimiter: '/' })) {
      expect(page.KeyCount).toBeLessThanOrEqual(4);
      names.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!), ...(page.Contents ?? []).map(({ Key }) => Key!));
    }
    expect(names).toEqual([...folders, 'data/readme']);
  });

  test('have at most 1000 keys', async () => {
    aws.s3.createBucket('thousand');
    const { etag, encryption } = { etag: '"x"', encryption: { algorithm: 'AES256' as const } };
    for (let index = 0; index < 1001; index += 1) {
      aws.s3.bucket('thousand').put(`k${index}`, { deleteMarker: false, body: Buffer.alloc(0), etag, encryption, lastModified: 0, headers: {} });
    }
    const { Contents, NextMarker, IsTruncated } = await s3.send(new ListObjectsCommand({ Bucket: 'thousand', MaxKeys: 5000 }));
    expect([Contents!.length, IsTruncated, NextMarker]).toEqual([1000, true, Contents![999].Key]);
  });

  test('refuse an unknown continuation token', async () => {
    const pages = paginateListObjectsV2({ client: s3, startingToken: '???' }, { Bucket: 'listed' });
    await expect(pages.next()).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});

describe('versions', () => {
  const bucket = { Bucket: 'versioned' };
  beforeAll(async () => {
    aws.s3.createBucket('versioned');
    await s3.send(new PutBucketVersioningCommand({ ...bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  });

  test('stay when the object is overwritten or deleted, and can be removed one by one', async () => {
    const first = await put('versioned', 'key', 'first');
    const second = await put('versioned', 'key', 'second');
    await s3.send(new DeleteObjectCommand({ ...bucket, Key: 'key' }));
    await expect(read('versioned', 'key')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await read('versioned', 'key', first.VersionId)).toBe('first');
    expect(await read('versioned', 'key', second.VersionId)).toBe('second');
    await expect(s3.send(new DeleteBucketCommand(bucket)))
      .rejects.toMatchObject({ message: 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.' });

    const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand(bucket));
    expect(Versions!.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([[second.VersionId, false], [first.VersionId, false]]);
    expect(DeleteMarkers).toMatchObject([{ Key: 'key', IsLatest: true }]);
    const { Deleted } = await s3.send(new DeleteObjectsCommand({
      ...bucket, Delete: { Objects: [...Versions!, ...DeleteMarkers!].map(({ Key, VersionId }) => ({ Key, VersionId })) },
    }));
    expect(Deleted).toHaveLength(3);
    await s3.send(new DeleteBucketCommand(bucket));
  });

  test('are listed completely over several pages, even if a page ends between the versions of one key', async () => {
    aws.s3.createBucket('many-versions').versioning = 'Enabled';
    const written: string[] = [];
    for (const key of ['a', 'a', 'a', 'a/b', 'b', 'b']) {
      written.push((await put('many-versions', key)).VersionId!);
    }
    const found: string[] = [];
    let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (marker) {
      const page: { Versions?: { VersionId?: string }[]; IsTruncated?: boolean; NextKeyMarker?: string; NextVersionIdMarker?: string } =
        await s3.send(new ListObjectVersionsCommand({ Bucket: 'many-versions', MaxKeys: 2, ...marker }));
      found.push(...page.Versions!.map(({ VersionId }) => VersionId!));
      marker = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
    }
    expect(found).toHaveLength(written.length);
    expect(new Set(found)).toEqual(new Set(written));
  });
});
