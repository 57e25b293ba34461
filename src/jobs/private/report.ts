import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { AssumedRole } from './job-roles';
import type { Kind } from './kind';
import type { ContractReport } from '../../contract';

/** The function of a provider that reports on jobs. */
export interface ReportFunction {
  readonly fn: lambda.Function;
  readonly role: iam.IRole;
}

/** Returns the role that the report function assumes for one construct, which is the supplied role or a new one, and the contract property `Report`. */
export function createReport(scope: Construct, kind: Kind, { fn, role: functionRole }: ReportFunction, statements: iam.PolicyStatement[],
  supplied?: iam.IRole): { readonly role: iam.IRole; readonly contract: ContractReport } {
  const { role } = new AssumedRole(scope, 'ReportRole', {
    kind,
    name: 'reportRole',
    supplied,
    description: `Reports on the results of FHIR ${kind.noun} jobs`,
    assumedBy: [functionRole],
    policyName: 'Report',
    statements,
    after: [fn],
  });
  return { role, contract: { FunctionArn: fn.functionArn, RoleArn: role.roleArn } };
}

/** Matches the id of the job, which is unknown before the job starts. All known ids have 32 characters. A `*` would also match paths with sub-folders. */
export const ANY_JOB_ID = '?'.repeat(32);

/** Returns the permission of a report role to use the key of the results, through S3 and only for objects under the key prefix `results`. */
export function keyThroughS3(bucket: s3.IBucket, key: kms.IKeyRef, results: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'OutputKeyThroughS3',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [key.keyRef.keyArn],
    conditions: {
      StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.amazonaws.com` },
      // The encryption context is the ARN of the bucket if S3 uses a bucket key. Otherwise it is the ARN of the object.
      StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucket.bucketArn, bucket.arnForObjects(`${results}*`)] },
    },
  });
}
