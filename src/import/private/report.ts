import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Location } from '../../jobs/private/location';
import { ANY_JOB_ID, keyThroughS3 } from '../../jobs/private/report';

/**
 * The results objects that the report function reads. The manifest is `Manifest.json` or, in the developer guide, `manifest.json`. The function doesn't read
 * SUCCESS/.
 */
const READ = ['?anifest.json', 'FAILURE/*', 'SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/*'];

/**
 * Returns the permissions of the report function for one import. The function reads the manifest and the lines about failures, and writes `report.json` beside
 * them.
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
    // One pattern matches both folders, because a policy has at most 10,240 characters and every pattern repeats a long prefix.
    list('ListFailures', {
      StringLike: { 's3:prefix': `${results}*FAILURE*/` }, StringNotLike: { 's3:prefix': `*-FHIR_IMPORT-${ANY_JOB_ID}/SUCCESS/*` },
    }),
    new iam.PolicyStatement({ sid: 'ReadFailures', actions: ['s3:GetObject'], resources: READ.map(inFolders) }),
    new iam.PolicyStatement({ sid: 'Report', actions: ['s3:GetObject', 's3:PutObject'], resources: [inFolders('report.json')] }),
    keyThroughS3(bucket, key, results),
  ];
}
