import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { listPrefix, type Location, objects } from '../../jobs/private/location';

/**
 * Returns the statements that the data access role needs. An export with a role that has exactly these permissions is known to work. HealthLake reads no
 * objects and decrypts nothing. The statements have no Sids, because Sids must be unique in a policy and one policy can hold the statements of several exports.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/exporting-fhir-data.html
 */
export function dataAccessStatements(output: Location, outputKey: kms.IKeyRef): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({ actions: ['s3:GetBucketPublicAccessBlock', 's3:GetEncryptionConfiguration'], resources: [output.bucket.bucketArn] }),
    listPrefix(output),
    new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: [objects(output)] }),
    // AWS doesn't document which variants of GenerateDataKey HealthLake calls.
    new iam.PolicyStatement({ actions: ['kms:DescribeKey', 'kms:GenerateDataKey*'], resources: [outputKey.keyRef.keyArn] }),
  ];
}
