import { Duration, Size, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { fingerprintOf } from '../../../lambda/import/fingerprint';
import { Completion, ErrorTolerance, type FhirImportProps, FhirSource, FhirStorage, ValidationLevel } from '../../../src';
import type { ImportJobProperties, ImportOutcomeProperties } from '../../../src/contract';
import { Deployed } from '../../support/deployed';
import {
  DATASTORE_ID, FEATURE_FLAGS, importInto, newStack, onlyResource, resourcesOfType, type TemplateJson, templateOf, templateWith, textParameter,
} from '../../support/synth';

const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/5f0e7a60-7c1d-11f0-8a3b-0a1b2c3d4e5f';

/** Returns the properties of the only resource of a type, without ServiceToken and ServiceTimeout. */
function sentTo(template: TemplateJson, type: string): Record<string, unknown> {
  const { ServiceToken, ServiceTimeout, ...sent } = onlyResource(template, type).Properties;
  return sent;
}

/** Returns an imported storage and role, so that the properties of the custom resources contain no tokens. */
function supplied(stack: Stack, names = { bucket: 'amzn-s3-demo', role: 'FhirReader' }): Partial<FhirImportProps> {
  const bucket = (id: string) => s3.Bucket.fromBucketAttributes(stack, `Bucket${id}`, {
    bucketName: `${names.bucket}-${id}`, encryptionKey: kms.Key.fromKeyArn(stack, `Key${id}`, KEY_ARN),
  });
  return {
    storage: new FhirStorage(stack, 'Storage', { inputBucket: bucket('input'), outputBucket: bucket('output') }),
    dataAccessRole: iam.Role.fromRoleArn(stack, 'Role', `arn:aws:iam::111122223333:role/${names.role}`),
  };
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  test('an import without optional properties writes default values to the job and outcome resources', () => {
    const template = templateWith({}, flags);
    const idOf = (type: string, pattern: RegExp) => onlyResource(template, type, pattern).logicalId;
    const common = {
      ContractVersion: '3',
      ConstructPath: 'Stack/Import',
      DatastoreId: DATASTORE_ID,
      OperatorRoleArn: { 'Fn::GetAtt': [idOf('AWS::IAM::Role', /OperatorRole/), 'Arn'] },
      ErrorTolerance: { Kind: 'NONE' },
      OutputS3Uri: { 'Fn::Join': ['', ['s3://', { Ref: idOf('AWS::S3::Bucket', /OutputBucket/) }, '/Import-ae573c5f/']] },
      InputS3Uri: { 'Fn::Join': ['', ['s3://', { Ref: idOf('AWS::S3::Bucket', /InputBucket/) }, '/input/']] },
      Report: {
        FunctionArn: { 'Fn::GetAtt': [idOf('AWS::Lambda::Function', /ProviderReport/), 'Arn'] },
        RoleArn: { 'Fn::GetAtt': [idOf('AWS::IAM::Role', /ImportReportRole/), 'Arn'] },
      },
    };

    expect(sentTo(template, 'Custom::FhirImportJob')).toEqual({
      ...common,
      OutputKmsKeyId: { 'Fn::GetAtt': [idOf('AWS::KMS::Key', /./), 'Arn'] },
      DataAccessRoleArn: { 'Fn::GetAtt': [idOf('AWS::IAM::Role', /DataAccessRole/), 'Arn'] },
      JobNamePrefix: 'fhir-import',
      ValidationLevel: 'strict',
      Quotas: { MaxFiles: '10000', MaxFileSizeInGB: '50', MaxTotalSizeInGB: '5000' },
    });
    expect(sentTo(template, 'Custom::FhirImportOutcome')).toEqual({
      ...common,
      JobId: { 'Fn::GetAtt': [idOf('Custom::FhirImportJob', /./), 'JobId'] },
      TimeoutSeconds: '3000',
      ValidationLevel: 'strict',
    });
  });

  test('an import with all properties writes their values to the job and outcome resources', () => {
    const template = templateWith((stack) => ({
      ...supplied(stack),
      source: FhirSource.storage('2025'),
      outputPrefix: 'results',
      jobNamePrefix: 'nightly load',
      validationLevel: ValidationLevel.MINIMAL,
      revision: '2025-11-21',
      errorTolerance: ErrorTolerance.percent(0.5),
      completion: Completion.waitFor({ timeout: Duration.minutes(20) }),
      datastoreEncryptionKey: kms.Key.fromKeyArn(stack, 'DatastoreKey', KEY_ARN),
      failureReport: true,
      quotas: { maxFiles: 2_000_000, maxFileSize: Size.bytes(60_500_000_000), maxTotalSize: Size.bytes(10_000_000_000_000) },
    }), flags);
    const arnOf = (type: string, pattern: RegExp) => ({ 'Fn::GetAtt': [onlyResource(template, type, pattern).logicalId, 'Arn'] }) as never;
    const common = {
      ContractVersion: '3',
      ConstructPath: 'Stack/Import',
      DatastoreId: DATASTORE_ID,
      OperatorRoleArn: arnOf('AWS::IAM::Role', /OperatorRole/),
      ErrorTolerance: { Kind: 'PERCENT', Limit: '0.5' },
      OutputS3Uri: 's3://amzn-s3-demo-output/results/',
      InputS3Uri: 's3://amzn-s3-demo-input/2025/',
      Report: { FunctionArn: arnOf('AWS::Lambda::Function', /ProviderReport/), RoleArn: arnOf('AWS::IAM::Role', /ReportRole/) },
    } as const;
    const job: ImportJobProperties = {
      ...common,
      OutputKmsKeyId: KEY_ARN,
      DataAccessRoleArn: 'arn:aws:iam::111122223333:role/FhirReader',
      JobNamePrefix: 'nightly load',
      ValidationLevel: 'minimal',
      Revision: '2025-11-21',
      Quotas: { MaxFiles: '2000000', MaxFileSizeInGB: '60.5', MaxTotalSizeInGB: '10000' },
    };
    const outcome: ImportOutcomeProperties = {
      ...common,
      JobId: { 'Fn::GetAtt': [onlyResource(template, 'Custom::FhirImportJob').logicalId, 'JobId'] } as never,
      TimeoutSeconds: '1200',
      ValidationLevel: 'minimal',
      Revision: '2025-11-21',
    };

    expect(sentTo(template, 'Custom::FhirImportJob')).toEqual(job);
    expect(sentTo(template, 'Custom::FhirImportOutcome')).toEqual(outcome);
  });

  test('the job and the outcome are retained, and have service time-outs', () => {
    const template = templateWith({}, flags);
    const resources = ['Custom::FhirImportJob', 'Custom::FhirImportOutcome'].map((type) => onlyResource(template, type));

    for (const resource of resources) {
      expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
    expect(resources.map(({ Properties }) => Properties.ServiceTimeout)).toEqual(['1200', '3300']);
  });

  test('the report of one import adds nothing to another import of the stack', () => {
    const stack = newStack(flags);
    const first = importInto(stack);
    const second = importInto(stack, { source: FhirSource.storage('more/'), failureReport: false }, 'Silent');
    second.executeAfter(first);
    const template = templateOf(stack);
    const silent = Object.entries(template.Resources).filter(([id]) => id.startsWith('Silent')).map(([, { Properties }]) => Properties);

    expect(stack.resolve(first.reportRole?.roleArn)).toEqual({ 'Fn::GetAtt': [onlyResource(template, 'AWS::IAM::Role', /^ImportReport/).logicalId, 'Arn'] });
    expect(second.reportRole).toBeUndefined();
    expect(silent).toHaveLength(4);
    expect(JSON.stringify(silent)).not.toMatch(/report/i);
  });

  test('the job depends on its roles, and the operator role and the report role depend on the functions that assume them', () => {
    const template = templateWith({}, flags);
    const rolesOf = (pattern: RegExp) => onlyResource(template, 'AWS::IAM::Role', pattern);

    expect(onlyResource(template, 'Custom::FhirImportJob').DependsOn).toEqual(
      [rolesOf(/DataAccessRole/).logicalId, rolesOf(/OperatorRole/).logicalId]);
    expect(onlyResource(template, 'Custom::FhirImportOutcome').DependsOn).toEqual([rolesOf(/OperatorRole/).logicalId]);
    expect(rolesOf(/OperatorRole/).DependsOn).toEqual(resourcesIds(template, 'AWS::Lambda::Function', /(OnEvent|IsComplete)[0-9A-F]{8}$/)
      .filter((id) => !id.includes('framework')).sort());
    expect(rolesOf(/ImportReportRole/).DependsOn).toEqual([onlyResource(template, 'AWS::Lambda::Function', /ProviderReport/).logicalId]);
  });
});

function resourcesIds(template: TemplateJson, type: string, pattern: RegExp): string[] {
  return Object.entries(template.Resources).filter(([id, { Type }]) => Type === type && pattern.test(id)).map(([id]) => id);
}

describe('the fingerprint of the data set', () => {
  function fingerprint(props: (stack: Stack) => Partial<FhirImportProps>, id = 'Import'): string {
    const stack = newStack();
    importInto(stack, { ...supplied(stack), ...props(stack) }, id);
    return fingerprintOf(sentTo(templateOf(stack), 'Custom::FhirImportJob') as unknown as ImportJobProperties);
  }
  const original = fingerprint(() => ({}));

  test.each<[string, (stack: Stack) => Partial<FhirImportProps>]>([
    ['tolerance', () => ({ errorTolerance: ErrorTolerance.any() })],
    ['time-out', () => ({ completion: Completion.waitFor({ timeout: Duration.minutes(2) }) })],
    ['output prefix', () => ({ outputPrefix: 'elsewhere/' })],
    ['job name prefix', () => ({ jobNamePrefix: 'other' })],
    ['data access role', () => ({ dataAccessRole: undefined })],
    ['failureReport', () => ({ failureReport: false })],
    ['quotas', () => ({ quotas: { maxFiles: 5, maxFileSize: Size.mebibytes(1), maxTotalSize: Size.mebibytes(2) } })],
    ['explicit use of the default validation level', () => ({ validationLevel: ValidationLevel.STRICT })],
  ])('does not depend on the %s', (_, props) => {
    expect(fingerprint(props)).toBe(original);
  });

  test('does not depend on the construct id', () => {
    expect(fingerprint(() => ({}), 'Moved')).toBe(original);
  });

  test.each<[string, (stack: Stack) => Partial<FhirImportProps>]>([
    ['data store', (stack) => ({ datastore: CfnFHIRDatastore.fromDatastoreId(stack, 'Other', 'f'.repeat(32)) })],
    ['source', () => ({ source: FhirSource.storage('2025/') })],
    ['validation level', () => ({ validationLevel: ValidationLevel.STRUCTURE_ONLY })],
    ['revision', () => ({ revision: '2' })],
  ])('depends on the %s', (_, props) => {
    expect(fingerprint(props)).not.toBe(original);
  });
});

describe('an import with the longest values', () => {
  const stack = newStack();
  const bucketName = 'b'.repeat(56);
  const room = 1024 - `s3://${bucketName}-output/`.length;
  const most = Size.bytes(Number.MAX_SAFE_INTEGER);
  importInto(stack, {
    ...supplied(stack, { bucket: bucketName, role: `${'team/'.repeat(100)}${'r'.repeat(64)}` }),
    source: FhirSource.storage('i'.repeat(room)),
    outputPrefix: 'o'.repeat(room - 1),
    jobNamePrefix: 'j'.repeat(40),
    revision: 'ü'.repeat(256),
    errorTolerance: ErrorTolerance.resources(Number.MAX_SAFE_INTEGER),
    quotas: { maxFiles: Number.MAX_SAFE_INTEGER, maxFileSize: most, maxTotalSize: most },
    datastoreEncryptionKey: kms.Key.fromKeyArn(stack, 'DatastoreKey', KEY_ARN),
  }, `Import-${'c'.repeat(2000)}`);
  const { template } = new Deployed(templateOf(stack));

  test.each(['Custom::FhirImportJob', 'Custom::FhirImportOutcome'])('keeps the properties of %s under 5 KB', (type) => {
    const longestFunction = `arn:aws:lambda:ap-southeast-2:111122223333:function:${'f'.repeat(64)}`;
    const longestRole = `arn:aws:iam::111122223333:role/${'r'.repeat(64)}`;
    const names = { ServiceToken: longestFunction, OperatorRoleArn: longestRole, Report: { FunctionArn: longestFunction, RoleArn: longestRole } };
    const { Properties } = onlyResource(template, type);
    const bytes = Buffer.byteLength(JSON.stringify({ ...Properties, ...names }));

    expect(Properties).toMatchObject({ Report: expect.anything(), ConstructPath: expect.stringMatching(/^c{255}$/) });
    expect(bytes).toBeGreaterThan(3000);
    expect(bytes).toBeLessThan(5 * 1024);
  });

  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  test('keeps the policies of each role under the IAM limit of 10,240 characters', () => {
    const sizes = resourcesOfType(template, 'AWS::IAM::Role').map(({ Properties }) => (Properties.Policies ?? [])
      .reduce((sum: number, { PolicyDocument }: { PolicyDocument: unknown }) => sum + JSON.stringify(PolicyDocument).length, 0));

    expect(Math.max(...sizes)).toBeGreaterThan(8_000);
    expect(Math.max(...sizes)).toBeLessThan(10_240 - 500); // deployed resources have longer names than the resources of this test
  });
});

describe('the data access role', () => {
  test('gets no policies if the user supplies the role', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Own', { assumedBy: new iam.ServicePrincipal('healthlake.amazonaws.com') });
    const fhirImport = importInto(stack, { dataAccessRole: role });
    const template = templateOf(stack);
    const { logicalId, Properties } = onlyResource(template, 'AWS::IAM::Role', /^Own/);

    expect(fhirImport.dataAccessRole).toBe(role);
    expect(Properties).not.toHaveProperty('Policies');
    expect(resourcesOfType(template, 'AWS::IAM::Policy').flatMap(({ Properties: { Roles } }) => Roles)).not.toContainEqual({ Ref: logicalId });
  });

  test('the job depends on the policies that the user adds to the role', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Own', { assumedBy: new iam.ServicePrincipal('healthlake.amazonaws.com') });
    const fhirImport = importInto(stack, { dataAccessRole: role });
    fhirImport.dataAccessStatements.forEach((statement) => role.addToPolicy(statement));
    const template = templateOf(stack);

    expect(onlyResource(template, 'Custom::FhirImportJob').DependsOn).toContain(onlyResource(template, 'AWS::IAM::Policy', /^Own/).logicalId);
  });

  test('can be an imported, immutable role', () => {
    const template = templateWith((stack) => ({ dataAccessRole: iam.Role.fromRoleArn(stack, 'Own', 'arn:aws:iam::111122223333:role/own', { mutable: false }) }));
    expect(sentTo(template, 'Custom::FhirImportJob').DataAccessRoleArn).toBe('arn:aws:iam::111122223333:role/own');
  });
});

test('IAM accepts the characters and the length of all role descriptions', () => {
  const template = templateWith({}, {}, `取り込み-über-${'x'.repeat(1000)}`);
  const descriptions = resourcesOfType(template, 'AWS::IAM::Role').map(({ Properties }) => Properties.Description).filter(Boolean);

  expect(descriptions.filter((description) => !/^[\t\n\r\x20-\x7e\xa1-\xff]{1,1000}$/.test(description))).toEqual([]);
  expect(descriptions).toContainEqual(expect.stringContaining('(Stack/????-über-'));
});

describe('the output prefix', () => {
  function outputUri(props: Partial<FhirImportProps>, id?: string): unknown {
    const stack = newStack();
    importInto(stack, { ...supplied(stack), ...props }, id);
    return sentTo(templateOf(stack), 'Custom::FhirImportJob').OutputS3Uri;
  }

  test('consists of the construct id and a hash by default, with special characters of the id replaced', () => {
    expect(outputUri({}, 'My import (2025)')).toMatch(/^s3:\/\/amzn-s3-demo-output\/My-import-2025--[0-9a-f]{8}\/$/);
  });

  test('differs between two stacks that use the same construct id', () => {
    const stack = newStack();
    importInto(stack, supplied(stack));
    const other = new Stack(stack.node.root, 'Other');
    importInto(other, { ...supplied(other), revision: '2' });
    const [one, another] = [stack, other].map((s) => sentTo(templateOf(s), 'Custom::FhirImportJob').OutputS3Uri);

    expect(one).not.toBe(another);
  });

  test.each([['results', 'results/'], ['results/', 'results/'], ['', '']])('"%s" gives the output location s3://.../%s', (outputPrefix, prefix) => {
    expect(outputUri({ outputPrefix })).toBe(`s3://amzn-s3-demo-output/${prefix}`);
  });

  test('can be a token', () => {
    const template = templateWith((stack) => ({ ...supplied(stack), outputPrefix: textParameter(stack) }));
    expect(sentTo(template, 'Custom::FhirImportJob').OutputS3Uri)
      .toEqual({ 'Fn::Join': ['', ['s3://amzn-s3-demo-output/', { Ref: 'Text' }]] });
  });
});

test('the attributes of an import refer to its outcome resource', () => {
  const stack = newStack();
  const fhirImport = importInto(stack);
  const attributes = ['jobId', 'jobStatus', 'outputLocation', 'reportLocation', 'resourcesScanned', 'resourcesImported', 'resourcesFailed'] as const;
  const { logicalId } = onlyResource(templateOf(stack), 'Custom::FhirImportOutcome');

  expect(attributes.map((name) => stack.resolve(fhirImport[name]))).toEqual(
    ['JobId', 'JobStatus', 'OutputLocation', 'ReportLocation', 'ResourcesScanned', 'ResourcesImported', 'ResourcesFailed']
      .map((name) => ({ 'Fn::GetAtt': [logicalId, name] })));
});

describe('alreadyImported', () => {
  test.each([[true, 'true'], [false, undefined], [undefined, undefined]])('the value %s is written to the job resource as %s', (alreadyImported, expected) => {
    const template = templateWith({ alreadyImported });

    expect(sentTo(template, 'Custom::FhirImportJob').AlreadyImported).toBe(expected);
    expect(sentTo(template, 'Custom::FhirImportOutcome')).not.toHaveProperty('AlreadyImported');
  });
});
