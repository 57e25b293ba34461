import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { type FhirImport, type FhirImportProps, FhirSource } from '../../src';
import { actionsOf, type Case, type Context, may, mayAbroad, mayAssume, type PolicyJson, policiesOf, sessionOf } from '../support/access';
import { Deployed, STACK_ID } from '../support/deployed';
import { ACCOUNT, DATASTORE_ID, FEATURE_FLAGS, importInto, newStack, REGION, templateOf } from '../support/synth';

const DATASTORE_ARN = `arn:aws:healthlake:${REGION}:${ACCOUNT}:datastore/fhir/${DATASTORE_ID}`;
const OTHER_DATASTORE_ARN = DATASTORE_ARN.replace(DATASTORE_ID, 'f'.repeat(32));
const OTHER_KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/ffffffff-7c1d-11f0-8a3b-0a1b2c3d4e5f`;

/** Returns the template of a stack with three imports. The third import makes no failure report. */
function threeImports(flags: Record<string, unknown>): Deployed {
  const stack = newStack(flags);
  const datastoreEncryptionKey = new kms.Key(stack, 'DatastoreKey');
  const first = importInto(stack, { outputPrefix: 'results/', datastoreEncryptionKey }, 'First');
  const second = importInto(stack, { source: FhirSource.storage('second/') }, 'Second');
  second.executeAfter(first);
  importInto(stack, { source: FhirSource.storage('third/'), failureReport: false }, 'Third').executeAfter(second);
  return new Deployed(templateOf(stack));
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  const deployed = threeImports(flags);
  const [input, output] = [/InputBucket/, /OutputBucket/].map((pattern) => deployed.arnOf('AWS::S3::Bucket', pattern));
  const storageKey = deployed.arnOf('AWS::KMS::Key', /Storage/);
  const datastoreKey = deployed.arnOf('AWS::KMS::Key', /Datastore/);
  const reportFunction = deployed.arnOf('AWS::Lambda::Function', /ProviderReport/);
  const [dataAccess, operator, handler] = [/^FirstDataAccess/, /^FirstOperator/, /HandlerRole/].map((pattern) => deployed.roleId(pattern));

  describe('the data access role', () => {
    test.each<Case>([
      ['read an object under the prefix', 's3:GetObject', `${input}/input/Patient.ndjson`],
      ['read an object deeper under the prefix', 's3:GetObject', `${input}/input/2025/11/Patient.ndjson`],
      ['list the prefix', 's3:ListBucket', input, { 's3:prefix': 'input/' }],
      ['list below the prefix', 's3:ListBucket', input, { 's3:prefix': 'input/2025/' }],
      ['get the location of the input bucket', 's3:GetBucketLocation', input],
      ['get the public access block of the input bucket', 's3:GetBucketPublicAccessBlock', input],
      ['get the encryption of the input bucket', 's3:GetEncryptionConfiguration', input],
      ['write results', 's3:PutObject', `${output}/results/${DATASTORE_ID}-FHIR_IMPORT-1/Manifest.json`],
      ['list the results', 's3:ListBucket', output, { 's3:prefix': 'results/' }],
      ['get the location of the output bucket', 's3:GetBucketLocation', output],
      ['get the public access block of the output bucket', 's3:GetBucketPublicAccessBlock', output],
      ['get the encryption of the output bucket', 's3:GetEncryptionConfiguration', output],
      ['generate data keys', 'kms:GenerateDataKey', storageKey],
      ['generate data keys without their plaintext', 'kms:GenerateDataKeyWithoutPlaintext', storageKey],
      ['decrypt', 'kms:Decrypt', storageKey],
      ['describe the key', 'kms:DescribeKey', storageKey],
    ])('may %s', async (__, action, resource, context = {}) => {
      expect(await may(deployed, dataAccess, action, resource, context)).toBe(true);
    });

    test.each<Case>([
      ['read an object outside the prefix', 's3:GetObject', `${input}/second/Patient.ndjson`],
      ['read an object beside the prefix', 's3:GetObject', `${input}/input-old/Patient.ndjson`],
      ['read an object at the root', 's3:GetObject', `${input}/Patient.ndjson`],
      ['read an object without TLS', 's3:GetObject', `${input}/input/Patient.ndjson`, { 'aws:SecureTransport': 'false' }],
      ['read results', 's3:GetObject', `${output}/results/Manifest.json`],
      ['write input', 's3:PutObject', `${input}/input/Patient.ndjson`],
      ['write into another import\'s results', 's3:PutObject', `${output}/Second-12345678/Manifest.json`],
      ['write beside the output prefix', 's3:PutObject', `${output}/results-old/Manifest.json`],
      ['write without TLS', 's3:PutObject', `${output}/results/Manifest.json`, { 'aws:SecureTransport': 'false' }],
      ['list the whole input bucket', 's3:ListBucket', input],
      ['list another prefix', 's3:ListBucket', input, { 's3:prefix': 'second/' }],
      ['list the prefix without its slash', 's3:ListBucket', input, { 's3:prefix': 'input' }],
      ['list other results', 's3:ListBucket', output, { 's3:prefix': 'Second-12345678/' }],
      ['delete results', 's3:DeleteObject', `${output}/results/Manifest.json`],
      ['decrypt with the data store\'s key', 'kms:Decrypt', datastoreKey],
      ['decrypt with any other key', 'kms:Decrypt', OTHER_KEY_ARN],
    ])('may not %s', async (__, action, resource, context = {}) => {
      expect(await may(deployed, dataAccess, action, resource, context)).toBe(false);
    });

    test('may perform only the listed actions', () => {
      expect(actionsOf(deployed, dataAccess)).toEqual([
        'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey*', 's3:GetBucketLocation', 's3:GetBucketPublicAccessBlock', 's3:GetEncryptionConfiguration',
        's3:GetObject', 's3:ListBucket', 's3:PutObject',
      ]);
    });

    const source = { 'aws:SourceArn': DATASTORE_ARN, 'aws:SourceAccount': ACCOUNT };
    test.each<[boolean, string, string, Context]>([
      [true, 'HealthLake for this data store', 'healthlake.amazonaws.com', source],
      [false, 'HealthLake for another data store', 'healthlake.amazonaws.com', { ...source, 'aws:SourceArn': OTHER_DATASTORE_ARN }],
      [false, 'HealthLake for another account', 'healthlake.amazonaws.com', { ...source, 'aws:SourceAccount': '444455556666' }],
      [false, 'HealthLake without a source', 'healthlake.amazonaws.com', {}],
      [false, 'HealthLake with the account only', 'healthlake.amazonaws.com', { 'aws:SourceAccount': ACCOUNT }],
      [false, 'another service', 'lambda.amazonaws.com', source],
      [false, 'a user of the account', `arn:aws:iam::${ACCOUNT}:user/admin`, source],
      [false, 'the handler role', sessionOf(deployed, handler), source],
      [false, 'the operator role', sessionOf(deployed, operator), source],
      [false, 'the report function', sessionOf(deployed, deployed.roleId(/ReportFunctionRole/)), source],
    ])('it is %s that the role can be assumed by %s', async (allowed, __, principal, context) => {
      expect(await mayAssume(deployed, dataAccess, principal, context)).toBe(allowed);
    });
  });

  describe('the operator role', () => {
    const passed = { 'iam:PassedToService': 'healthlake.amazonaws.com' };
    const viaHealthLake = { 'kms:ViaService': `healthlake.${REGION}.amazonaws.com`, 'kms:CallerAccount': ACCOUNT };

    test.each<Case>([
      ['start an import', 'healthlake:StartFHIRImportJob', DATASTORE_ARN],
      ['describe an import', 'healthlake:DescribeFHIRImportJob', DATASTORE_ARN],
      ['list the imports', 'healthlake:ListFHIRImportJobs', DATASTORE_ARN],
      ['describe the data store', 'healthlake:DescribeFHIRDatastore', DATASTORE_ARN],
      ['pass the data access role to HealthLake', 'iam:PassRole', deployed.arn(dataAccess), passed],
      ['describe its own stack', 'cloudformation:DescribeStacks', STACK_ID],
      ['list the input', 's3:ListBucket', input, { 's3:prefix': 'input/' }],
      ['list the input deeper under the prefix', 's3:ListBucket', input, { 's3:prefix': 'input/2025/' }],
      ['get the location of the input bucket', 's3:GetBucketLocation', input],
      ['get the location of the output bucket', 's3:GetBucketLocation', output],
      ['get the public access block of the output bucket', 's3:GetBucketPublicAccessBlock', output],
      ['get the encryption of the output bucket', 's3:GetEncryptionConfiguration', output],
      ['invoke the report function', 'lambda:InvokeFunction', reportFunction],
      ['decrypt with the data store\'s key through HealthLake', 'kms:Decrypt', datastoreKey, viaHealthLake],
      ['generate data keys through HealthLake', 'kms:GenerateDataKey', datastoreKey, viaHealthLake],
      ['create grants through HealthLake', 'kms:CreateGrant', datastoreKey, viaHealthLake],
      ['describe the data store\'s key through HealthLake', 'kms:DescribeKey', datastoreKey, viaHealthLake],
    ])('may %s', async (__, action, resource, context = {}) => {
      expect(await may(deployed, operator, action, resource, context)).toBe(true);
    });

    test.each<Case>([
      ['start an import into another data store', 'healthlake:StartFHIRImportJob', OTHER_DATASTORE_ARN],
      ['describe imports of another data store', 'healthlake:DescribeFHIRImportJob', OTHER_DATASTORE_ARN],
      ['list imports of another data store', 'healthlake:ListFHIRImportJobs', OTHER_DATASTORE_ARN],
      ['describe another data store', 'healthlake:DescribeFHIRDatastore', OTHER_DATASTORE_ARN],
      ['pass the role to another service', 'iam:PassRole', deployed.arn(dataAccess), { 'iam:PassedToService': 'lambda.amazonaws.com' }],
      ['pass the role to no named service', 'iam:PassRole', deployed.arn(dataAccess)],
      ['pass the role of another import', 'iam:PassRole', deployed.arn(deployed.roleId(/^SecondDataAccess/)), passed],
      ['pass itself', 'iam:PassRole', deployed.arn(operator), passed],
      ['describe another stack', 'cloudformation:DescribeStacks', STACK_ID.replace('/Stack/', '/Other/')],
      ['describe a later stack of the same name', 'cloudformation:DescribeStacks', STACK_ID.replace('5f0e7a60', 'ffffffff')],
      ['decrypt with the data store\'s key directly', 'kms:Decrypt', datastoreKey],
      ['decrypt with the data store\'s key through S3', 'kms:Decrypt', datastoreKey, { ...viaHealthLake, 'kms:ViaService': `s3.${REGION}.amazonaws.com` }],
      ['decrypt with the data store\'s key for another account', 'kms:Decrypt', datastoreKey, { ...viaHealthLake, 'kms:CallerAccount': '444455556666' }],
      ['decrypt with the key of the buckets', 'kms:Decrypt', storageKey, viaHealthLake],
      ['decrypt with the key of the buckets through S3', 'kms:Decrypt', storageKey, { 'kms:ViaService': `s3.${REGION}.amazonaws.com` }],
      ['read input', 's3:GetObject', `${input}/input/Patient.ndjson`],
      ['read results', 's3:GetObject', `${output}/results/Manifest.json`],
      ['list the whole input bucket', 's3:ListBucket', input],
      ['list another import\'s input', 's3:ListBucket', input, { 's3:prefix': 'second/' }],
      ['list input with the prefix without its slash', 's3:ListBucket', input, { 's3:prefix': 'input' }],
      ['list the input without TLS', 's3:ListBucket', input, { 's3:prefix': 'input/', 'aws:SecureTransport': 'false' }],
      ['list results', 's3:ListBucket', output, { 's3:prefix': 'results/' }],
      ['get the encryption of the input bucket', 's3:GetEncryptionConfiguration', input],
      ['invoke the functions that call HealthLake', 'lambda:InvokeFunction', deployed.arnOf('AWS::Lambda::Function', /ProviderOnEvent/)],
    ])('may not %s', async (__, action, resource, context = {}) => {
      expect(await may(deployed, operator, action, resource, context)).toBe(false);
    });

    test('may perform only the listed actions', () => {
      expect(actionsOf(deployed, operator)).toEqual([
        'cloudformation:DescribeStacks', 'healthlake:DescribeFHIRDatastore', 'healthlake:DescribeFHIRImportJob', 'healthlake:ListFHIRImportJobs',
        'healthlake:StartFHIRImportJob', 'iam:PassRole', 'kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey', 'lambda:InvokeFunction',
        's3:GetBucketLocation', 's3:GetBucketPublicAccessBlock', 's3:GetEncryptionConfiguration', 's3:ListBucket',
      ]);
    });

    test('may invoke the report function only for an import with a report, and may not assume a report role', async () => {
      const mayReport = ['First', 'Second', 'Third'].map((id) => may(deployed, deployed.roleId(new RegExp(`^${id}Operator`)), 'lambda:InvokeFunction', reportFunction));
      const trusted = ['First', 'Second'].map((id) => mayAssume(deployed, deployed.roleId(new RegExp(`^${id}ReportRole`)), sessionOf(deployed, operator)));

      expect(await Promise.all(mayReport)).toEqual([true, true, false]);
      expect(await Promise.all(trusted)).toEqual([false, false]);
    });

    test('may use the data store\'s key only if the import sets datastoreEncryptionKey', async () => {
      expect(await may(deployed, deployed.roleId(/^SecondOperator/), 'kms:Decrypt', datastoreKey, viaHealthLake)).toBe(false);
    });

    test.each<[boolean, string, string]>([
      [true, 'the functions', sessionOf(deployed, handler)],
      [false, 'the framework\'s onEvent function', sessionOf(deployed, deployed.roleId(/FrameworkOnEventRole/))],
      [false, 'the framework\'s other functions', sessionOf(deployed, deployed.roleId(/FrameworkCompleteAndTimeoutRole/))],
      [false, 'another import\'s operator role', sessionOf(deployed, deployed.roleId(/^SecondOperator/))],
      [false, 'the report function', sessionOf(deployed, deployed.roleId(/ReportFunctionRole/))],
      [false, 'its import\'s report role', sessionOf(deployed, deployed.roleId(/^FirstReportRole/))],
      [false, 'another role of the account', `arn:aws:sts::${ACCOUNT}:assumed-role/other/session`],
      [false, 'a user of the account', `arn:aws:iam::${ACCOUNT}:user/admin`],
      [false, 'HealthLake', 'healthlake.amazonaws.com'],
      [false, 'Lambda', 'lambda.amazonaws.com'],
      [false, 'a role of that name in another account', sessionOf(deployed, handler).replace(ACCOUNT, '444455556666')],
    ])('it is %s that the role can be assumed by %s', async (allowed, __, principal) => {
      expect(await mayAssume(deployed, operator, principal)).toBe(allowed);
    });
  });
});

describe('the policy statements for a source in another account', () => {
  const BUCKET_ARN = 'arn:aws:s3:::amzn-s3-demo-partner';
  const KEY_ARN = `arn:aws:kms:${REGION}:444455556666:key/5f0e7a60-7c1d-11f0-8a3b-0a1b2c3d4e5f`;

  function importFromAbroad(stack: Stack, props: Partial<FhirImportProps> = {}): FhirImport {
    const bucket = s3.Bucket.fromBucketArn(stack, 'Partner', BUCKET_ARN);
    return importInto(stack, {
      source: FhirSource.bucket(bucket, 'export/', { encryptionKey: kms.Key.fromKeyArn(stack, 'PartnerKey', KEY_ARN) }),
      ...props,
    });
  }
  const stack = newStack();
  const fhirImport = importFromAbroad(stack);
  const deployed = new Deployed(templateOf(stack));
  const role = deployed.roleId(/DataAccess/);
  const policyOf = (statements: iam.PolicyStatement[]) => deployed.resolve(stack.resolve(new iam.PolicyDocument({ statements }))) as PolicyJson;
  const bucketPolicy = policyOf(fhirImport.sourceBucketStatements);
  const keyPolicy = policyOf(fhirImport.sourceKeyStatements);
  // A policy without the statements of this library. It allows only the other account itself.
  const silent: PolicyJson = {
    Statement: [{ Effect: 'Allow', Action: ['s3:*', 'kms:*'], Resource: '*', Principal: { AWS: 'arn:aws:iam::444455556666:root' } }],
  };

  test.each<Case>([
    ['read an object', 's3:GetObject', `${BUCKET_ARN}/export/Patient.ndjson`],
    ['list the prefix', 's3:ListBucket', BUCKET_ARN, { 's3:prefix': 'export/' }],
    ['get the encryption of the bucket', 's3:GetEncryptionConfiguration', BUCKET_ARN],
    ['decrypt', 'kms:Decrypt', KEY_ARN],
  ])('are necessary for the data access role to %s', async (_, action, resource, context = {}) => {
    const pasted = action.startsWith('kms:') ? keyPolicy : bucketPolicy;

    expect(await mayAbroad(deployed, role, action, resource, pasted, context)).toBe(true);
    expect(await mayAbroad(deployed, role, action, resource, silent, context)).toBe(false);
  });

  test.each<Case>([
    ['read an object outside the prefix', 's3:GetObject', `${BUCKET_ARN}/private/Patient.ndjson`],
    ['list another prefix', 's3:ListBucket', BUCKET_ARN, { 's3:prefix': 'private/' }],
    ['write an object', 's3:PutObject', `${BUCKET_ARN}/export/Patient.ndjson`],
    ['encrypt', 'kms:GenerateDataKey', KEY_ARN],
  ])('do not allow the data access role to %s', async (_, action, resource, context = {}) => {
    const all: PolicyJson = { Statement: [...bucketPolicy.Statement, ...keyPolicy.Statement] };

    expect(await mayAbroad(deployed, role, action, resource, all, context)).toBe(false);
  });

  test('name only the data access role as principal', async () => {
    const operator = deployed.roleId(/Operator/);
    const principals = [...bucketPolicy.Statement, ...keyPolicy.Statement].map(({ Principal }) => Principal);

    expect(principals).toEqual(Array(principals.length).fill({ AWS: deployed.arn(role) }));
    expect(await mayAbroad(deployed, operator, 's3:GetObject', `${BUCKET_ARN}/export/Patient.ndjson`, bucketPolicy)).toBe(false);
  });

  test('let a supplied operator role list the prefix and locate the bucket, but read no objects', async () => {
    const own = newStack();
    const operatorRole = new iam.Role(own, 'Own', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const { sourceBucketStatements } = importFromAbroad(own, { operatorRole });
    const ownDeployed = new Deployed(templateOf(own));
    const pasted = ownDeployed.resolve(own.resolve(new iam.PolicyDocument({ statements: sourceBucketStatements }))) as PolicyJson;
    const allowed = [
      ['s3:ListBucket', BUCKET_ARN, { 's3:prefix': 'export/' }], ['s3:GetBucketLocation', BUCKET_ARN],
      ['s3:ListBucket', BUCKET_ARN, { 's3:prefix': 'private/' }], ['s3:GetObject', `${BUCKET_ARN}/export/Patient.ndjson`],
    ].map(([action, resource, context]) => mayAbroad(ownDeployed, ownDeployed.roleId(/^Own/), action as string, resource as string, pasted, context as Context));

    expect(await Promise.all(allowed)).toEqual([true, true, false, false]);
  });

  test('include no key statement if the source has no encryption key', () => {
    const plain = newStack();
    const source = FhirSource.bucket(s3.Bucket.fromBucketArn(plain, 'Partner', BUCKET_ARN), 'export/');

    expect(importInto(plain, { source }).sourceKeyStatements).toEqual([]);
  });

  test('give a supplied data access role the same permissions as a generated data access role', () => {
    const own = newStack();
    const supplied = new iam.Role(own, 'Own', { assumedBy: new iam.ServicePrincipal('healthlake.amazonaws.com') });
    const { dataAccessStatements } = importFromAbroad(own, { dataAccessRole: supplied });
    dataAccessStatements.forEach((statement) => supplied.addToPolicy(statement));
    const ownDeployed = new Deployed(templateOf(own));

    expect(policiesOf(ownDeployed, ownDeployed.roleId(/^Own/))).toEqual(policiesOf(deployed, role));
  });
});

test('the roles of an import of a whole bucket may list only that bucket', async () => {
  const stack = newStack();
  importInto(stack, { source: FhirSource.bucket(s3.Bucket.fromBucketName(stack, 'Data', 'amzn-s3-demo-bucket'), '') });
  const deployed = new Deployed(templateOf(stack));
  const roles = [/DataAccess/, /Operator/].map((pattern) => deployed.roleId(pattern));

  for (const role of roles) {
    expect(await may(deployed, role, 's3:ListBucket', 'arn:aws:s3:::amzn-s3-demo-bucket')).toBe(true);
    expect(await may(deployed, role, 's3:ListBucket', 'arn:aws:s3:::amzn-s3-demo-bucket-2')).toBe(false);
  }
  const mayRead = roles.map((role) => may(deployed, role, 's3:GetObject', 'arn:aws:s3:::amzn-s3-demo-bucket/anything.ndjson'));
  expect(await Promise.all(mayRead)).toEqual([true, false]);
});
