import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Location } from './data-access';

/** What the results of an import hold that the report is made of, `Manifest.json` also as the guide has it. SUCCESS/ is not among them. */
const READ = ['?anifest.json', 'FAILURE/*', 'SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/*'];

/** A job's id, which nobody knows before the job is started: as many characters as each that was seen. A star would also stand for folders. */
const ANY_JOB_ID = '?'.repeat(32);

/**
 * What the report function may do for one import: read the manifest and the lines about failures, and write `report.json` beside them.
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
    // Both folders in one pattern: IAM takes 10,240 characters, and a long prefix counts each time.
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
        // The bucket's ARN with a bucket key, the object's without.
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucket.bucketArn, inFolders('*')] },
      },
    }),
  ];
}
