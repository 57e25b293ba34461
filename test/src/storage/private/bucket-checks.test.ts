import { Annotations as Scope, CfnCondition, Fn, RemovalPolicies, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { FhirSource, FhirStorage, type IFhirStorage } from '../../../../src';
import { importInto, newStack, templateOf } from '../../../support/synth';

/** Returns the warnings of this library about the storage and the buckets in a stack. */
function warningsOf(stack: Stack): string[] {
  return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('(bucket-not-retained|unused-input-bucket)]$')).map(({ entry }) => entry.data as string);
}

describe('an output bucket of the app', () => {
  function synthesize(bucketProps: s3.BucketProps, change: (resource: s3.CfnBucket, stack: Stack) => void = () => undefined): () => unknown {
    const stack = newStack();
    const outputBucket = new s3.Bucket(stack, 'Output', bucketProps);
    importInto(stack, { storage: new FhirStorage(stack, 'Storage', { outputBucket, encryptionKey: bucketProps.encryptionKey ?? outputBucket.encryptionKey ?? new kms.Key(stack, 'Key') }) });
    change(outputBucket.node.defaultChild as s3.CfnBucket, stack);
    return () => templateOf(stack);
  }
  const KMS = { encryption: s3.BucketEncryption.KMS };
  const managed = (algorithm: string) => `the output bucket "Stack/Output" is encrypted with a key that AWS manages (${algorithm}), `
    + 'and HealthLake demands a customer managed key; give the bucket an encryptionKey';
  const open = (blocks: string) => `the output bucket "Stack/Output" doesn't block all public access (${blocks}), which HealthLake demands; `
    + 'give it blockPublicAccess: BlockPublicAccess.BLOCK_ALL';

  test.each<[string, s3.BucketProps, string]>([
    ['no encryption', {}, managed('AES256')],
    ['the encryption S3_MANAGED', { encryption: s3.BucketEncryption.S3_MANAGED }, managed('AES256')],
    ['the encryption KMS_MANAGED', { encryption: s3.BucketEncryption.KMS_MANAGED }, managed('aws:kms')],
    ['public access by policies', { ...KMS, blockPublicAccess: s3.BlockPublicAccess.BLOCK_ACLS }, open('blockPublicPolicy, restrictPublicBuckets')],
    ['one block turned off', { ...KMS, blockPublicAccess: new s3.BlockPublicAccess({ ...s3.BlockPublicAccess.BLOCK_ALL, ignorePublicAcls: false }) }, open('ignorePublicAcls')],
  ])('fails the synthesis with %s', (_, props, message) => {
    expect(synthesize(props)).toThrow(message);
  });

  test('is checked with the properties that it has at synthesis', () => {
    expect(synthesize(KMS, (resource) => {
      resource.bucketEncryption = { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] };
    })).toThrow(managed('AES256'));
  });

  test.each<[string, s3.BucketProps, (resource: s3.CfnBucket, stack: Stack) => void]>([
    ['a customer managed key', KMS, () => undefined],
    ['dual-layer encryption with a customer managed key', { encryption: s3.BucketEncryption.DSSE }, () => undefined],
    ['all public access blocked', { ...KMS, blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL }, () => undefined],
    ['settings that are known at deployment', {}, (resource, stack) => {
      const { logicalId } = new CfnCondition(stack, 'Condition', { expression: Fn.conditionEquals('a', 'b') });
      resource.bucketEncryption = Token.asAny(Fn.conditionIf(logicalId, {}, {}));
      resource.publicAccessBlockConfiguration = Token.asAny(Fn.conditionIf(logicalId, {}, {}));
    }],
  ])('is accepted with %s', (_, props, change) => {
    expect(synthesize(props, change)).not.toThrow();
  });
});

describe('a bucket that CloudFormation would delete', () => {
  const warning = (path: string) => `CloudFormation can't delete the bucket "${path}" once it has data or results, so the deletion of its stack, or a roll-back after a `
    + 'failed first job, would fail; call applyRemovalPolicy(RemovalPolicy.RETAIN) on it, exclude it from RemovalPolicies, or set autoDeleteObjects '
    + '[ack: cdk-healthlake-import:bucket-not-retained]';

  test('causes one warning if RemovalPolicies make it deletable after the imports are created', () => {
    const stack = newStack();
    const first = importInto(stack, {}, 'First');
    importInto(stack, { source: FhirSource.storage('more') }, 'Second').executeAfter(first);
    RemovalPolicies.of(stack.node.root).destroy();

    expect(warningsOf(stack)).toEqual(['OutputBucket', 'InputBucket'].map((id) => warning(`Stack/FhirStorage/${id}`)));
  });

  test('causes no warning if the user acknowledges it', () => {
    const stack = newStack();
    importInto(stack);
    RemovalPolicies.of(stack.node.root).destroy();
    Scope.of(stack).acknowledgeWarning('cdk-healthlake-import:bucket-not-retained');

    expect(warningsOf(stack)).toEqual([]);
  });

  const supplied = (removalPolicy: RemovalPolicy, autoDeleteObjects?: boolean) => (scope: Stack): IFhirStorage => {
    const outputBucket = new s3.Bucket(scope, 'Output', { encryption: s3.BucketEncryption.KMS, removalPolicy, autoDeleteObjects });
    return { inputBucket: outputBucket, outputBucket, outputKey: outputBucket.encryptionKey! };
  };
  const other = (stack: Stack) => new Stack(stack.node.root, 'Other');
  test.each<[string, string[], (stack: Stack) => IFhirStorage]>([
    ['that is supplied', [warning('Stack/Output')], supplied(RemovalPolicy.DESTROY)],
    ['in another stack', [warning('Other/Output')], (stack) => supplied(RemovalPolicy.DESTROY)(other(stack))],
    ['whose objects are deleted first', [], supplied(RemovalPolicy.DESTROY, true)],
    ['when the creation of the stack is rolled back', [warning('Stack/Output')], supplied(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)],
    ['when the creation of another stack is rolled back', [], (stack) => supplied(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)(other(stack))],
    ['of a storage whose objects are deleted first', [], (stack) => new FhirStorage(stack, 'Storage', { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true })],
  ])('%s causes the warnings %j', (_, warnings, storageOf) => {
    const stack = newStack();
    importInto(stack, { storage: storageOf(stack) });

    expect(stack.node.root.node.children.filter(Stack.isStack).flatMap(warningsOf)).toEqual(warnings);
  });
});

describe('the input bucket that a storage creates', () => {
  const source = (stack: Stack) => FhirSource.bucket(s3.Bucket.fromBucketName(stack, 'Source', 'amzn-s3-demo-bucket'), 'x');

  test('causes a warning if no import reads it', () => {
    const stack = newStack();
    importInto(stack, { source: source(stack), storage: new FhirStorage(stack, 'Storage') });

    expect(warningsOf(stack)).toEqual(['the storage "Stack/Storage" creates an input bucket that no import reads; give it the bucket of the source as its inputBucket, or any bucket if it is for exports only '
      + '[ack: cdk-healthlake-import:unused-input-bucket]']);
  });

  test.each<[string, (stack: Stack) => void]>([
    ['an import reads it', (stack) => {
      importInto(stack, { storage: new FhirStorage(stack, 'Storage') });
    }],
    ['other code uses it', (stack) => {
      const storage = new FhirStorage(stack, 'Storage');
      importInto(stack, { storage, source: source(stack) });
      stack.exportValue(storage.inputBucket.bucketName);
    }],
    ['the storage gets the bucket of the source', (stack) => {
      const inputBucket = s3.Bucket.fromBucketName(stack, 'Source', 'amzn-s3-demo-bucket');
      importInto(stack, { storage: new FhirStorage(stack, 'Storage', { inputBucket }), source: FhirSource.bucket(inputBucket, 'x') });
    }],
    ['no import uses the storage', (stack) => {
      new FhirStorage(stack, 'Storage');
    }],
    ['the import has no storage property', (stack) => {
      importInto(stack, { source: source(stack) });
    }],
  ])('causes no warning if %s', (_, use) => {
    const stack = newStack();
    use(stack);

    expect(warningsOf(stack)).toEqual([]);
  });
});
