import { CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { FhirSource, FhirStorage, type IFhirStorage } from '../../../src';
import { ACCOUNT, countsByType, FEATURE_FLAGS, importInto, newStack, onlyResource, REGION, resourcesOfType, templateOf, templateWith, textParameter } from '../../support/synth';

const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/5f0e7a60-7c1d-11f0-8a3b-0a1b2c3d4e5f';
const OTHER_KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/ffffffff-7c1d-11f0-8a3b-0a1b2c3d4e5f';

function importedBucket(stack: Stack, id: string, keyArn?: string): s3.IBucket {
  return s3.Bucket.fromBucketAttributes(stack, id, {
    bucketName: `amzn-s3-demo-${id.toLowerCase()}`,
    encryptionKey: keyArn ? kms.Key.fromKeyArn(stack, `${id}Key`, keyArn) : undefined,
  });
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  test('a storage has two private, encrypted, versioned buckets and a rotating key, all retained', () => {
    const stack = newStack(flags);
    new FhirStorage(stack, 'Storage');
    const template = templateOf(stack);
    const key = onlyResource(template, 'AWS::KMS::Key');

    expect(countsByType(template)).toEqual({ 'AWS::KMS::Key': 1, 'AWS::S3::Bucket': 2, 'AWS::S3::BucketPolicy': 2 });
    expect(key.Properties).toMatchObject({ EnableKeyRotation: true });
    expect(key).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    for (const bucket of resourcesOfType(template, 'AWS::S3::Bucket')) {
      expect(bucket).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      expect(bucket.Properties).toEqual({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': [key.logicalId, 'Arn'] } },
          }],
        },
        LifecycleConfiguration: { Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' }] },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
      });
    }
    for (const policy of resourcesOfType(template, 'AWS::S3::BucketPolicy')) {
      expect(policy.Properties.PolicyDocument.Statement).toEqual([expect.objectContaining({
        Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      })]);
    }
  });

  test('a storage accepts all properties together', () => {
    const stack = newStack(flags);
    const encryptionKey = new kms.Key(stack, 'Key');
    const storage = new FhirStorage(stack, 'Storage', {
      encryptionKey,
      serverAccessLogsBucket: new s3.Bucket(stack, 'AccessLogs'),
      resultsExpiration: Duration.days(30),
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    const template = templateOf(stack);
    const [input, output] = [/InputBucket/, /OutputBucket/].map((id) => onlyResource(template, 'AWS::S3::Bucket', id));

    expect(storage.outputKey).toBe(encryptionKey);
    expect(resourcesOfType(template, 'AWS::KMS::Key')).toHaveLength(1);
    expect(input.Properties.LoggingConfiguration).toMatchObject({ LogFilePrefix: 'fhir-input/' });
    expect(output.Properties.LoggingConfiguration).toMatchObject({ LogFilePrefix: 'fhir-output/' });
    expect(input.Properties.LifecycleConfiguration.Rules).toHaveLength(1);
    expect(output.Properties.LifecycleConfiguration.Rules).toContainEqual(
      { ExpirationInDays: 30, NoncurrentVersionExpiration: { NoncurrentDays: 30 }, Status: 'Enabled' });
    expect([input, output].map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Delete', 'Delete']);
    expect(resourcesOfType(template, 'Custom::S3AutoDeleteObjects')).toHaveLength(2);
  });
});

describe('a storage with supplied resources', () => {
  test('encrypts both buckets with a supplied key and creates no key', () => {
    const stack = newStack();
    const storage = new FhirStorage(stack, 'Storage', { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) });
    const template = templateOf(stack);

    expect(storage.outputKey.keyArn).toBe(KEY_ARN);
    expect(resourcesOfType(template, 'AWS::KMS::Key')).toEqual([]);
    for (const { Properties } of resourcesOfType(template, 'AWS::S3::Bucket')) {
      expect(JSON.stringify(Properties.BucketEncryption)).toContain(KEY_ARN);
    }
  });

  test('encrypts the input bucket with the key of a supplied output bucket', () => {
    const stack = newStack();
    const outputBucket = importedBucket(stack, 'Output', KEY_ARN);
    const storage = new FhirStorage(stack, 'Storage', { outputBucket });
    const template = templateOf(stack);

    expect(storage.outputBucket).toBe(outputBucket);
    expect(storage.outputKey.keyArn).toBe(KEY_ARN);
    expect(countsByType(template)).toEqual({ 'AWS::S3::Bucket': 1, 'AWS::S3::BucketPolicy': 1 });
    expect(JSON.stringify(onlyResource(template, 'AWS::S3::Bucket', /InputBucket/))).toContain(KEY_ARN);
  });

  test('creates no resource if both buckets are supplied', () => {
    const stack = newStack();
    const inputBucket = importedBucket(stack, 'Input');
    const storage = new FhirStorage(stack, 'Storage', { inputBucket, outputBucket: importedBucket(stack, 'Output', KEY_ARN) });

    expect(storage.inputBucket).toBe(inputBucket);
    expect(stack.node.findAll().filter(CfnResource.isCfnResource)).toEqual([]);
  });

  test('uses encryptionKey if the key of a supplied output bucket is unknown', () => {
    const stack = newStack();
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', KEY_ARN);
    const storage = new FhirStorage(stack, 'Storage', { outputBucket: importedBucket(stack, 'Output'), encryptionKey });

    expect(storage.outputKey).toBe(encryptionKey);
  });
});

describe('encryptionKey with a supplied output bucket', () => {
  test('is required if the key of the bucket is unknown', () => {
    const stack = newStack();

    expect(() => new FhirStorage(stack, 'Storage', { outputBucket: importedBucket(stack, 'Output') }))
      .toThrow(/^the key of the output bucket "Stack\/Output" is not known, and HealthLake demands one for its output; give encryptionKey/);
    expect(() => new FhirStorage(stack, 'Managed', { outputBucket: new s3.Bucket(stack, 'Plain') }))
      .toThrow(/^the key of the output bucket "Stack\/Plain" is not known/);
  });

  test.each([
    ['two imported keys', (stack: Stack) => [kms.Key.fromKeyArn(stack, 'Own', KEY_ARN), kms.Key.fromKeyArn(stack, 'Other', OTHER_KEY_ARN)]],
    ['two keys of the app', (stack: Stack) => [new kms.Key(stack, 'Own'), new kms.Key(stack, 'Other')]],
    ['keys of two stacks with the same logical id', (stack: Stack) => [new kms.Key(stack, 'Own'), new kms.Key(new Stack(stack.node.root, 'Elsewhere'), 'Own')]],
  ])('throws if it is not the key of the bucket: %s', (_, keysIn) => {
    const stack = newStack();
    const [own, other] = keysIn(stack);
    const outputBucket = s3.Bucket.fromBucketAttributes(stack, 'Output', { bucketName: 'amzn-s3-demo-output', encryptionKey: own });

    expect(() => new FhirStorage(stack, 'Storage', { outputBucket, encryptionKey: other })).toThrow(
      `the encryptionKey "${other.node.path}" is not the output bucket's own key "Stack/Own"; leave encryptionKey out`);
  });

  test.each([
    ['the same construct', (stack: Stack) => {
      const key = new kms.Key(stack, 'Own');
      return [key, key];
    }],
    ['a key imported twice', (stack: Stack) => [kms.Key.fromKeyArn(stack, 'Own', KEY_ARN), kms.Key.fromKeyArn(stack, 'Again', KEY_ARN)]],
    ['a key of the app and its import', (stack: Stack) => {
      const key = new kms.Key(stack, 'Own');
      return [key, kms.Key.fromKeyArn(stack, 'Again', key.keyArn)];
    }],
    ['a known key and a token', (stack: Stack) => [
      kms.Key.fromKeyArn(stack, 'Own', KEY_ARN), kms.Key.fromKeyArn(stack, 'Again', textParameter(stack)),
    ]],
    ['two tokens', (stack: Stack) => [
      kms.Key.fromKeyArn(stack, 'Own', textParameter(stack)),
      kms.Key.fromKeyArn(stack, 'Again', textParameter(new Stack(stack.node.root, 'Elsewhere'))),
    ]],
  ])('is accepted if it may be the key of the bucket: %s', (_, keysIn) => {
    const stack = newStack();
    const [own, again] = keysIn(stack);
    const outputBucket = s3.Bucket.fromBucketAttributes(stack, 'Output', { bucketName: 'amzn-s3-demo-output', encryptionKey: own });

    const storage = new FhirStorage(stack, 'Storage', { outputBucket, encryptionKey: again });
    expect(storage.outputKey).toBe(own);
    expect(storage.inputBucket.encryptionKey).toBe(again);
  });
});

describe('the property rules of a storage', () => {
  test('removalPolicy DESTROY throws without autoDeleteObjects', () => {
    expect(() => new FhirStorage(newStack(), 'Storage', { removalPolicy: RemovalPolicy.DESTROY }))
      .toThrow(/^removalPolicy DESTROY needs autoDeleteObjects: true, because a bucket with results in it can't be deleted; add it/);
  });

  test.each([
    [undefined, 'the default, retain'],
    [RemovalPolicy.RETAIN, 'retain'],
    [RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, 'retain-on-update-or-delete'],
  ])('autoDeleteObjects throws with removalPolicy %s', (removalPolicy, shown) => {
    expect(() => new FhirStorage(newStack(), 'Storage', { removalPolicy, autoDeleteObjects: true }))
      .toThrow(new RegExp(`^autoDeleteObjects needs removalPolicy DESTROY, got ${shown}; set both or neither`));
  });

  test('resultsExpiration throws with a supplied output bucket', () => {
    const stack = newStack();
    const outputBucket = importedBucket(stack, 'Supplied', KEY_ARN);
    expect(() => new FhirStorage(stack, 'Storage', { outputBucket, resultsExpiration: Duration.days(30) }))
      .toThrow(/^resultsExpiration doesn't apply to the supplied bucket "Stack\/Supplied"; give that bucket a lifecycle rule/);
    expect(() => new FhirStorage(stack, 'Other', { inputBucket: outputBucket, resultsExpiration: Duration.days(30) })).not.toThrow();
  });

  test.each([Duration.hours(36), Duration.hours(1), Duration.seconds(90_000)])('resultsExpiration must be whole days, not %s', (resultsExpiration) => {
    expect(() => new FhirStorage(newStack(), 'Storage', { resultsExpiration }))
      .toThrow(`resultsExpiration must be in whole days, got ${resultsExpiration.toHumanString()}; S3 counts days`);
    expect(() => new FhirStorage(newStack(), 'Storage', { resultsExpiration: Duration.hours(48) })).not.toThrow();
  });

  test('resultsExpiration throws if S3 could not store its days', () => {
    expect(() => new FhirStorage(newStack(), 'Storage', { resultsExpiration: Duration.days(2 ** 31) }))
      .toThrow('resultsExpiration must be at most 2147483647 days, got 2147483648; leave it out to keep the results');
  });

  test('serverAccessLogsBucket throws if both buckets are supplied', () => {
    const stack = newStack();
    const [inputBucket, outputBucket] = ['In', 'Out'].map((id) => importedBucket(stack, id, KEY_ARN));
    const serverAccessLogsBucket = importedBucket(stack, 'Logs');
    expect(() => new FhirStorage(stack, 'Storage', { inputBucket, outputBucket, serverAccessLogsBucket }))
      .toThrow(/^serverAccessLogsBucket doesn't apply to the supplied buckets "Stack\/In" and "Stack\/Out"; set it where they are made/);
    expect(() => new FhirStorage(stack, 'Other', { outputBucket, serverAccessLogsBucket })).not.toThrow();
  });

  test.each<[string, Partial<s3.BucketAttributes>, string]>([
    ['in another Region', { region: 'us-west-2' }, 'is in the region us-west-2 and the storage in us-east-1; use one in the region us-east-1'],
    ['in another account', { account: '444455556666' }, 'is in the account 444455556666 and the storage in 111122223333; use one in the account 111122223333'],
  ])('serverAccessLogsBucket throws if it is %s', (_, attributes, problem) => {
    const stack = newStack({}, { region: REGION, account: ACCOUNT });
    const serverAccessLogsBucket = s3.Bucket.fromBucketAttributes(stack, 'Logs', { bucketName: 'amzn-s3-demo-logs', ...attributes });

    expect(() => new FhirStorage(stack, 'Storage', { serverAccessLogsBucket })).toThrow(`serverAccessLogsBucket "Stack/Logs" ${problem}`);
  });

  test('serverAccessLogsBucket throws if it is encrypted with a KMS key', () => {
    const stack = newStack();

    expect(() => new FhirStorage(stack, 'Storage', { serverAccessLogsBucket: importedBucket(stack, 'Logs', KEY_ARN) })).toThrow(
      'serverAccessLogsBucket "Stack/Logs" is encrypted with a KMS key, and S3 writes access logs only to buckets with SSE-S3; '
      + 'give a bucket with encryption: BucketEncryption.S3_MANAGED');
  });

  test('removalPolicy SNAPSHOT throws', () => {
    expect(() => new FhirStorage(newStack(), 'Storage', { removalPolicy: RemovalPolicy.SNAPSHOT }))
      .toThrow('removalPolicy must not be SNAPSHOT, because buckets and keys have no snapshots; leave it out to retain them');
  });

  test.each(['inputBucket', 'outputBucket'] as const)('autoDeleteObjects throws with a supplied %s', (name) => {
    const stack = newStack();

    expect(() => new FhirStorage(stack, 'Storage', {
      [name]: importedBucket(stack, 'Supplied', KEY_ARN), removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true,
    })).toThrow(/^autoDeleteObjects doesn't apply to the supplied bucket "Stack\/Supplied"; set it where that bucket is made/);
  });
});

describe('the default storage of a stack', () => {
  test('has no input bucket if no import uses an input bucket', () => {
    const template = templateWith((stack) => ({ source: FhirSource.bucket(importedBucket(stack, 'Data'), 'synthea/') }));
    const counts = countsByType(template);

    expect(counts).toMatchObject({ 'AWS::KMS::Key': 1, 'AWS::S3::Bucket': 1, 'AWS::S3::BucketPolicy': 1 });
  });

  test('creates an input bucket when inputBucket is read', () => {
    const stack = newStack();
    const { storage } = importInto(stack, { source: FhirSource.bucket(importedBucket(stack, 'Data'), 'synthea/') });

    expect(storage.inputBucket).toBe(storage.inputBucket);
    expect(resourcesOfType(templateOf(stack), 'AWS::S3::Bucket')).toHaveLength(2);
  });

  test('is not shared with the imports of another stack', () => {
    const stack = newStack();
    const other = new Stack(stack.node.root, 'Other');
    const [first, second, elsewhere] = [importInto(stack, {}, 'First'), importInto(stack, {}, 'Second'), importInto(other)];

    expect(second.storage).toBe(first.storage);
    expect(elsewhere.storage).not.toBe(first.storage);
  });

  test('throws if another construct already has the id of the storage', () => {
    const stack = newStack();
    new s3.Bucket(stack, 'FhirStorage');

    expect(() => importInto(stack)).toThrow(/^the stack "Stack" has another construct with the id "FhirStorage"; give "Stack\/Import" its own storage/);
  });
});

test('an import accepts any IFhirStorage object as its storage', () => {
  const stack = newStack();
  const storage: IFhirStorage = {
    inputBucket: importedBucket(stack, 'Input'),
    outputBucket: importedBucket(stack, 'Output'),
    outputKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN),
  };
  const fhirImport = importInto(stack, { storage, source: FhirSource.storage() });

  expect(fhirImport.storage).toBe(storage);
  expect(onlyResource(templateOf(stack), 'Custom::FhirImportJob').Properties).toMatchObject({
    InputS3Uri: 's3://amzn-s3-demo-input/input/',
    OutputS3Uri: expect.stringMatching(/^s3:..amzn-s3-demo-output/),
    OutputKmsKeyId: KEY_ARN,
  });
});
