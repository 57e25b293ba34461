import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Location } from '../../jobs/private/location';
import { ANY_JOB_ID, keyThroughS3 } from '../../jobs/private/report';

/**
 * Returns the permissions of the report function for one export. The function lists the exported files, counts the resources in them, and writes `export.json`
 * beside them.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/exporting-fhir-data.html
 */
export function exportReportStatements({ bucket, prefix }: Location, key: kms.IKeyRef, datastoreId: string): iam.PolicyStatement[] {
  const results = `${prefix}${datastoreId}-FHIR_EXPORT-${ANY_JOB_ID}/`;
  const report = `${results}export.json`;
  return [
    new iam.PolicyStatement({
      sid: 'ListExport',
      actions: ['s3:ListBucket'],
      resources: [bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': [results, report] } },
    }),
    new iam.PolicyStatement({ sid: 'ReadExport', actions: ['s3:GetObject'], resources: [bucket.arnForObjects(`${results}*/*.ndjson`)] }),
    new iam.PolicyStatement({ sid: 'Report', actions: ['s3:GetObject', 's3:PutObject'], resources: [bucket.arnForObjects(report)] }),
    keyThroughS3(bucket, key, results),
  ];
}
