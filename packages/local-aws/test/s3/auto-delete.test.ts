import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { Foundation, policy, roleArn } from '../foundation';

interface AutoDeleteHandler {
  autoDeleteHandler(event: { RequestType: string; ResourceProperties: { BucketName: string } }): Promise<unknown>;
}

const { env } = process;
let aws: Foundation;

afterEach(async () => {
  process.env = env;
  await aws.close();
});

test('the unmodified handler of autoDeleteObjects empties a versioned bucket with the permissions of the bucket policy', async () => {
  aws = await Foundation.start();
  const { credentials } = await aws.sessionWith('auto-delete', []);
  const Bucket = 'emptied';
  await aws.createResource('AWS::S3::Bucket', {
    BucketName: Bucket, VersioningConfiguration: { Status: 'Enabled' }, Tags: [{ Key: 'aws-cdk:auto-delete-objects', Value: 'true' }],
  });
  await aws.createResource('AWS::S3::BucketPolicy', {
    Bucket,
    PolicyDocument: policy({
      Effect: 'Allow',
      Principal: { AWS: roleArn('auto-delete') },
      Action: ['s3:PutBucketPolicy', 's3:GetBucket*', 's3:List*', 's3:DeleteObject*'],
      Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
    }),
  });
  for (const Key of ['a', 'a', 'b/c']) {
    await aws.s3Client().send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  }

  process.env = {
    ...env,
    AWS_ENDPOINT_URL: aws.environment.endpoint(),
    AWS_REGION: aws.environment.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  };
  const load = createRequire(__filename);
  const library = dirname(load.resolve('aws-cdk-lib/package.json'));
  const handler = load(join(library, 'custom-resource-handlers/dist/aws-s3/auto-delete-objects-handler/index.js')) as AutoDeleteHandler;
  await handler.autoDeleteHandler({ RequestType: 'Delete', ResourceProperties: { BucketName: Bucket } });

  expect(aws.s3.bucket(Bucket).empty).toBe(true);
  expect(aws.router.requests.entries.map(({ operation }) => operation)).toEqual(
    expect.arrayContaining(['GetBucketTagging', 'GetBucketPolicy', 'PutBucketPolicy', 'ListObjectVersions', 'DeleteObjects']));
  await expect(aws.s3Client().send(new PutObjectCommand({ Bucket, Key: 'late', Body: 'x' }))).rejects.toThrow('explicit deny in a resource-based policy');
});
