import { type ResourceEnvironment, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { FhirDatastore, type FhirImportProps, FhirJobProvider, FhirSource, FhirStorage } from '../../../../../src';
import { ACCOUNT, importInto, newStack, REGION, templateOf, textParameter } from '../../../../support/synth';

const ENV = { region: REGION, account: ACCOUNT };
const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/5f0e7a60-7c1d-11f0-8a3b-0a1b2c3d4e5f';
const ROLE_ARN = 'arn:aws:iam::111122223333:role/fhir';

type PropsOf = (stack: Stack) => Partial<FhirImportProps>;

/** Returns a function that creates an import in a stack whose environment is known. */
function importing(propsOf: PropsOf): () => void {
  const stack = newStack({}, ENV);
  return () => {
    importInto(stack, propsOf(stack));
  };
}

function elsewhere(stack: Stack, env: Partial<ResourceEnvironment>): Stack {
  return new Stack(stack.node.root, 'Elsewhere', { env: { ...ENV, ...env } });
}

function bucketOf(stack: Stack, attributes: Partial<s3.BucketAttributes> = {}): s3.IBucket {
  return s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'amzn-s3-demo-bucket', encryptionKey: kms.Key.fromKeyArn(stack, 'BucketKey', KEY_ARN), ...attributes });
}

const byArn = (arn: string) => (stack: Stack) => kms.Key.fromKeyArn(stack, 'Named', arn);
const alias = (name: string) => `is named by the alias "${name}", and a policy can't name a key by an alias; give the customer managed key itself`;

describe.each<[string, (key: kms.IKey, stack: Stack) => Partial<FhirImportProps>]>([
  ['encryptionKey', (encryptionKey, stack) => ({ storage: new FhirStorage(stack, 'Storage', { encryptionKey }) })],
  ['the key of the output bucket', (encryptionKey, stack) => ({ storage: new FhirStorage(stack, 'Storage', { outputBucket: bucketOf(stack, { encryptionKey }) }) })],
  ['the key of the source', (encryptionKey, stack) => ({ source: FhirSource.bucket(bucketOf(stack, { encryptionKey }), 'x') })],
  ['the key of the source', (encryptionKey, stack) => ({ source: FhirSource.bucket(bucketOf(stack), 'x', { encryptionKey }) })],
  ['datastoreEncryptionKey', (datastoreEncryptionKey) => ({ datastoreEncryptionKey })],
])('%s', (what, propsWith) => {
  test.each<[string, (stack: Stack) => kms.IKey, string]>([
    ['an alias of the app', (stack) => new kms.Key(stack, 'Key').addAlias('fhir'), alias('Stack/Key/Alias')],
    ['the name of an alias', (stack) => kms.Alias.fromAliasName(stack, 'Named', 'alias/fhir'), alias('alias/fhir')],
    ['an alias with its key', (stack) => kms.Alias.fromAliasAttributes(stack, 'Named', {
      aliasName: 'alias/fhir', aliasTargetKey: new kms.Key(stack, 'Key'),
    }), alias('alias/fhir')],
    ['the alias of an AWS managed key', (stack) => kms.Alias.fromAliasName(stack, 'Named', 'alias/aws/s3'), alias('alias/aws/s3')],
    ['the ARN of an alias', byArn('arn:aws:kms:us-east-1:111122223333:alias/fhir'), alias('alias/fhir')],
    ['the ARN of another service', byArn(KEY_ARN.replace(':kms:', ':s3:')), 'must have the ARN of a KMS key, got "arn:aws:s3:us-east-1:111122223333:key/5f0e'],
    ['a key of another partition', byArn(KEY_ARN.replace('aws', 'aws-cn')), 'has an ARN of the partition aws-cn, got "arn:aws-cn:kms:'],
    ['a key of another Region', byArn(KEY_ARN.replace(REGION, 'us-west-2')), '"Stack/Named" is in the region us-west-2 and the'],
    ['an asymmetric key', (stack) => new kms.Key(stack, 'Key', { keySpec: kms.KeySpec.RSA_2048 }), '"Stack/Key" must be a symmetric key, got the keySpec RSA_2048; leave'],
    ['a disabled key', (stack) => new kms.Key(stack, 'Key', { enabled: false }), '"Stack/Key" is disabled, and a disabled key encrypts and decrypts nothing; enable it'],
  ])('throws for %s', (_, keyOf, problem) => {
    expect(importing((stack) => propsWith(keyOf(stack), stack))).toThrow(`${what} ${problem}`);
  });

  test.each<[string, (stack: Stack) => kms.IKey]>([
    ['a key of the app', (stack) => new kms.Key(stack, 'Key')],
    ['a key of another account', byArn(KEY_ARN.replace(ACCOUNT, '444455556666'))],
    ['a key that is looked up by its alias', (stack) => kms.Key.fromLookup(stack, 'Named', { aliasName: 'alias/fhir' })],
    ['a token', (stack) => byArn(textParameter(stack))(stack)],
  ])('accepts %s', (_, keyOf) => {
    expect(importing((stack) => propsWith(keyOf(stack), stack))).not.toThrow();
  });
});

test('an import throws for a key of AWS that is looked up by its alias', () => {
  const keyId = '11111111-2222-3333-4444-555555555555';
  const stack = newStack({
    [`key-provider:account=${ACCOUNT}:aliasName=alias/aws/s3:region=${REGION}`]: { keyId },
    [`key-provider:account=${ACCOUNT}:aliasName=alias/fhir:region=${REGION}`]: { keyId: keyId.replace('1', '9') },
  }, ENV);
  const [ofAws, own] = ['alias/aws/s3', 'alias/fhir'].map((aliasName) => kms.Key.fromLookup(stack, aliasName, { aliasName }));

  expect(() => importInto(stack, { datastoreEncryptionKey: ofAws }, 'First'))
    .toThrow('datastoreEncryptionKey "Stack/alias--aws--s3" is looked up by the alias "alias/aws/s3" and belongs to AWS; give a customer managed key');
  expect(() => importInto(stack, { datastoreEncryptionKey: own }, 'Second')).not.toThrow();
});

const HERE = 'and the import in us-east-1; HealthLake uses only buckets of its own Region, so use a bucket in us-east-1';

test.each<[string, PropsOf, string]>([
  ['a source bucket of another Region', (stack) => ({ source: FhirSource.bucket(bucketOf(stack, { region: 'eu-west-1' }), 'x') }),
    `the source bucket "Stack/Bucket" is in the region eu-west-1 ${HERE}`],
  ['a source bucket of a stack in another Region', (stack) => ({ source: FhirSource.bucket(bucketOf(elsewhere(stack, { region: 'eu-west-1' })), 'x') }),
    `the source bucket "Elsewhere/Bucket" is in the region eu-west-1 ${HERE}`],
  ['an input bucket of another Region', (stack) => ({ storage: new FhirStorage(stack, 'Storage', { inputBucket: bucketOf(stack, { region: 'eu-west-1' }) }) }),
    `the source bucket "Stack/Bucket" is in the region eu-west-1 ${HERE}`],
  ['an output bucket of another Region', (stack) => ({ storage: new FhirStorage(stack, 'Storage', { outputBucket: bucketOf(stack, { region: 'eu-west-1' }) }) }),
    `the output bucket "Stack/Bucket" is in the region eu-west-1 ${HERE}`],
  ['a bucket of another partition', (stack) => ({ source: FhirSource.bucket(s3.Bucket.fromBucketArn(stack, 'Bucket', 'arn:aws-cn:s3:::bucket'), 'x') }),
    'the source bucket has an ARN of the partition aws-cn, got "arn:aws-cn:s3:::bucket", and us-east-1 is in the partition aws; use a resource in the partition aws'],
  ['an access point', (stack) => ({ source: FhirSource.bucket(s3.Bucket.fromBucketArn(stack, 'Bucket', `arn:aws:s3:us-east-1:${ACCOUNT}:accesspoint/x`), 'x') }),
    `the source bucket must have the ARN of a bucket, got "arn:aws:s3:us-east-1:${ACCOUNT}:accesspoint/x"; correct the ARN`],
  ['a storage of another Region', (stack) => ({ storage: new FhirStorage(elsewhere(stack, { region: 'us-west-2' }), 'Storage') }),
    'storage "Elsewhere/Storage" is in the region us-west-2 and the import in us-east-1; put the storage into a stack of the region us-east-1'],
  ['a storage of another account', (stack) => ({ storage: new FhirStorage(elsewhere(stack, { account: '444455556666' }), 'Storage') }),
    'storage "Elsewhere/Storage" is in the account 444455556666 and the import in 111122223333; put the storage into a stack of the account 111122223333'],
  ['a provider of another Region', (stack) => ({ provider: new FhirJobProvider(elsewhere(stack, { region: 'us-west-2' }), 'Provider') }),
    'provider "Elsewhere/Provider" is in the region us-west-2 and the import in us-east-1; put the provider into a stack of the region us-east-1'],
  ['a provider of another account', (stack) => ({ provider: new FhirJobProvider(elsewhere(stack, { account: '444455556666' }), 'Provider') }),
    'provider "Elsewhere/Provider" is in the account 444455556666 and the import in 111122223333; put the provider into a stack of the account 111122223333'],
  ['an object as storage whose outputKey is not the key of its bucket', (stack) => ({
    storage: { inputBucket: bucketOf(stack), outputBucket: stack.node.findChild('Bucket') as unknown as s3.IBucket, outputKey: byArn(KEY_ARN.replace('5f0e', '6f0e'))(stack) },
  }), 'the outputKey "Stack/Named" of the storage is not the output bucket\'s own key "Stack/BucketKey"; give the key of the bucket'],
  ['a datastoreEncryptionKey that is not the key of the data store', (stack) => ({
    datastore: new FhirDatastore(stack, 'Store', { encryptionKey: new kms.Key(stack, 'StoreKey') }), datastoreEncryptionKey: new kms.Key(stack, 'Other'),
  }), 'datastoreEncryptionKey "Stack/Other" is not the data store\'s own key "Stack/StoreKey"; leave datastoreEncryptionKey out'],
])('an import throws for %s', (_, propsOf, message) => {
  expect(importing(propsOf)).toThrow(message);
});

test.each<[string, PropsOf]>([
  ['a source bucket of another account', (stack) => ({ source: FhirSource.bucket(bucketOf(stack, { account: '444455556666' }), 'x') })],
  ['a bucket by its ARN, which has no Region', (stack) => ({ source: FhirSource.bucket(s3.Bucket.fromBucketArn(stack, 'Bucket', 'arn:aws:s3:::bucket'), 'x') })],
  ['a storage of a stack without environment', (stack) => ({ storage: new FhirStorage(new Stack(stack.node.root, 'Agnostic'), 'Storage') })],
])('an import accepts %s', (_, propsOf) => {
  expect(importing(propsOf)).not.toThrow();
});

describe.each([
  ['dataAccessRole', 'could then read the data'],
  ['operatorRole', 'would then have its permissions for every import'],
  ['reportRole', 'would then have its permissions for every import'],
] as const)('%s', (name, effect) => {
  const roleOf = (stack: Stack, arn = ROLE_ARN, id = 'Role') => iam.Role.fromRoleArn(stack, id, arn);

  test.each<[string, string, PropsOf]>([
    ['a role of another account', '"Stack/Role" is in the account 444455556666 and the import in 111122223333; use one in the account 111122223333',
      (stack) => ({ [name]: roleOf(stack, ROLE_ARN.replace(ACCOUNT, '444455556666')) })],
    ['a user', 'must have the ARN of an IAM role, got "arn:aws:iam::111122223333:user/fhir"; correct the ARN',
      (stack) => ({ [name]: roleOf(stack, ROLE_ARN.replace('role', 'user')) })],
    ['the handler role', `"Stack/Provider/HandlerRole" is also a role of the provider "Stack/Provider", whose functions ${effect}; give each its own role`, (stack) => {
      const provider = new FhirJobProvider(stack, 'Provider');
      return { provider, [name]: provider.handlerRole };
    }],
    ['a supplied role of the provider', '"Stack/Same" is also a role of the provider "Stack/Provider"',
      (stack) => ({ provider: new FhirJobProvider(stack, 'Provider', { reportFunctionRole: roleOf(stack) }), [name]: roleOf(stack, ROLE_ARN, 'Same') })],
  ])('throws for %s', (_, problem, propsOf) => {
    expect(importing(propsOf)).toThrow(`${name} ${problem}`);
  });

  test.each<[string, PropsOf]>([
    ['a role by its ARN', (stack) => ({ [name]: roleOf(stack) })],
    ['a token', (stack) => ({ [name]: roleOf(stack, textParameter(stack)) })],
  ])('accepts %s', (_, propsOf) => {
    expect(importing(propsOf)).not.toThrow();
  });
});

test.each([['dataAccessRole', 'operatorRole'], ['dataAccessRole', 'reportRole'], ['operatorRole', 'reportRole']])('an import throws if %s and %s are the same role', (one, other) => {
  expect(importing((stack) => ({ [one]: iam.Role.fromRoleArn(stack, 'One', ROLE_ARN), [other]: iam.Role.fromRoleArn(stack, 'Same', ROLE_ARN) })))
    .toThrow(`${one} and ${other} are the same role "Stack/Same", which would give functions more permissions than they need; give each its own role`);
});

test('an import whose environment is not known accepts resources of any Region and account', () => {
  const stack = newStack();
  const outputBucket = bucketOf(stack, { region: 'eu-west-1' });
  importInto(stack, { storage: { inputBucket: outputBucket, outputBucket, outputKey: outputBucket.encryptionKey! } });

  expect(templateOf(stack)).toBeDefined();
});
