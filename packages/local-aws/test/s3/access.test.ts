import {
  CopyObjectCommand, CreateMultipartUploadCommand, DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand,
  ListObjectsV2Command, PutObjectCommand, UploadPartCommand,
} from '@aws-sdk/client-s3';
import { allow, Foundation, policy, REGION, roleArn } from '../foundation';

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start();
  aws.s3.createBucket('data');
  for (const Key of ['in/a', 'in/b', 'out/a']) {
    await aws.s3Client().send(new PutObjectCommand({ Bucket: 'data', Key, Body: Key }));
  }
});

afterEach(() => aws.close());

const clientWith = async (name: string, ...statements: object[]) => aws.s3Client((await aws.sessionWith(name, statements)).credentials);
const get = (Key: string) => new GetObjectCommand({ Bucket: 'data', Key });
const put = (Key: string, more: object = {}) => new PutObjectCommand({ Bucket: 'data', Key, Body: 'x', ...more });

describe('identity policies', () => {
  test('apply to the object that a request names', async () => {
    const client = await clientWith('reader', allow('s3:GetObject', 'arn:aws:s3:::data/in/*'));
    await client.send(get('in/a'));
    await expect(client.send(get('out/a'))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('s3:GetObject on resource: "arn:aws:s3:::data/out/a" because no identity-based policy allows the s3:GetObject action'),
    });
    await expect(client.send(new HeadObjectCommand({ Bucket: 'data', Key: 'out/a' }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await expect(client.send(put('in/a'))).rejects.toThrow('s3:PutObject');
  });

  test('can restrict the prefix of a listing', async () => {
    const client = await clientWith('lister', allow('s3:ListBucket', 'arn:aws:s3:::data', { StringLike: { 's3:prefix': 'in/*' } }));
    expect((await client.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'in/' }))).KeyCount).toBe(2);
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'data' }))).rejects.toThrow('s3:ListBucket');
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'out/' }))).rejects.toThrow('s3:ListBucket');
  });

  test('a caller without s3:ListBucket gets AccessDenied instead of NoSuchKey for a missing object', async () => {
    const blind = await clientWith('blind', allow('s3:GetObject', 'arn:aws:s3:::data/*'));
    const seeing = await clientWith('seeing', allow('s3:GetObject', 'arn:aws:s3:::data/*'), allow('s3:ListBucket', 'arn:aws:s3:::data'));
    await expect(blind.send(get('absent'))).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining('s3:ListBucket') });
    await expect(seeing.send(get('absent'))).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('apply to each object of a multi-object delete', async () => {
    const client = await clientWith('deleter', allow('s3:DeleteObject', 'arn:aws:s3:::data/in/*'));
    const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket: 'data', Delete: { Objects: [{ Key: 'in/a' }, { Key: 'out/a' }] } }));
    expect(Deleted).toEqual([{ Key: 'in/a' }]);
    expect(Errors).toMatchObject([{ Key: 'out/a', Code: 'AccessDenied' }]);
    expect(aws.s3.bucket('data').keys()).toEqual(['in/b', 'out/a']);
  });

  test('a request with a version id needs permission for a separate action', async () => {
    const bucket = aws.s3.bucket('data');
    bucket.versioning = 'Enabled';
    const { VersionId } = await aws.s3Client().send(put('in/a'));
    const plain = await clientWith('plain', allow(['s3:GetObject', 's3:DeleteObject'], 'arn:aws:s3:::data/*'));
    const versioned = await clientWith('versioned', allow(['s3:GetObjectVersion', 's3:DeleteObjectVersion'], 'arn:aws:s3:::data/*'));
    const version = { Bucket: 'data', Key: 'in/a', VersionId };
    const [getVersion, deleteVersion] = [new GetObjectCommand(version), new DeleteObjectCommand(version)];
    await expect(plain.send(getVersion)).rejects.toThrow('s3:GetObjectVersion');
    await expect(plain.send(deleteVersion)).rejects.toThrow('s3:DeleteObjectVersion');
    await expect(versioned.send(get('in/a'))).rejects.toThrow('s3:GetObject');
    await versioned.send(getVersion);
    await versioned.send(deleteVersion);
    expect(bucket.find('in/a', VersionId)).toBeUndefined();
  });

  test('apply to the source and the target of a copy', async () => {
    const client = await clientWith('copier', allow('s3:PutObject', 'arn:aws:s3:::data/*'));
    await expect(client.send(new CopyObjectCommand({ Bucket: 'data', Key: 'copy', CopySource: 'data/in/a' }))).rejects.toThrow('s3:GetObject');
  });
});

describe('a bucket policy', () => {
  const setPolicy = (...statements: object[]) =>
    aws.createResource('AWS::S3::BucketPolicy', { Bucket: 'data', PolicyDocument: policy(...statements) });

  test('allows the named role', async () => {
    const client = await clientWith('guest');
    await expect(client.send(get('in/a'))).rejects.toThrow('no identity-based policy');
    await setPolicy({ ...allow('s3:GetObject', 'arn:aws:s3:::data/*'), Principal: { AWS: roleArn('guest') } });
    await client.send(get('in/a'));
  });

  test('can deny writes without SSE-KMS; every request counts as sent over TLS', async () => {
    const client = await clientWith('all', allow('s3:*', '*'));
    await setPolicy(
      { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: ['arn:aws:s3:::data', 'arn:aws:s3:::data/*'], Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: 'arn:aws:s3:::data/*', Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } } },
    );
    await client.send(get('in/a'));
    await expect(client.send(put('in/c'))).rejects.toThrow('with an explicit deny in a resource-based policy');
    await client.send(put('in/c', { ServerSideEncryption: 'aws:kms' }));
  });
});

describe('a bucket with a KMS key', () => {
  const object = 'arn:aws:s3:::secret/*';
  let keyArn: string;

  const createBucket = (more: object = {}) => aws.createResource('AWS::S3::Bucket', {
    BucketName: 'secret',
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn }, ...more }] },
  });
  const write = new PutObjectCommand({ Bucket: 'secret', Key: 'k', Body: 'x' });
  const read = new GetObjectCommand({ Bucket: 'secret', Key: 'k' });

  beforeEach(() => {
    keyArn = aws.kms.keys.create(aws.kms.defaultKeyPolicy).arn;
  });

  test('callers need KMS permissions to write and to read', async () => {
    await createBucket();
    const writer = await clientWith('writer', allow('s3:*', object), allow('kms:GenerateDataKey', keyArn));
    const reader = await clientWith('reader', allow('s3:*', object), allow('kms:Decrypt', keyArn));
    expect(await writer.send(write)).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });
    expect(await (await reader.send(read)).Body!.transformToString()).toBe('x');
    await expect(reader.send(write)).rejects.toMatchObject({
      name: 'AccessDenied', message: expect.stringContaining(`kms:GenerateDataKey on resource: ${keyArn} because no identity-based policy allows`),
    });
    await expect(writer.send(read)).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining('kms:Decrypt') });
    await writer.send(new HeadObjectCommand({ Bucket: 'secret', Key: 'k' }));
  });

  test('a multipart upload needs kms:Decrypt', async () => {
    await createBucket();
    const upload = { Bucket: 'secret', Key: 'k' };
    const writer = await clientWith('writer', allow('s3:*', object), allow('kms:GenerateDataKey', keyArn));
    const { UploadId } = await writer.send(new CreateMultipartUploadCommand(upload));
    await expect(writer.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'x' }))).rejects.toThrow('kms:Decrypt');
  });

  test.each([
    ['the object', {}, 'arn:aws:s3:::secret/k'],
    ['the bucket, with a bucket key', { BucketKeyEnabled: true }, 'arn:aws:s3:::secret'],
  ])('S3 uses the key for the caller, with an encryption context that names %s', async (_, setting, contextArn) => {
    await createBucket(setting);
    const statement = (context: string, service: string) => allow('kms:*', keyArn, {
      StringEquals: { 'kms:EncryptionContext:aws:s3:arn': context, 'kms:ViaService': service, 'kms:CallerAccount': '123456789012' },
    });
    const via = `s3.${REGION}.amazonaws.com`;
    await (await clientWith('right', allow('s3:*', object), statement(contextArn, via))).send(write);
    await expect((await clientWith('elsewhere', allow('s3:*', object), statement('arn:aws:s3:::other', via))).send(write)).rejects.toThrow('kms:GenerateDataKey');
    await expect((await clientWith('direct', allow('s3:*', object), statement(contextArn, 'lambda.us-west-2.amazonaws.com'))).send(write))
      .rejects.toThrow('kms:GenerateDataKey');
  });

  test('refuses writes if the key is missing', async () => {
    keyArn = keyArn.replace(/key\/.*/, 'key/gone');
    await createBucket();
    await expect(aws.s3Client().send(write)).rejects.toMatchObject({ name: 'KMS.NotFoundException' });
  });

  test('an object keeps the KMS key that its PutObject request names', async () => {
    const sent = await aws.s3Client().send(put('in/k', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn }));
    expect(sent.SSEKMSKeyId).toBe(keyArn);
    const reader = await clientWith('reader', allow('s3:*', 'arn:aws:s3:::data/*'));
    await expect(reader.send(get('in/k'))).rejects.toThrow('kms:Decrypt');
    await reader.send(get('in/a'));
  });
});
