import { App, Fn, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { version } from 'aws-cdk-lib/package.json';
import { FhirDatastore, type FhirDatastoreProps, IdentityProvider, PreloadData, SmartGrantType, type SmartOnFhirProps } from '../../../src';
import { DATASTORE_ID, FEATURE_FLAGS, importInto, newStack, onlyResource, resourcesOfType, templateOf, textParameter } from '../../support/synth';

const ARN = `arn:aws:healthlake:eu-west-1:444455556666:datastore/fhir/${DATASTORE_ID}`;
const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:111122223333:function:tokens';

function resourceWith(props: FhirDatastoreProps | ((stack: Stack) => FhirDatastoreProps)) {
  const stack = newStack();
  new FhirDatastore(stack, 'Store', typeof props === 'function' ? props(stack) : props);
  return onlyResource(templateOf(stack), 'AWS::HealthLake::FHIRDatastore');
}

/** Returns a value as any type, as code in JavaScript can. */
function unchecked<T>(value: unknown): T {
  return value as T;
}

function tokenFunctionOf(stack: Stack): lambda.IFunction {
  return lambda.Function.fromFunctionArn(stack, 'Tokens', FUNCTION_ARN);
}

describe.each(FEATURE_FLAGS)('%s', (_name, context) => {
  test('creates a retained data store with an AWS owned key', () => {
    const stack = newStack(context);
    new FhirDatastore(stack, 'Store', { replacementGuard: false });
    expect(templateOf(stack).Resources).toEqual({
      Store1D2A845B: {
        Type: 'AWS::HealthLake::FHIRDatastore',
        Properties: { DatastoreTypeVersion: 'R4' },
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      },
    });
  });

  test('writes every property', () => {
    const stack = newStack(context);
    const store = new FhirDatastore(stack, 'Store', {
      datastoreName: 'records 2026',
      encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN),
      preloadData: PreloadData.SYNTHEA,
      identityProvider: IdentityProvider.fromMetadata({ metadata: '{"issuer":"x"}', tokenFunction: tokenFunctionOf(stack), fineGrainedAuthorization: true }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Tags.of(store).add('team', 'records');
    expect(onlyResource(templateOf(stack), 'AWS::HealthLake::FHIRDatastore')).toMatchObject({
      Properties: {
        DatastoreTypeVersion: 'R4',
        DatastoreName: 'records 2026',
        SseConfiguration: { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: KEY_ARN } },
        PreloadDataConfig: { PreloadDataType: 'SYNTHEA' },
        IdentityProviderConfiguration: {
          AuthorizationStrategy: 'SMART_ON_FHIR', FineGrainedAuthorizationEnabled: true, IdpLambdaArn: FUNCTION_ARN, Metadata: '{"issuer":"x"}',
        },
        Tags: [{ Key: 'team', Value: 'records' }],
      },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });
});

test.each([[{}, 'false'], [{ allowReplacement: true }, 'true']])('guards the data store against its replacement with %j', (props, AllowReplacement) => {
  const stack = newStack();
  new FhirDatastore(stack, 'Store', props);
  const template = templateOf(stack);
  const guard = onlyResource(template, 'Custom::FhirDatastoreReplacementGuard');
  expect(Object.keys(template.Resources)).toHaveLength(5);
  expect(guard.Properties).toMatchObject({ AllowReplacement, DatastoreLogicalId: 'Store1D2A845B' });
  expect(onlyResource(template, 'AWS::HealthLake::FHIRDatastore').DependsOn).toEqual([guard.logicalId]);
});

test.each<[string, FhirDatastoreProps, string]>([
  ['analytics', { analytics: false }, '{"AnalyticsConfiguration":{"Status":"PAUSED"}}'],
  ['nlp', { nlp: true }, '{"NlpConfiguration":{"Status":"ENABLED"}}'],
  ['defaultProfiles', { defaultProfiles: ['http://x'] }, '{"ProfileConfiguration":{"DefaultProfiles":["http://x"]}}'],
])('writes %s if aws-cdk-lib has the setting, and fails otherwise', (name, props, expected) => {
  if (Number(version.split('.')[1]) < 275) {
    expect(() => resourceWith(props)).toThrow(`${name} needs aws-cdk-lib 2.275.0 or newer; update aws-cdk-lib, or leave ${name} out`);
  } else {
    expect(resourceWith(props).Properties).toMatchObject(JSON.parse(expected));
  }
});

test.each<[string, (stack: Stack) => FhirDatastoreProps, string]>([
  ['a name with other characters', () => ({ datastoreName: 'a#b' }), 'digits, blanks and characters of "_.:/=+-%@", got "a#b"; correct the name'],
  ['an empty name', () => ({ datastoreName: '' }), 'datastoreName must have 1 to 256 letters'],
  ['other synthetic data', () => ({ preloadData: unchecked('synthea') }), 'preloadData must be SYNTHEA, got "synthea"; use a member of PreloadData'],
  ['SNAPSHOT', () => ({ removalPolicy: RemovalPolicy.SNAPSHOT }), 'removalPolicy must not be SNAPSHOT, because data stores have no snapshots'],
  ['an alias', (stack) => ({ encryptionKey: kms.Alias.fromAliasName(stack, 'Alias', 'alias/x') }), 'encryptionKey is named by the alias "alias/x"'],
])('fails with %s', (_name, props, error) => {
  expect(() => resourceWith(props)).toThrow(error);
});

test('takes a resource of KMS as its key', () => {
  const { SseConfiguration } = resourceWith((stack) => ({ encryptionKey: unchecked(new kms.CfnKey(stack, 'Key')) })).Properties;
  expect(SseConfiguration.KmsEncryptionConfig.KmsKeyId).toEqual({ 'Fn::GetAtt': ['Key', 'Arn'] });
});

test.each<[string, kms.KeyProps, FhirDatastoreProps, number]>([
  ['warns of a deleted key', { removalPolicy: RemovalPolicy.DESTROY }, {}, 1],
  ['accepts a deleted key if it is deleted too', { removalPolicy: RemovalPolicy.DESTROY }, { removalPolicy: RemovalPolicy.DESTROY }, 0],
  ['accepts a retained key', {}, {}, 0],
])('%s', (_name, keyProps, props, count) => {
  const stack = newStack();
  new FhirDatastore(stack, 'Store', { ...props, encryptionKey: new kms.Key(stack, 'Key', keyProps) });
  const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('the key "Stack/Key" is deleted if its stack is deleted'));
  expect(warnings).toHaveLength(count);
});

test('fails with a key of another Region, and warns of a Region without HealthLake', () => {
  const stack = newStack({}, { region: 'eu-north-1', account: '111122223333' });
  expect(() => new FhirDatastore(stack, 'Store', { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) }))
    .toThrow('encryptionKey "Stack/Key" is in the region us-east-1 and the data store in eu-north-1');
  Annotations.fromStack(stack).hasWarning('/Stack/Store', Match.stringLikeRegexp('HealthLake is not known to be in eu-north-1'));
});

test('accepts tokens', () => {
  const props = (stack: Stack): FhirDatastoreProps => {
    const token = textParameter(stack);
    const urls = { authorizationEndpoint: token, tokenEndpoint: token, issuer: token, jwksUri: token };
    return {
      datastoreName: token,
      encryptionKey: kms.Key.fromKeyArn(stack, 'Key', token),
      identityProvider: IdentityProvider.smartOnFhir({
        ...urls, grantTypes: [SmartGrantType.CLIENT_CREDENTIALS], capabilities: ['sso-openid-connect'], tokenFunction: tokenFunctionOf(stack),
      }),
    };
  };
  expect(resourceWith(props).Properties).toMatchObject({ DatastoreName: { Ref: 'Text' } });
});

describe('an identity provider', () => {
  function smart(props: Partial<SmartOnFhirProps>) {
    return (stack: Stack): FhirDatastoreProps => ({
      identityProvider: IdentityProvider.smartOnFhir({
        authorizationEndpoint: 'https://auth.example.com/authorize',
        tokenEndpoint: 'https://auth.example.com/token',
        grantTypes: [SmartGrantType.AUTHORIZATION_CODE],
        capabilities: ['launch-ehr'],
        tokenFunction: tokenFunctionOf(stack),
        ...props,
      }),
    });
  }

  test('has the metadata of SMART on FHIR', () => {
    const { Metadata, ...configuration } = resourceWith(smart({ scopes: ['openid'] })).Properties.IdentityProviderConfiguration;
    expect(configuration).toEqual({ AuthorizationStrategy: 'SMART_ON_FHIR', FineGrainedAuthorizationEnabled: false, IdpLambdaArn: FUNCTION_ARN });
    expect(JSON.parse(Metadata)).toEqual({
      authorization_endpoint: 'https://auth.example.com/authorize',
      token_endpoint: 'https://auth.example.com/token',
      grant_types_supported: ['authorization_code'],
      capabilities: ['launch-ehr'],
      code_challenge_methods_supported: ['S256'],
      scopes_supported: ['openid'],
    });
  });

  test('lets HealthLake invoke the function before the data store is created', () => {
    const stack = newStack();
    new FhirDatastore(stack, 'Store', smart({})(stack));
    const template = templateOf(stack);
    const { logicalId, Properties } = onlyResource(template, 'AWS::Lambda::Permission');
    expect(Properties).toEqual({ Action: 'lambda:InvokeFunction', FunctionName: FUNCTION_ARN, Principal: 'healthlake.amazonaws.com' });
    expect(logicalId).toBe('StoreInvokeTokenFunction8DD363EA');
    expect(onlyResource(template, 'AWS::HealthLake::FHIRDatastore').DependsOn).toContain(logicalId);
  });

  test.each<[string, Partial<SmartOnFhirProps>, string]>([
    ['a URL without TLS', { tokenEndpoint: 'http://x' }, 'tokenEndpoint must be an HTTPS URL, got "http://x"; begin it with https://'],
    ['an undefined URL', { authorizationEndpoint: unchecked(undefined) }, 'authorizationEndpoint must be an HTTPS URL, got "undefined"'],
    ['no grant type', { grantTypes: [] }, 'grantTypes must be a list with at least one element, which SMART on FHIR requires, got []'],
    ['a string of capabilities', { capabilities: unchecked('launch-ehr') }, 'capabilities must be a list with at least one element'],
    ['OpenID Connect without a key set', { capabilities: ['sso-openid-connect'], issuer: 'https://x' },
      'the capability "sso-openid-connect" needs issuer and jwksUri; add them, or leave the capability out'],
  ])('fails with %s', (_name, props, error) => {
    expect(() => resourceWith(smart(props))).toThrow(error);
  });

  test.each(['', '[]', 'null', '"x"', '{', unchecked<string>({})])('fails with the metadata %j', (metadata) => {
    expect(() => IdentityProvider.fromMetadata({ metadata, tokenFunction: tokenFunctionOf(newStack()) }))
      .toThrow(`metadata must be a JSON object, got "${metadata}"; write it with JSON.stringify()`);
  });
});

test('fails with a token function of another Region', () => {
  const stack = newStack({}, { region: 'us-west-2', account: '111122223333' });
  const identityProvider = IdentityProvider.fromMetadata({ metadata: '{}', tokenFunction: tokenFunctionOf(stack) });
  expect(() => new FhirDatastore(stack, 'Store', { identityProvider }))
    .toThrow('tokenFunction "Stack/Tokens" is in the region us-east-1 and the data store in us-west-2');
});

describe('a grant', () => {
  const env = { account: '111122223333', region: 'us-east-1' };

  test.each<[string, (stack: Stack) => iam.IGrantable, boolean]>([
    ['fails for an AWS service', () => new iam.ServicePrincipal('lambda.amazonaws.com'), false],
    ['fails for another account', () => new iam.AccountPrincipal('444455556666'), false],
    ['leaves an imported, immutable role as it is', (stack) => iam.Role.fromRoleArn(stack, 'User', 'arn:aws:iam::111122223333:role/user', { mutable: false }), true],
    ['leaves an imported role of another account as it is', (stack) => iam.Role.fromRoleArn(stack, 'User', 'arn:aws:iam::444455556666:role/user'), true],
  ])('%s without an error, as grants of aws-cdk-lib do', (_name, granteeOf, success) => {
    const stack = newStack({}, env);
    const { grants } = new FhirDatastore(stack, 'Store', { encryptionKey: new kms.Key(stack, 'Key') });
    const grantee = granteeOf(stack);
    const dataAccessRole = iam.Role.fromRoleArn(stack, 'DataAccess', 'arn:aws:iam::111122223333:role/data-access');
    const given = [grants.readWrite(grantee), grants.listJobs(grantee), grants.startImport(grantee, dataAccessRole)];
    expect(given.map((grant) => grant.success)).toEqual([success, success, success]);
    expect(resourcesOfType(templateOf(stack), 'AWS::IAM::Policy')).toEqual([]);
  });
});

describe('an existing data store', () => {
  test('is found by its id', () => {
    const stack = newStack();
    const store = FhirDatastore.fromDatastoreId(stack, 'Store', DATASTORE_ID);
    expect(store.datastoreId).toBe(DATASTORE_ID);
    expect(stack.resolve(store.datastoreArn)).toEqual(stack.resolve(`arn:${stack.partition}:healthlake:${stack.region}:${stack.account}:datastore/fhir/${DATASTORE_ID}`));
    expect(stack.resolve(store.datastoreEndpoint))
      .toEqual(stack.resolve(`https://healthlake.${stack.region}.${stack.urlSuffix}/datastore/${DATASTORE_ID}/r4/`));
  });

  test('is found by its ARN, and has the environment of its ARN', () => {
    const stack = newStack();
    const store = FhirDatastore.fromDatastoreArn(stack, 'Store', ARN);
    expect(store).toMatchObject({ datastoreId: DATASTORE_ID, datastoreArn: ARN, env: { region: 'eu-west-1', account: '444455556666' } });
    const imported = FhirDatastore.fromDatastoreArn(stack, 'Imported', Fn.importValue('StoreArn'));
    expect(stack.resolve(imported.datastoreId)).toEqual({ 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::ImportValue': 'StoreArn' }] }] });
  });

  test.each([
    ['an id of another form', 'abc', 'the id of a data store has 32 characters from 0-9 and a-f, got "abc"'],
    ['an ARN of another service', 'arn:aws:s3:::x', 'the data store must have the ARN of a data store, got "arn:aws:s3:::x"'],
    ['an ARN with an id of another form', ARN.slice(0, -1), `got "${DATASTORE_ID.slice(0, -1)}"`],
  ])('fails with %s', (_name, value, error) => {
    const from = value.startsWith('arn') ? FhirDatastore.fromDatastoreArn : FhirDatastore.fromDatastoreId;
    expect(() => from(newStack(), 'Store', value)).toThrow(error);
  });
});

test('searches HealthLake\'s metrics for the data store and the words of the name', () => {
  const stack = newStack();
  const store = FhirDatastore.fromDatastoreId(stack, 'Store', DATASTORE_ID);
  expect(store.metric('Latency', { statistic: 'Average' }).toMetricConfig()).toMatchObject({
    searchExpression: { expression: `SEARCH('Namespace="AWS/HealthLake" "${DATASTORE_ID}" Latency', 'Average', 300)` },
    renderingProperties: { label: 'Latency' },
  });
  expect(() => store.metric('a"b')).toThrow('the name of a metric must be words, got "a"b"');
});

test.each([
  ['another Region and account', ARN, { region: 'eu-west-1', accountId: '444455556666' }],
  ['the environment of the stack', `arn:aws:healthlake:us-east-1:111122223333:datastore/fhir/${DATASTORE_ID}`, {}],
])('a dashboard shows the metrics of a data store in %s', (_name, arn, expected) => {
  const stack = newStack({}, { account: '111122223333', region: 'us-east-1' });
  const widget = new GraphWidget({ left: [FhirDatastore.fromDatastoreArn(stack, 'Store', arn).metric('Latency')] });
  const [[{ region, accountId }]] = stack.resolve(widget.toJson()[0].properties.metrics);
  expect({ region, accountId }).toEqual(expected);
});

test('an import accepts a FhirDatastore without a warning, and may use its key', () => {
  const app = new App();
  const stack = new Stack(app, 'Data');
  const key = new kms.Key(stack, 'Key');
  const datastore = new FhirDatastore(stack, 'Store', { encryptionKey: key });
  const imports = new Stack(app, 'Imports');
  importInto(imports, { datastore });
  const template = Template.fromStack(imports);
  Annotations.fromStack(imports).hasNoWarning('*', Match.stringLikeRegexp('cdk-healthlake-import'));
  template.hasResourceProperties('Custom::FhirImportJob', { DatastoreInApp: 'true' });
  expect(JSON.stringify(template.findResources('AWS::IAM::Role'))).toContain('"Sid":"DatastoreKey"');
});

test('keeps the logical id and the exports of an L1 data store in an upgrade', () => {
  const templates = [false, true].map((isL2) => {
    const stack = newStack();
    const datastore = isL2
      ? new FhirDatastore(stack, 'New', { datastoreName: 'x', replacementGuard: false })
      : new CfnFHIRDatastore(stack, 'Store', { datastoreTypeVersion: 'R4', datastoreName: 'x' });
    if (isL2) {
      (datastore.node.defaultChild as CfnFHIRDatastore).overrideLogicalId('Store');
    } else {
      (datastore as CfnFHIRDatastore).applyRemovalPolicy(RemovalPolicy.RETAIN);
    }
    const imports = new Stack(stack.node.root, 'Imports');
    importInto(imports, { datastore });
    return [stack, imports].map((each) => Template.fromStack(each).toJSON());
  });
  expect(templates[1]).toEqual(templates[0]);
});
