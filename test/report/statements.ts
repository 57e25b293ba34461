/** What the report role may do for one import, as the construct has to write it. */
export interface ReportScope {
  readonly bucketArn: string;
  /** Of the output location; empty, or ends in `/`. */
  readonly prefix: string;
  readonly datastoreId: string;
  readonly keyArn: string;
  readonly region: string;
}

/** A job's id has 32 characters. A `*` in its place would reach into SUCCESS/, where an input folder may be called FAILURE. */
const ANY_JOB = '?'.repeat(32);

export function reportStatements({ bucketArn, prefix, datastoreId, keyArn, region }: ReportScope): object[] {
  const results = `${prefix}${datastoreId}-FHIR_IMPORT-${ANY_JOB}/`;
  const objects = (...names: string[]) => names.map((name) => `${bucketArn}/${results}${name}`);
  return [
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: bucketArn,
      Condition: { StringLike: { 's3:prefix': results }, StringEquals: { 's3:delimiter': '/' } },
    },
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: bucketArn,
      Condition: { StringLike: { 's3:prefix': [`${results}FAILURE/`, `${results}SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/`] } },
    },
    {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: objects('Manifest.json', 'manifest.json', 'report.json', 'FAILURE/*', 'SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/*'),
    },
    { Effect: 'Allow', Action: 's3:PutObject', Resource: objects('report.json') },
    {
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: keyArn,
      Condition: {
        StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/${results}*`] },
      },
    },
  ];
}
