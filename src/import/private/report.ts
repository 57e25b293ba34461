import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Location } from './data-access';
import { createAssumedRole } from './import-roles';
import type { ContractReport } from '../../contract';

/** The function of a provider that writes failure reports. */
export interface ReportFunction {
  readonly fn: lambda.Function;
  readonly role: iam.IRole;
}

/** The results that a report is made of. */
export interface ReportScope {
  readonly output: Location;
  readonly outputKey: kms.IKeyRef;
  readonly datastoreId: string;
}

/** The objects of the results that the report function reads. The guide calls the manifest `Manifest.json` too. SUCCESS/ is not among them. */
const READ = ['?anifest.json', 'FAILURE/*', 'SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/*'];

/** Stands for the id of the job, which is unknown before the job starts. All ids seen have 32 characters. A star would match folders too. */
const ANY_JOB_ID = '?'.repeat(32);

/** Creates the role that the report function assumes for one import. */
export function createReport(scope: Construct, { fn, role: functionRole }: ReportFunction, { output, outputKey, datastoreId }: ReportScope):
{ readonly role: iam.Role; readonly contract: ContractReport } {
  const role = createAssumedRole(scope, 'ReportRole', {
    description: 'Reports on the results of FHIR import jobs',
    assumedBy: [functionRole],
    policyName: 'Report',
    policy: new iam.PolicyDocument({ statements: reportStatements(output, outputKey, datastoreId) }),
    after: [fn],
  });
  return { role, contract: { FunctionArn: fn.functionArn, RoleArn: role.roleArn } };
}

/**
 * The permissions of the report function for one import: read the manifest and the lines about failures, and write `report.json` beside them.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/importing-fhir-data.html
 */
export function reportStatements({ bucket, prefix }: Location, key: kms.IKeyRef, datastoreId: string): iam.PolicyStatement[] {
  const results = `${prefix}${datastoreId}-FHIR_IMPORT-${ANY_JOB_ID}/`;
  const inFolders = (name: string) => bucket.arnForObjects(results + name);
  const list = (sid: string, conditions: iam.PolicyStatementProps['conditions']) =>
    new iam.PolicyStatement({ sid, actions: ['s3:ListBucket'], resources: [bucket.bucketArn], conditions });
  return [
    list('ListResults', { StringLike: { 's3:prefix': results }, StringEquals: { 's3:delimiter': '/' } }),
    // Both folders in one pattern: a policy has at most 10,240 characters, and a long prefix counts each time.
    list('ListFailures', {
      StringLike: { 's3:prefix': `${results}*FAILURE*/` }, StringNotLike: { 's3:prefix': `*-FHIR_IMPORT-${ANY_JOB_ID}/SUCCESS/*` },
    }),
    new iam.PolicyStatement({ sid: 'ReadFailures', actions: ['s3:GetObject'], resources: READ.map(inFolders) }),
    new iam.PolicyStatement({ sid: 'Report', actions: ['s3:GetObject', 's3:PutObject'], resources: [inFolders('report.json')] }),
    new iam.PolicyStatement({
      sid: 'OutputKeyThroughS3',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [key.keyRef.keyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.amazonaws.com` },
        // With a bucket key, the context is the ARN of the bucket; without one, the ARN of the object.
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucket.bucketArn, inFolders('*')] },
      },
    }),
  ];
}
