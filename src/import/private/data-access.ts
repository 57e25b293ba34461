import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { listPrefix, type Location, objects } from '../../jobs/private/location';

/**
 * Returns the statements that the data access role needs. The grants of aws-s3 and aws-kms lack some of these permissions and allow more than needed. The
 * policy in the developer guide doesn't allow reading the input. These statements are known to work with HealthLake. They have no Sids, because Sids must be
 * unique in a policy and one policy can hold the statements of several imports.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/getting-started-setting-up.html#setting-up-import-permissions
 */
export function dataAccessStatements(input: Location, inputKeys: kms.IKeyRef[], output: Location, outputKey: kms.IKeyRef): iam.PolicyStatement[] {
  return [
    ...readInputStatements(input),
    ...writeOutputStatements(output),
    new iam.PolicyStatement({
      // The developer guide and two published roles, which are known to work, allow GenerateDataKey*. AWS doesn't document what HealthLake calls.
      actions: ['kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: [outputKey.keyRef.keyArn],
    }),
    ...decryptInputStatements(inputKeys.filter((key) => key !== outputKey)),
  ];
}

/** Returns the statements that allow reading the input from its bucket. The policy of a bucket in another account needs these statements too. */
export function readInputStatements(input: Location): iam.PolicyStatement[] {
  return [
    bucketSettings(input),
    listPrefix(input),
    new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [objects(input)] }),
  ];
}

/** Returns the statements that allow decrypting the input with its keys. */
export function decryptInputStatements(keys: kms.IKeyRef[]): iam.PolicyStatement[] {
  return keys.length === 0
    ? []
    : [new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: keys.map((key) => key.keyRef.keyArn) })];
}

function writeOutputStatements(output: Location): iam.PolicyStatement[] {
  return [
    bucketSettings(output),
    listPrefix(output), // without this statement, HealthLake rejects StartFHIRImportJob
    new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: [objects(output)] }),
  ];
}

function bucketSettings({ bucket }: Location): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['s3:GetBucketLocation', 's3:GetBucketPublicAccessBlock', 's3:GetEncryptionConfiguration'],
    resources: [bucket.bucketArn],
  });
}
