import {
  GetBucketEncryptionCommand, GetBucketLocationCommand, HeadBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { ADMIN_CREDENTIALS } from '../../src/iam/iam';
import { allow, Foundation, REGION } from '../foundation';

const ELSEWHERE = 'eu-central-1';

let aws: Foundation;

beforeAll(async () => {
  aws = await Foundation.start();
  aws.s3.createBucket('here');
  aws.s3.createBucket('elsewhere').region = ELSEWHERE;
});

afterAll(() => aws.close());

describe('a bucket in another Region', () => {
  test('GetBucketLocation returns the Region of the bucket', async () => {
    const s3 = aws.s3Client();
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'elsewhere' }))).LocationConstraint).toBe(ELSEWHERE);
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'here' }))).LocationConstraint).toBe(REGION);
  });

  test('redirects every caller, including callers without permission', async () => {
    const nobody = aws.s3Client((await aws.sessionWith('nobody', [])).credentials);
    for (const s3 of [aws.s3Client(), nobody]) {
      for (const command of [new ListObjectsV2Command({ Bucket: 'elsewhere' }), new GetBucketEncryptionCommand({ Bucket: 'elsewhere' })]) {
        const error = await (s3.send(command as ListObjectsV2Command) as Promise<unknown>).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ name: 'PermanentRedirect', $metadata: { httpStatusCode: 301 } });
        expect((error as { $response: { headers: object } }).$response.headers).toMatchObject({ 'x-amz-bucket-region': ELSEWHERE });
      }
    }
    await expect(nobody.send(new GetBucketLocationCommand({ Bucket: 'elsewhere' }))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('is reached by a client that follows redirects', async () => {
    const s3 = new S3Client({
      endpoint: aws.environment.endpoint(), region: REGION, credentials: ADMIN_CREDENTIALS, forcePathStyle: true, followRegionRedirects: true,
    });
    await s3.send(new PutObjectCommand({ Bucket: 'elsewhere', Key: 'k', Body: 'x' }));
    s3.destroy();
    expect(aws.s3.bucket('elsewhere').keys()).toEqual(['k']);
  });

  test('is served in its own Region', async () => {
    const session = await aws.sessionWith('traveller', [allow('s3:ListBucket', 'arn:aws:s3:::elsewhere')]);
    const s3 = new S3Client({ endpoint: aws.environment.endpoint(), region: ELSEWHERE, credentials: session.credentials, forcePathStyle: true });
    expect((await s3.send(new HeadBucketCommand({ Bucket: 'elsewhere' }))).BucketRegion).toBe(ELSEWHERE);
    s3.destroy();
  });
});
