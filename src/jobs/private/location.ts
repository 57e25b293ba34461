import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/** A bucket and a key prefix: the input or the output of a job. */
export interface Location {
  readonly bucket: s3.IBucket;
  /** The key prefix. It is empty, or ends in `/` or in a token. */
  readonly prefix: string;
}

/** Returns a statement that allows listing the objects under the prefix. */
export function listPrefix({ bucket, prefix }: Location, sid?: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid,
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    ...(prefix && { conditions: { StringLike: { 's3:prefix': `${prefix}*` } } }),
  });
}

/** Returns the ARN pattern that matches all objects under the prefix. */
export function objects({ bucket, prefix }: Location): string {
  return bucket.arnForObjects(`${prefix}*`);
}
