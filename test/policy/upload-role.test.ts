import { folderWith, patient } from '../../packages/fhir-ndjson/test/folder/folders';
import { FhirSource } from '../../src';
import { actionsOf, type Case, may } from '../support/access';
import { Deployed } from '../support/deployed';
import { ACCOUNT, FEATURE_FLAGS, importInto, newStack, onlyResource, REGION, templateOf } from '../support/synth';

const ASSETS = `arn:aws:s3:::cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;

describe.each(FEATURE_FLAGS)('the role of the upload in an app %s', (_, flags) => {
  const stack = newStack(flags);
  importInto(stack, { source: FhirSource.directory(folderWith({ 'a.ndjson': patient('a') }), { dataIsSynthetic: true }) });
  const deployed = new Deployed(templateOf(stack));
  const upload = deployed.roleId(/CDKBucketDeployment/);
  const [input, output] = [/InputBucket/, /OutputBucket/].map((pattern) => deployed.arnOf('AWS::S3::Bucket', pattern));
  const prefix = onlyResource(deployed.template, 'Custom::CDKBucketDeployment').Properties.DestinationBucketKeyPrefix as string;
  const key = deployed.arnOf('AWS::KMS::Key', /Storage/);

  test.each<Case>([
    ['read the asset', 's3:GetObject', `${ASSETS}/asset.zip`],
    ['write the files', 's3:PutObject', `${input}/${prefix}a.ndjson`],
    ['list the input bucket', 's3:ListBucket', input, { 's3:prefix': prefix }],
    ['encrypt the files', 'kms:GenerateDataKey', key],
    // aws-cdk-lib grants the following for every destination of an upload.
    ['write other files of the input bucket', 's3:PutObject', `${input}/input/a.ndjson`],
    ['delete files of the input bucket', 's3:DeleteObject', `${input}/input/a.ndjson`],
  ])('may %s', async (__, action, resource, context = {}) => {
    expect(await may(deployed, upload, action, resource, context)).toBe(true);
  });

  test.each<Case>([
    ['read results', 's3:GetObject', `${output}/Import-ae573c5f/Manifest.json`],
    ['write results', 's3:PutObject', `${output}/Import-ae573c5f/Manifest.json`],
    ['change the policy of the input bucket', 's3:PutBucketPolicy', input],
    ['delete the input bucket', 's3:DeleteBucket', input],
    ['write assets', 's3:PutObject', `${ASSETS}/asset.zip`],
    ['change the key', 'kms:PutKeyPolicy', key],
    ['assume the operator role of the import', 'sts:AssumeRole', deployed.arn(deployed.roleId(/Operator/))],
  ])('must not %s', async (__, action, resource, context = {}) => {
    expect(await may(deployed, upload, action, resource, context)).toBe(false);
  });

  test('calls only S3 and KMS', () => {
    expect([...new Set(actionsOf(deployed, upload).map((action) => action.split(':')[0]))]).toEqual(['kms', 's3']);
  });
});
