import { reportStatements } from './statements';
import { decide } from '../../../packages/local-aws/src/iam/policies/engine';

const ACCOUNT = '123456789012';
const DATASTORE = '6407b9ae4c2def3cb6f1a46a0c599ec0';
const JOB = 'c0fddbf76f238297632d4aebdbfc9ddf';
const BUCKET = 'arn:aws:s3:::clinic-results';
const KEY = `arn:aws:kms:us-west-2:${ACCOUNT}:key/0f8fad5b-d9cb-469f-a165-70867728950e`;
const RESULTS = `Import/${DATASTORE}-FHIR_IMPORT-${JOB}/`;

async function may(action: string, resource: string, context: Record<string, string> = {}): Promise<boolean> {
  const statements = reportStatements({ bucketName: 'clinic-results', prefix: 'Import/', datastoreId: DATASTORE, keyArn: KEY, region: 'us-west-2' });
  const decision = await decide({
    principal: `arn:aws:sts::${ACCOUNT}:assumed-role/report/session`,
    action,
    resource,
    resourceAccount: ACCOUNT,
    context: { 'aws:SecureTransport': 'true', ...context },
    identityPolicies: [{ name: 'report', policy: { Version: '2012-10-17', Statement: statements } }],
    ...(resource === KEY && {
      resourcePolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }] },
    }),
  });
  return decision.allowed;
}

describe('objects', () => {
  test.each(['Manifest.json', 'manifest.json', 'report.json', 'FAILURE/a.ndjson', 'FAILURE/v1/a.ndjson', 'SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/a.ndjson'])(
    '%s may be read', async (name) => {
      expect(await may('s3:GetObject', `${BUCKET}/${RESULTS}${name}`)).toBe(true);
    });

  test.each(['SUCCESS/a.ndjson', 'SUCCESS/FAILURE/a.ndjson', 'SUCCESS/Manifest.json', 'other.json', '', 'FAILURE', 'report.json.bak'])('%s may not be read', async (name) => {
    expect(await may('s3:GetObject', `${BUCKET}/${RESULTS}${name}`)).toBe(false);
  });

  test.each([
    `Import/cafe${DATASTORE.slice(4)}-FHIR_IMPORT-${JOB}/Manifest.json`, `Other/${DATASTORE}-FHIR_IMPORT-${JOB}/Manifest.json`,
    `Import/${DATASTORE}-FHIR_EXPORT-${JOB}/Manifest.json`, 'Import/Manifest.json',
  ])('%s may not be read', async (key) => {
    expect(await may('s3:GetObject', `${BUCKET}/${key}`)).toBe(false);
  });

  test('only the report may be written, and nothing deleted', async () => {
    expect(await may('s3:PutObject', `${BUCKET}/${RESULTS}report.json`)).toBe(true);
    for (const name of ['Manifest.json', 'FAILURE/report.json', 'FAILURE/a.ndjson', 'SUCCESS/report.json']) {
      expect(await may('s3:PutObject', `${BUCKET}/${RESULTS}${name}`)).toBe(false);
    }
    expect(await may('s3:DeleteObject', `${BUCKET}/${RESULTS}report.json`)).toBe(false);
    expect(await may('s3:GetObjectVersion', `${BUCKET}/${RESULTS}report.json`, { 's3:VersionId': 'x' })).toBe(false);
  });
});

describe('listing', () => {
  test.each([
    [{ 's3:prefix': RESULTS, 's3:delimiter': '/' }, true],
    [{ 's3:prefix': `${RESULTS}FAILURE/` }, true],
    [{ 's3:prefix': `${RESULTS}SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/` }, true],
    [{ 's3:prefix': RESULTS }, false],
    [{ 's3:prefix': `${RESULTS}SUCCESS/`, 's3:delimiter': '/' }, false],
    [{ 's3:prefix': `${RESULTS}SUCCESS/` }, false],
    [{ 's3:prefix': `${RESULTS}SUCCESS/FAILURE/` }, false],
    [{ 's3:prefix': 'Import/', 's3:delimiter': '/' }, false],
    [{ 's3:delimiter': '/' }, false],
    [{}, false],
  ])('%j', async (context, allowed) => {
    expect(await may('s3:ListBucket', BUCKET, context as Record<string, string>)).toBe(allowed);
  });
});

describe('the key', () => {
  const via = { 'kms:ViaService': 's3.us-west-2.amazonaws.com' };
  const context = (arn: string) => ({ ...via, 'kms:EncryptionContext:aws:s3:arn': arn });

  test.each(['kms:Decrypt', 'kms:GenerateDataKey'])('%s through S3, for the results only', async (action) => {
    expect(await may(action, KEY, context(BUCKET))).toBe(true); // with a bucket key
    expect(await may(action, KEY, context(`${BUCKET}/${RESULTS}report.json`))).toBe(true);
    expect(await may(action, KEY, context('arn:aws:s3:::another-bucket'))).toBe(false);
    expect(await may(action, KEY, context(`${BUCKET}/Other/x`))).toBe(false);
    expect(await may(action, KEY, via)).toBe(false);
    expect(await may(action, KEY, { ...context(BUCKET), 'kms:ViaService': 'lambda.us-west-2.amazonaws.com' })).toBe(false);
  });
});
