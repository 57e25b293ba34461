import { FIT_BUCKET, FIT_KEY, type RoleNeeds, TRUST } from '../jobs/start/start-causes';

const KMS_ACTIONS = 'kms:DescribeKey, kms:GenerateDataKey* and kms:Decrypt';

/** What HealthLake needs for an import. */
export const ROLE_NEEDS: RoleNeeds = {
  noun: 'import',
  unfitBucket: `a bucket does not meet HealthLake's requirements: the output bucket must be ${FIT_BUCKET}, and the input bucket must be in that Region too`,
  s3: 'the data access role can\'t use a bucket: it needs s3:ListBucket, s3:GetBucketPublicAccessBlock and '
    + 's3:GetEncryptionConfiguration on both buckets (on the output bucket too), s3:GetObject on the input and s3:PutObject on the output, '
    + 'and a bucket of another account has to allow them',
  kms: `HealthLake can't use a KMS key: the data access role needs ${KMS_ACTIONS} on the output's key and kms:Decrypt on `
    + `the input's, and keys must be ${FIT_KEY}`,
  unknown: `HealthLake can't use the data access role (${TRUST}, and needs s3:ListBucket on both buckets, s3:GetObject on the input, and ${KMS_ACTIONS}), `
    + `or the output bucket is not ${FIT_BUCKET}`,
};
