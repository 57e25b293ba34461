import { PutObjectCommand } from '@aws-sdk/client-s3';
import { Foundation, policy, REGION } from '../foundation';

const BUCKET = 'AWS::S3::Bucket';
const BUCKET_POLICY = 'AWS::S3::BucketPolicy';

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start();
});

afterEach(() => aws.close());

test('a bucket returns its attributes and has the settings that its properties specify', async () => {
  const { physicalId, attributes } = await aws.createResource(BUCKET, {
    VersioningConfiguration: { Status: 'Enabled' },
    PublicAccessBlockConfiguration: { BlockPublicAcls: 'true' },
    LifecycleConfiguration: { Rules: [] },
    Tags: [{ Key: 'aws-cdk:auto-delete-objects', Value: 'true' }],
  });
  expect(physicalId).toMatch(/^stack-resource-[a-z0-9]{12}$/);
  expect(attributes).toMatchObject({
    Arn: `arn:aws:s3:::${physicalId}`,
    DomainName: `${physicalId}.s3.amazonaws.com`,
    RegionalDomainName: `${physicalId}.s3.${REGION}.amazonaws.com`,
  });
  expect(aws.s3.bucket(physicalId)).toMatchObject({
    versioning: 'Enabled',
    publicAccessBlock: { BlockPublicAcls: true, BlockPublicPolicy: false },
    tags: [{ Key: 'aws-cdk:auto-delete-objects', Value: 'true' }],
  });
});

test('a bucket is updated in place, and replaced when its name changes', async () => {
  const before = { BucketName: 'before', VersioningConfiguration: { Status: 'Enabled' } };
  await aws.createResource(BUCKET, before);
  await aws.updateResource(BUCKET, 'before', before, { BucketName: 'before' });
  expect(aws.s3.bucket('before').versioning).toBe('Suspended');
  expect((await aws.updateResource(BUCKET, 'before', before, { BucketName: 'after' })).physicalId).toBe('after');
  await expect(aws.createResource(BUCKET, before)).rejects.toThrow('before already exists');
});

test('a bucket with invalid settings is refused and not created', async () => {
  const properties = { BucketName: 'bad', BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'rot13' } }] } };
  await expect(aws.createResource(BUCKET, properties)).rejects.toThrow('rot13');
  expect(() => aws.s3.bucket('bad')).toThrow('The specified bucket does not exist');
});

test('a bucket is deleted only when it is empty', async () => {
  const properties = { BucketName: 'full' };
  await aws.createResource(BUCKET, properties);
  await aws.s3Client().send(new PutObjectCommand({ Bucket: 'full', Key: 'k', Body: 'x' }));
  await expect(aws.deleteResource(BUCKET, 'full', properties)).rejects.toThrow('The bucket you tried to delete is not empty');
  aws.s3.bucket('full').remove('k', 'null');
  await aws.deleteResource(BUCKET, 'full', properties);
  await aws.deleteResource(BUCKET, 'full', properties);
});

test('a bucket can have only one bucket policy, which can be changed and removed', async () => {
  aws.s3.createBucket('guarded');
  const deny = (action: string) => ({ Bucket: 'guarded', PolicyDocument: policy({ Effect: 'Deny', Principal: '*', Action: action, Resource: 'arn:aws:s3:::guarded' }) });
  const { physicalId } = await aws.createResource(BUCKET_POLICY, deny('s3:GetBucketTagging'));
  expect(physicalId).toBe('guarded');
  await expect(aws.createResource(BUCKET_POLICY, deny('s3:GetBucketTagging'))).rejects.toThrow('already exists');
  await expect(aws.updateResource(BUCKET_POLICY, physicalId, deny('s3:GetBucketTagging'), { Bucket: 'guarded', PolicyDocument: { Statement: 'none' } }))
    .rejects.toMatchObject({ name: 'MalformedPolicy' });
  await aws.updateResource(BUCKET_POLICY, physicalId, deny('s3:GetBucketTagging'), deny('s3:GetBucketAcl'));
  expect(aws.s3.bucket('guarded').policy).toEqual(deny('s3:GetBucketAcl').PolicyDocument);
  await aws.deleteResource(BUCKET_POLICY, physicalId, deny('s3:GetBucketAcl'));
  expect(aws.s3.bucket('guarded').policy).toBeUndefined();
});
