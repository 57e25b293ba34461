import { Fn, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore, type CfnFHIRDatastoreProps } from 'aws-cdk-lib/aws-healthlake';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ReplacementGuard } from '../../../../src/datastore/private/replacement-guard';
import { countsByType, FEATURE_FLAGS, newStack, onlyResource, type TemplateJson, templateOf, textParameter } from '../../../support/synth';

function guarded(stack: Stack, props: Partial<CfnFHIRDatastoreProps> = {}, allowReplacement = false): CfnFHIRDatastore {
  const datastore = new CfnFHIRDatastore(stack, 'Datastore', { datastoreTypeVersion: 'R4', ...props });
  new ReplacementGuard(stack, 'Guard', { datastore, allowReplacement });
  return datastore;
}

const guardOf = (template: TemplateJson) => onlyResource(template, 'Custom::FhirDatastoreReplacementGuard');

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  test('has four resources for a guard, and the data store depends on the custom resource only', () => {
    const stack = newStack(flags);
    guarded(stack);
    const template = templateOf(stack);
    expect(countsByType(template)).toEqual({
      'AWS::HealthLake::FHIRDatastore': 1, 'AWS::IAM::Role': 1, 'AWS::Logs::LogGroup': 1, 'AWS::Lambda::Function': 1, 'Custom::FhirDatastoreReplacementGuard': 1,
    });
    const guard = guardOf(template);
    expect(onlyResource(template, 'AWS::HealthLake::FHIRDatastore').DependsOn).toEqual([guard.logicalId]);
    expect(guard).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { ServiceToken: { 'Fn::GetAtt': [onlyResource(template, 'AWS::Lambda::Function').logicalId, 'Arn'] }, ServiceTimeout: String(13 * 60) },
    });
    expect(onlyResource(template, 'AWS::Logs::LogGroup')).toMatchObject({ DeletionPolicy: 'Retain', Properties: { RetentionInDays: 365 } });
  });
});

test.each<[string, (stack: Stack) => Partial<CfnFHIRDatastoreProps>, object]>([
  ['no key and no preloaded data', () => ({}), {}],
  ['a key of the app', (stack) => encryptedBy(new Key(stack, 'Key').keyArn), { KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } }],
  ['a key from a parameter', (stack) => encryptedBy(textParameter(stack)), { KmsKeyId: { Ref: 'Text' } }],
  ['the AWS owned key', () => ({ sseConfiguration: { kmsEncryptionConfig: { cmkType: 'AWS_OWNED_KMS_KEY' } } }), {}],
  ['preloaded data', () => ({ preloadDataConfig: { preloadDataType: 'SYNTHEA' } }), { PreloadDataType: 'SYNTHEA' }],
  ['a version from an import value', () => ({ datastoreTypeVersion: Fn.importValue('Version') }), { DatastoreTypeVersion: { 'Fn::ImportValue': 'Version' } }],
])('the guard gets the settings of a data store with %s', (_, props, expected) => {
  const stack = newStack();
  guarded(stack, props(stack));
  const { ServiceToken: _token, ServiceTimeout: _timeout, ...properties } = guardOf(templateOf(stack)).Properties;
  expect(properties).toEqual({ DatastoreLogicalId: 'Datastore', DatastoreTypeVersion: 'R4', AllowReplacement: 'false', ...expected });
});

test('the guard gets the settings that the app changes after it has created the guard', () => {
  const stack = newStack();
  const datastore = guarded(stack, {}, true);
  datastore.sseConfiguration = encryptedBy('arn:aws:kms:us-east-1:111122223333:key/1').sseConfiguration;
  datastore.addPropertyOverride('PreloadDataConfig.PreloadDataType', 'SYNTHEA');
  datastore.overrideLogicalId('Renamed');
  datastore.applyRemovalPolicy(RemovalPolicy.RETAIN);
  expect(guardOf(templateOf(stack)).Properties).toMatchObject({
    DatastoreLogicalId: 'Renamed', KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1', PreloadDataType: 'SYNTHEA', AllowReplacement: 'true',
  });
});

function encryptedBy(kmsKeyId: string): Pick<CfnFHIRDatastoreProps, 'sseConfiguration'> {
  return { sseConfiguration: { kmsEncryptionConfig: { cmkType: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId } } };
}
