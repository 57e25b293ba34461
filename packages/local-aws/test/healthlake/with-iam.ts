import type { HealthLakeClient } from '@aws-sdk/client-healthlake';
import type { HealthLakeOptions } from '../../../local-healthlake/src/healthlake/options';
import { ACCOUNT, Harness, INPUT, OUTPUT } from '../../../local-healthlake/test/harness';
import type { AssumedRole } from '../../src/contract';
import { ADMIN_CREDENTIALS, Iam } from '../../src/iam/iam';
import { policy, trust } from '../foundation';

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

/** Starts HealthLake with IAM and with a data access role that has all permissions it needs. */
export async function startWithIam(options: HealthLakeOptions = {}): Promise<Harness<Iam>> {
  const aws = await Harness.startWith((environment) => new Iam(environment), ADMIN_CREDENTIALS, options);
  await aws.iam.createRole('data-access', {
    trustPolicy: policy(trust({ Service: 'healthlake.amazonaws.com' }, {
      StringEquals: { 'aws:SourceAccount': ACCOUNT },
      ArnLike: { 'aws:SourceArn': `arn:aws:healthlake:us-east-1:${ACCOUNT}:datastore/fhir/*` },
    })),
    inlinePolicies: { p: policy(...dataAccessStatements(aws)) },
    managedPolicyArns: [],
  });
  return aws;
}

/** Starts a session of a new role with exactly these permissions. */
export async function sessionOfRole(aws: Harness<Iam>, name: string, statements: readonly object[]): Promise<AssumedRole> {
  const role = await aws.iam.createRole(name, {
    trustPolicy: policy(trust({ AWS: aws.iam.admin.arn })), inlinePolicies: { p: policy(...statements) }, managedPolicyArns: [],
  });
  return aws.iam.assumeRole(aws.iam.admin, role.arn, { 'sts:RoleSessionName': 'test' });
}

/** Returns a client of a new role with exactly these permissions. */
export async function clientOfRole(aws: Harness<Iam>, name: string, statements: readonly Statement[]): Promise<HealthLakeClient> {
  return aws.client((await sessionOfRole(aws, name, statements)).credentials);
}

/** Replaces the permissions of the data access role. */
export async function setDataAccess(aws: Harness<Iam>, statements: readonly Statement[]): Promise<void> {
  await aws.iam.changeRole('data-access', () => ({ inlinePolicies: { p: policy(...statements) } }));
}

/** Returns the statements that a data access role needs. */
export function dataAccessStatements(aws: Harness): Statement[] {
  return [INPUT, OUTPUT].flatMap((bucket): Statement[] => [
    { Effect: 'Allow', Action: ['s3:GetBucketPublicAccessBlock', 's3:GetEncryptionConfiguration'], Resource: `arn:aws:s3:::${bucket}` },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${bucket}`, Condition: { StringLike: { 's3:prefix': ['data/*'] } } },
    { Effect: 'Allow', Action: bucket === INPUT ? 's3:GetObject' : 's3:PutObject', Resource: `arn:aws:s3:::${bucket}/data/*` },
  ]).concat({ Effect: 'Allow', Action: ['kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKey*'], Resource: aws.keyArn });
}
