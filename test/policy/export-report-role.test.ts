import * as iam from 'aws-cdk-lib/aws-iam';
import { FhirStorage } from '../../src';
import { exportReportStatements } from '../../src/export/private/report-statements';
import { type Case, type Context, may } from '../support/access';
import { Deployed } from '../support/deployed';
import { DATASTORE_ID, newStack, REGION, templateOf } from '../support/synth';

const JOB_ID = 'c0fddbf76f238297632d4aebdbfc9ddf';
const FOLDER = `${DATASTORE_ID}-FHIR_EXPORT-${JOB_ID}`;

function deployedRole(prefix: string): Deployed {
  const stack = newStack();
  const { outputBucket: bucket, outputKey } = new FhirStorage(stack, 'Storage');
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  exportReportStatements({ bucket, prefix }, outputKey, DATASTORE_ID).forEach((statement) => role.addToPolicy(statement));
  return new Deployed(templateOf(stack));
}

describe('the report role of an export', () => {
  const deployed = deployedRole('exports/');
  const role = deployed.roleId(/^Role/);
  const output = deployed.arnOf('AWS::S3::Bucket', /OutputBucket/);
  const key = deployed.arnOf('AWS::KMS::Key', /Storage/);
  const results = `${output}/exports/${FOLDER}`;
  const viaS3 = { 'kms:ViaService': `s3.${REGION}.amazonaws.com` };
  const withContext = (arn: string, via: Context = viaS3): Context => ({ ...via, 'kms:EncryptionContext:aws:s3:arn': arn });

  test.each<Case>([
    ['list the exported files', 's3:ListBucket', output, { 's3:prefix': `exports/${FOLDER}/` }],
    ['look for an earlier report', 's3:ListBucket', output, { 's3:prefix': `exports/${FOLDER}/export.json` }],
    ['read an exported file', 's3:GetObject', `${results}/Patient/Patient-1022280015944103279-3-0.ndjson`],
    ['read an earlier report', 's3:GetObject', `${results}/export.json`],
    ['write the report', 's3:PutObject', `${results}/export.json`],
    ['decrypt with a bucket key', 'kms:Decrypt', key, withContext(output)],
    ['decrypt without a bucket key', 'kms:Decrypt', key, withContext(`${results}/Patient/Patient-1-3-0.ndjson`)],
    ['encrypt with a bucket key', 'kms:GenerateDataKey', key, withContext(output)],
    ['encrypt without a bucket key', 'kms:GenerateDataKey', key, withContext(`${results}/export.json`)],
  ])('may %s', async (_, action, resource, context = {}) => {
    expect(await may(deployed, role, action, resource, context)).toBe(true);
  });

  test.each<Case>([
    ['list the output prefix', 's3:ListBucket', output, { 's3:prefix': 'exports/' }],
    ['list the whole bucket', 's3:ListBucket', output],
    ['list the folder of one type', 's3:ListBucket', output, { 's3:prefix': `exports/${FOLDER}/Patient/` }],
    ['list an export deeper under the prefix', 's3:ListBucket', output, { 's3:prefix': `exports/archive/${FOLDER}/` }],
    ['list an export of another data store', 's3:ListBucket', output, { 's3:prefix': `exports/${FOLDER.replace(DATASTORE_ID, 'f'.repeat(32))}/` }],
    ['list the results of an import', 's3:ListBucket', output, { 's3:prefix': `exports/${FOLDER.replace('EXPORT', 'IMPORT')}/` }],
    ['read a file that is not NDJSON', 's3:GetObject', `${results}/Patient/Patient.json`],
    ['read an NDJSON file outside the folder of a type', 's3:GetObject', `${results}/Patient.ndjson`],
    ['read an export of another data store', 's3:GetObject', `${output}/exports/${FOLDER.replace(DATASTORE_ID, 'f'.repeat(32))}/Patient/a.ndjson`],
    ['read the results of an import', 's3:GetObject', `${output}/exports/${FOLDER.replace('EXPORT', 'IMPORT')}/Patient/a.ndjson`],
    ['read an export beside the output prefix', 's3:GetObject', `${output}/exports-old/${FOLDER}/Patient/a.ndjson`],
    ['write an exported file', 's3:PutObject', `${results}/Patient/Patient-1-3-0.ndjson`],
    ['write a report into the folder of a type', 's3:PutObject', `${results}/Patient/export.json`],
    ['write a report beside the folder of the export', 's3:PutObject', `${output}/exports/export.json`],
    ['delete the report', 's3:DeleteObject', `${results}/export.json`],
    ['read without TLS', 's3:GetObject', `${results}/Patient/a.ndjson`, { 'aws:SecureTransport': 'false' }],
    ['decrypt directly', 'kms:Decrypt', key, withContext(output, {})],
    ['decrypt without an encryption context', 'kms:Decrypt', key, viaS3],
    ['decrypt objects beside the export', 'kms:Decrypt', key, withContext(`${output}/exports/other.ndjson`)],
  ])('may not %s', async (_, action, resource, context = {}) => {
    expect(await may(deployed, role, action, resource, context)).toBe(false);
  });
});

test('the report role of an export without an output prefix may read only folders of exports at the root of the bucket', async () => {
  const deployed = deployedRole('');
  const role = deployed.roleId(/^Role/);
  const output = deployed.arnOf('AWS::S3::Bucket', /OutputBucket/);

  expect(await may(deployed, role, 's3:GetObject', `${output}/${FOLDER}/Patient/a.ndjson`)).toBe(true);
  expect(await may(deployed, role, 's3:GetObject', `${output}/other/${FOLDER}/Patient/a.ndjson`)).toBe(false);
});
