import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { FhirJobProvider, FhirSource } from '../../src';
import { actionsOf, type Case, type Context, may, mayAssume, policiesOf, sessionOf } from '../support/access';
import { Deployed } from '../support/deployed';
import { ACCOUNT, DATASTORE_ID, FEATURE_FLAGS, importInto, newStack, REGION, templateOf } from '../support/synth';

const OTHER_KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/ffffffff-7c1d-11f0-8a3b-0a1b2c3d4e5f`;
const JOB_ID = 'c0fddbf76f238297632d4aebdbfc9ddf';
const FOLDER = `${DATASTORE_ID}-FHIR_IMPORT-${JOB_ID}`;

function twoImports(flags: Record<string, unknown>): Deployed {
  const stack = newStack(flags);
  const datastoreEncryptionKey = new kms.Key(stack, 'DatastoreKey');
  const first = importInto(stack, { outputPrefix: 'results/', datastoreEncryptionKey }, 'First');
  importInto(stack, { source: FhirSource.storage('second/'), outputPrefix: 'second/' }, 'Second').executeAfter(first);
  return new Deployed(templateOf(stack));
}

describe.each(FEATURE_FLAGS)('the report role in an app %s', (_, flags) => {
  const deployed = twoImports(flags);
  const [role, reportFunctionRole] = [/^FirstReportRole/, /ReportFunctionRole/].map((pattern) => deployed.roleId(pattern));
  const [input, output] = [/InputBucket/, /OutputBucket/].map((pattern) => deployed.arnOf('AWS::S3::Bucket', pattern));
  const [storageKey, datastoreKey] = [/Storage/, /Datastore/].map((pattern) => deployed.arnOf('AWS::KMS::Key', pattern));
  const results = `${output}/results/${FOLDER}`;
  const viaS3 = { 'kms:ViaService': `s3.${REGION}.amazonaws.com` };
  const withContext = (arn: string, via: Context = viaS3): Context => ({ ...via, 'kms:EncryptionContext:aws:s3:arn': arn });

  test.each<Case>([
    ['read Manifest.json, the name that HealthLake uses', 's3:GetObject', `${results}/Manifest.json`],
    ['read manifest.json, the name in the HealthLake guide', 's3:GetObject', `${results}/manifest.json`],
    ['read failures', 's3:GetObject', `${results}/FAILURE/Patient.ndjson`],
    ['read failures of a sub-folder of the input', 's3:GetObject', `${results}/FAILURE/v1-0/Patient.ndjson`],
    ['read failures of an input folder with the name SUCCESS', 's3:GetObject', `${results}/FAILURE/SUCCESS/Patient.ndjson`],
    ['read search-validation failures', 's3:GetObject', `${results}/SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/v1-0/Patient.ndjson`],
    ['read an earlier report', 's3:GetObject', `${results}/report.json`],
    ['write the report', 's3:PutObject', `${results}/report.json`],
    ['list the folders of a job\'s results', 's3:ListBucket', output, { 's3:prefix': `results/${FOLDER}/`, 's3:delimiter': '/' }],
    ['list the failures', 's3:ListBucket', output, { 's3:prefix': `results/${FOLDER}/FAILURE/` }],
    ['list search-validation failures', 's3:ListBucket', output, { 's3:prefix': `results/${FOLDER}/SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/` }],
    ['decrypt with a bucket key', 'kms:Decrypt', storageKey, withContext(output)],
    ['decrypt without a bucket key', 'kms:Decrypt', storageKey, withContext(`${output}/results/${FOLDER}/Manifest.json`)],
    ['encrypt with a bucket key', 'kms:GenerateDataKey', storageKey, withContext(output)],
    ['encrypt without a bucket key', 'kms:GenerateDataKey', storageKey, withContext(`${output}/results/${FOLDER}/report.json`)],
  ])('may %s', async (__, action, resource, context = {}) => {
    expect(await may(deployed, role, action, resource, context)).toBe(true);
  });

  test.each<Case>([
    ['read imported resources', 's3:GetObject', `${results}/SUCCESS/Patient.ndjson`],
    ['read imported resources of an input folder with the name FAILURE', 's3:GetObject', `${results}/SUCCESS/FAILURE/Patient.ndjson`],
    ['read imported resources of an input folder with the name of a job\'s folder', 's3:GetObject', `${results}/SUCCESS/${FOLDER}/FAILURE/Patient.ndjson`],
    ['read a manifest among the imported resources', 's3:GetObject', `${results}/SUCCESS/Manifest.json`],
    ['read an object with the key of the job\'s folder', 's3:GetObject', `${results}/`],
    ['read an object with the name FAILURE', 's3:GetObject', `${results}/FAILURE`],
    ['read a manifest beside the job\'s folder', 's3:GetObject', `${output}/results/Manifest.json`],
    ['read another object of the results', 's3:GetObject', `${results}/other.json`],
    ['read an object whose name starts with report.json', 's3:GetObject', `${results}/report.json.bak`],
    ['read HealthLake\'s probe', 's3:GetObject', `${output}/results/.healthlake_write_access_check_file.temp`],
    ['read results of another data store', 's3:GetObject', `${output}/results/${'f'.repeat(32)}-FHIR_IMPORT-${JOB_ID}/Manifest.json`],
    ['read the results of an export', 's3:GetObject', `${output}/results/${DATASTORE_ID}-FHIR_EXPORT-${JOB_ID}/Manifest.json`],
    ['read results deeper under the prefix', 's3:GetObject', `${output}/results/archive/${FOLDER}/Manifest.json`],
    ['read results beside the output prefix', 's3:GetObject', `${output}/results-old/${FOLDER}/Manifest.json`],
    ['read another import\'s results', 's3:GetObject', `${output}/second/${FOLDER}/Manifest.json`],
    ['read results at the root', 's3:GetObject', `${output}/${FOLDER}/Manifest.json`],
    ['read input', 's3:GetObject', `${input}/input/Patient.ndjson`],
    ['read input that looks like results', 's3:GetObject', `${input}/results/${FOLDER}/FAILURE/Patient.ndjson`],
    ['read without TLS', 's3:GetObject', `${results}/Manifest.json`, { 'aws:SecureTransport': 'false' }],
    ['write without TLS', 's3:PutObject', `${results}/report.json`, { 'aws:SecureTransport': 'false' }],
    ['write the manifest', 's3:PutObject', `${results}/Manifest.json`],
    ['write failures', 's3:PutObject', `${results}/FAILURE/Patient.ndjson`],
    ['write a report into FAILURE', 's3:PutObject', `${results}/FAILURE/report.json`],
    ['write a report into SUCCESS', 's3:PutObject', `${results}/SUCCESS/report.json`],
    ['write another object', 's3:PutObject', `${results}/report.csv`],
    ['write a report beside the job\'s folder', 's3:PutObject', `${output}/results/report.json`],
    ['write another import\'s report', 's3:PutObject', `${output}/second/${FOLDER}/report.json`],
    ['write input', 's3:PutObject', `${input}/input/report.json`],
    ['delete the report', 's3:DeleteObject', `${results}/report.json`],
    ['list all of a job\'s results', 's3:ListBucket', output, { 's3:prefix': `results/${FOLDER}/` }],
    ['list imported resources', 's3:ListBucket', output, { 's3:prefix': `results/${FOLDER}/SUCCESS/` }],
    ['list the folders of imported resources', 's3:ListBucket', output, { 's3:prefix': `results/${FOLDER}/SUCCESS/`, 's3:delimiter': '/' }],
    ['list imported resources of an input folder with the name FAILURE', 's3:ListBucket', output, { 's3:prefix': `results/${FOLDER}/SUCCESS/FAILURE/` }],
    ['list the folders of all jobs', 's3:ListBucket', output, { 's3:prefix': 'results/', 's3:delimiter': '/' }],
    ['list the whole output bucket', 's3:ListBucket', output],
    ['list the folders of the output bucket', 's3:ListBucket', output, { 's3:delimiter': '/' }],
    ['list another import\'s results', 's3:ListBucket', output, { 's3:prefix': `second/${FOLDER}/` }],
    ['list the beginning of the prefix', 's3:ListBucket', output, { 's3:prefix': 'res' }],
    ['list the input', 's3:ListBucket', input, { 's3:prefix': 'input/' }],
    ['decrypt directly', 'kms:Decrypt', storageKey, withContext(output, {})],
    ['decrypt through another service', 'kms:Decrypt', storageKey, withContext(output, { 'kms:ViaService': `healthlake.${REGION}.amazonaws.com` })],
    ['decrypt through S3 in another Region', 'kms:Decrypt', storageKey, withContext(output, { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' })],
    ['decrypt without an encryption context', 'kms:Decrypt', storageKey, viaS3],
    ['decrypt another import\'s results', 'kms:Decrypt', storageKey, withContext(`${output}/second/${FOLDER}/Manifest.json`)],
    ['decrypt objects beside the results', 'kms:Decrypt', storageKey, withContext(`${output}/results/other.json`)],
    ['decrypt the input with a bucket key', 'kms:Decrypt', storageKey, withContext(input)],
    ['decrypt the input without a bucket key', 'kms:Decrypt', storageKey, withContext(`${input}/input/Patient.ndjson`)],
    ['generate data keys directly', 'kms:GenerateDataKey', storageKey],
    ['decrypt with the data store\'s key', 'kms:Decrypt', datastoreKey, withContext(output)],
    ['decrypt with any other key', 'kms:Decrypt', OTHER_KEY_ARN, withContext(output)],
  ])('may not %s', async (__, action, resource, context = {}) => {
    expect(await may(deployed, role, action, resource, context)).toBe(false);
  });

  test('may perform only the listed actions', () => {
    expect(actionsOf(deployed, role)).toEqual(['kms:Decrypt', 'kms:GenerateDataKey', 's3:GetObject', 's3:ListBucket', 's3:PutObject']);
  });

  test.each<[boolean, string, string]>([
    [true, 'the report function', sessionOf(deployed, reportFunctionRole)],
    [false, 'the functions that call HealthLake', sessionOf(deployed, deployed.roleId(/HandlerRole/))],
    [false, 'the framework\'s onEvent function', sessionOf(deployed, deployed.roleId(/FrameworkOnEventRole/))],
    [false, 'the framework\'s other functions', sessionOf(deployed, deployed.roleId(/FrameworkCompleteAndTimeoutRole/))],
    [false, 'its import\'s operator role', sessionOf(deployed, deployed.roleId(/^FirstOperator/))],
    [false, 'another import\'s report role', sessionOf(deployed, deployed.roleId(/^SecondReportRole/))],
    [false, 'another role of the account', `arn:aws:sts::${ACCOUNT}:assumed-role/other/session`],
    [false, 'a user of the account', `arn:aws:iam::${ACCOUNT}:user/admin`],
    [false, 'Lambda', 'lambda.amazonaws.com'],
    [false, 'HealthLake', 'healthlake.amazonaws.com'],
    [false, 'a role of that name in another account', sessionOf(deployed, reportFunctionRole).replace(ACCOUNT, '444455556666')],
  ])('it is %s that the role can be assumed by %s', async (allowed, __, principal) => {
    expect(await mayAssume(deployed, role, principal)).toBe(allowed);
  });
});

test('the report role may read only job folders at the root of the bucket if outputPrefix is empty', async () => {
  const stack = newStack();
  importInto(stack, { outputPrefix: '' });
  const deployed = new Deployed(templateOf(stack));
  const role = deployed.roleId(/ImportReportRole/);
  const output = deployed.arnOf('AWS::S3::Bucket', /OutputBucket/);

  expect(await may(deployed, role, 's3:ListBucket', output, { 's3:prefix': `${FOLDER}/`, 's3:delimiter': '/' })).toBe(true);
  expect(await may(deployed, role, 's3:GetObject', `${output}/${FOLDER}/FAILURE/Patient.ndjson`)).toBe(true);
  expect(await may(deployed, role, 's3:GetObject', `${output}/other-import/${FOLDER}/FAILURE/Patient.ndjson`)).toBe(false);
});

test('the report role trusts only reportFunctionRole if the user supplies that role and it is immutable', async () => {
  const stack = newStack();
  const supplied = `arn:aws:iam::${ACCOUNT}:role/team/Reporter`;
  const reportFunctionRole = iam.Role.fromRoleArn(stack, 'Reporter', supplied, { mutable: false });
  importInto(stack, { provider: new FhirJobProvider(stack, 'Provider', { reportFunctionRole }) });
  const deployed = new Deployed(templateOf(stack));
  const role = deployed.roleId(/ImportReportRole/);

  expect(deployed.resource(role).Properties.AssumeRolePolicyDocument.Statement).toEqual(
    [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: supplied } }]);
  expect(policiesOf(deployed, role)).toHaveLength(1);
  expect(await mayAssume(deployed, role, `arn:aws:sts::${ACCOUNT}:assumed-role/Reporter/session`)).toBe(true);
  expect(await mayAssume(deployed, role, sessionOf(deployed, deployed.roleId(/HandlerRole/)))).toBe(false);
});
