import { BucketPolicyProvider } from './bucket-policy-provider';
import { BucketProvider } from './bucket-provider';
import type { S3 } from '../../../local-healthlake/src/s3/s3';
import type { ResourceProviders } from '../contract';

/** The providers of S3's resources. */
export function s3Providers({ context }: S3): ResourceProviders {
  return { 'AWS::S3::Bucket': new BucketProvider(context), 'AWS::S3::BucketPolicy': new BucketPolicyProvider(context) };
}
