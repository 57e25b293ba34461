import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/** One side of an import: a prefix of a bucket. */
export interface Location {
  readonly bucket: s3.IBucket;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
}

/**
 * The statements that HealthLake's data access role needs. The grants of aws-s3 and aws-kms miss some of these and give others that
 * aren't needed, and the policy that the developer guide prints can't read the input; these were seen to work. They have no Sids, which IAM
 * wants to be unique: the statements of several imports may be pasted into one policy.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/getting-started-setting-up.html#setting-up-import-permissions
 */
export function dataAccessStatements(input: Location, inputKeys: kms.IKeyRef[], output: Location, outputKey: kms.IKeyRef): iam.PolicyStatement[] {
  return [
    ...readInputStatements(input),
    ...writeOutputStatements(output),
    new iam.PolicyStatement({
      // GenerateDataKey*: the guide and both published working roles have it so; which variants HealthLake calls is not documented.
      actions: ['kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: [outputKey.keyRef.keyArn],
    }),
    ...decryptInputStatements(inputKeys.filter((key) => key !== outputKey)),
  ];
}

/** What reading the input takes, on the bucket: identity statements, and what a bucket in another account has to allow. */
export function readInputStatements(input: Location): iam.PolicyStatement[] {
  return [
    bucketSettings(input),
    listPrefix(input),
    new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [objects(input)] }),
  ];
}

/** What reading the input takes, on the keys that it is encrypted with. */
export function decryptInputStatements(keys: kms.IKeyRef[]): iam.PolicyStatement[] {
  return keys.length === 0
    ? []
    : [new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: keys.map((key) => key.keyRef.keyArn) })];
}

function writeOutputStatements(output: Location): iam.PolicyStatement[] {
  return [
    bucketSettings(output),
    listPrefix(output), // StartFHIRImportJob is rejected without it
    new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: [objects(output)] }),
  ];
}

function bucketSettings({ bucket }: Location): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['s3:GetBucketLocation', 's3:GetBucketPublicAccessBlock', 's3:GetEncryptionConfiguration'],
    resources: [bucket.bucketArn],
  });
}

/** Listing the objects of one side of an import. */
export function listPrefix({ bucket, prefix }: Location, sid?: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid,
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    ...(prefix && { conditions: { StringLike: { 's3:prefix': `${prefix}*` } } }),
  });
}

/** All objects under the prefix: their names are the user's, or HealthLake's. */
function objects({ bucket, prefix }: Location): string {
  return bucket.arnForObjects(`${prefix}*`);
}
