import type { HealthLakeClient } from '@aws-sdk/client-healthlake';
import type { HealthLakeOptions } from '../../../local-healthlake/src/healthlake/options';
import { ACCOUNT, Harness, INPUT, OUTPUT } from '../../../local-healthlake/test/harness';
import { ADMIN_CREDENTIALS, Iam } from '../../src/iam/iam';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

/** Starts HealthLake with IAM around it, and with a data access role that has what it needs. */
export async function startWithIam(options: HealthLakeOptions = {}): Promise<Harness<Iam>> {
  const aws = await Harness.startWith((environment) => new Iam(environment), ADMIN_CREDENTIALS, options);
  await aws.iam.createRole('data-access', {
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [{
        Effect: 'Allow',
        Principal: { Service: 'healthlake.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'aws:SourceAccount': ACCOUNT },
          ArnLike: { 'aws:SourceArn': `arn:aws:healthlake:us-east-1:${ACCOUNT}:datastore/fhir/*` },
        },
      }],
    },
    inlinePolicies: { p: { Version: '2012-10-17', Statement: dataAccessStatements(aws) } },
    managedPolicyArns: [],
  });
  return aws;
}

/** A client of a role that has just these permissions. */
export async function clientOfRole(aws: Harness<Iam>, name: string, statements: Statement[]): Promise<HealthLakeClient> {
  const trustPolicy = { Version: '2012-10-17' as const, Statement: [{ Effect: 'Allow' as const, Principal: { AWS: aws.iam.admin.arn }, Action: 'sts:AssumeRole' }] };
  const role = await aws.iam.createRole(name, {
    trustPolicy, inlinePolicies: { p: { Version: '2012-10-17', Statement: statements } }, managedPolicyArns: [],
  });
  const { credentials } = await aws.iam.assumeRole(aws.iam.admin, role.arn, { 'sts:RoleSessionName': 'test' });
  return aws.client(credentials);
}

/** Gives the data access role these permissions instead of those it has. */
export async function setDataAccess(aws: Harness<Iam>, statements: readonly Statement[]): Promise<void> {
  await aws.iam.changeRole('data-access', () => ({ inlinePolicies: { p: { Version: '2012-10-17', Statement: [...statements] } } }));
}

/** The statements that are known to work. */
export function dataAccessStatements(aws: Harness): Statement[] {
  return [INPUT, OUTPUT].flatMap((bucket): Statement[] => [
    { Effect: 'Allow', Action: ['s3:GetBucketPublicAccessBlock', 's3:GetEncryptionConfiguration'], Resource: `arn:aws:s3:::${bucket}` },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${bucket}`, Condition: { StringLike: { 's3:prefix': ['data/*'] } } },
    { Effect: 'Allow', Action: bucket === INPUT ? 's3:GetObject' : 's3:PutObject', Resource: `arn:aws:s3:::${bucket}/data/*` },
  ]).concat({ Effect: 'Allow', Action: ['kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKey*'], Resource: aws.keyArn });
}
