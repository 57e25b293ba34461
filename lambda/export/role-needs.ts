import { FIT_BUCKET, FIT_KEY, type RoleNeeds, TRUST } from '../jobs/start/start-causes';

/** What HealthLake needs for an export. */
export const ROLE_NEEDS: RoleNeeds = {
  noun: 'export',
  unfitBucket: `the output bucket does not meet HealthLake's requirements: it must be ${FIT_BUCKET}`,
  s3: 'the data access role can\'t use the output bucket: it needs s3:ListBucket, s3:GetBucketPublicAccessBlock and s3:GetEncryptionConfiguration '
    + 'on the bucket and s3:PutObject on the output, and a bucket of another account has to allow them',
  kms: `HealthLake can't use the KMS key: the data access role needs kms:DescribeKey and kms:GenerateDataKey* on the output's key, and the key must be ${FIT_KEY}`,
  unknown: `HealthLake can't use the data access role (${TRUST}, and needs s3:ListBucket on the output bucket, s3:PutObject on the output, kms:DescribeKey and `
    + `kms:GenerateDataKey*), or the output bucket is not ${FIT_BUCKET}`,
};
