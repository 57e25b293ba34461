import { empty, NO_CONTENT, xmlResponse, type S3Operations } from '../request';

/** The operations on buckets themselves. */
export const bucketOperations: S3Operations = {
  async ListBuckets(s3, request) {
    await s3.access.onAccount(request.caller, 's3:ListAllMyBuckets', '*');
    const { accountId } = s3.environment;
    return xmlResponse('ListAllMyBucketsResult', {
      Owner: { ID: accountId, DisplayName: accountId },
      Buckets: { Bucket: s3.buckets.list().map((bucket) => ({ Name: bucket.name, CreationDate: new Date(bucket.createdAt).toISOString() })) },
    });
  },

  async CreateBucket(s3, request) {
    await s3.access.onAccount(request.caller, 's3:CreateBucket', s3.access.arn(request.bucket));
    s3.buckets.create(request.bucket);
    return empty({ location: `/${request.bucket}` });
  },

  async HeadBucket(s3, request) {
    const bucket = s3.buckets.get(request.bucket);
    await s3.access.onBucket(request.caller, 's3:ListBucket', bucket);
    return empty({ 'x-amz-bucket-region': bucket.region ?? s3.environment.region });
  },

  async DeleteBucket(s3, request) {
    await s3.access.onBucket(request.caller, 's3:DeleteBucket', s3.buckets.get(request.bucket));
    s3.buckets.delete(request.bucket);
    return NO_CONTENT;
  },

  async GetBucketLocation(s3, request) {
    const bucket = s3.buckets.get(request.bucket);
    await s3.access.onBucket(request.caller, 's3:GetBucketLocation', bucket);
    const region = bucket.region ?? s3.environment.region;
    return xmlResponse('LocationConstraint', region === 'us-east-1' ? {} : { '#text': region });
  },
};
