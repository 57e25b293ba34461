import { CfnParameter, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import { type FhirImport, FhirSource } from '../../../../../src';
import { importInto, newStack } from '../../../../support/synth';

const SOURCE_PREFIX = '2026/11/';

function upload(scope: Construct, destinationBucket: IBucket, destinationKeyPrefix?: string, source = Source.data('a.ndjson', '{}')): BucketDeployment {
  return new BucketDeployment(scope, 'Upload', { sources: [source], destinationBucket, destinationKeyPrefix });
}

function importFrom(stack: Stack, bucket: IBucket, prefix = SOURCE_PREFIX): FhirImport {
  return importInto(stack, { source: FhirSource.bucket(bucket, prefix) });
}

/** Returns the warnings about uploads after the given constructs are added to a stack with a bucket. */
function warningsOf(add: (stack: Stack, bucket: Bucket) => void): unknown[] {
  const stack = newStack();
  add(stack, new Bucket(stack, 'Data'));
  return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('cdk-healthlake-import:upload-order')).map(({ id, entry }) => `${id}: ${String(entry.data)}`);
}

const otherStack = (stack: Stack) => new Stack(stack.node.root, 'Other');
const parameterOf = (stack: Stack) => new CfnParameter(stack, 'Parameter').valueAsString;

test('an import warns of an upload into its input that it does not wait for', () => {
  expect(warningsOf((stack, bucket) => {
    importFrom(stack, bucket);
    upload(stack, bucket, '2026/11');
  })).toEqual([
    '/Stack/Import: the upload "Stack/Upload" can write into the input of "Stack/Import", and the import doesn\'t wait for it; call executeAfter() with the upload '
    + '[ack: cdk-healthlake-import:upload-order]',
  ]);
});

test.each<[string, (stack: Stack, bucket: Bucket) => void]>([
  ['into a folder of the input', (stack, bucket) => {
    importFrom(stack, bucket);
    upload(stack, bucket, '2026/11/patients');
  }],
  ['into a folder that contains the input', (stack, bucket) => {
    importFrom(stack, bucket);
    upload(stack, bucket, '2026/');
  }],
  ['into the whole bucket', (stack, bucket) => {
    importFrom(stack, bucket);
    upload(stack, bucket);
  }],
  ['into a bucket that is imported as a whole', (stack, bucket) => {
    importFrom(stack, bucket, '');
    upload(stack, bucket, 'any');
  }],
  ['into a folder that is known at deployment', (stack, bucket) => {
    importFrom(stack, bucket);
    upload(stack, bucket, parameterOf(stack));
  }],
  ['if the prefix of the input is known at deployment', (stack, bucket) => {
    importFrom(stack, bucket, parameterOf(stack));
    upload(stack, bucket, 'any');
  }],
  ['of another stack', (stack, bucket) => {
    importFrom(stack, bucket);
    upload(otherStack(stack), bucket);
  }],
  ['of a nested stack', (stack, bucket) => {
    importFrom(stack, bucket);
    upload(new NestedStack(stack, 'Nested'), bucket);
  }],
  ['into a bucket that both know by its name', (stack) => {
    const [one, same] = ['One', 'Same'].map((id) => Bucket.fromBucketName(stack, id, 'fhir-data'));
    importFrom(stack, one);
    upload(stack, same);
  }],
])('an import warns of an upload %s', (_, add) => {
  expect(warningsOf(add)).toHaveLength(1);
});

test.each<[string, (stack: Stack, bucket: Bucket) => void]>([
  ['that it waits for', (stack, bucket) => importFrom(stack, bucket).executeAfter(upload(stack, bucket))],
  ['of a stack that its stack depends on', (stack) => {
    const first = new Stack(stack.node.root, 'First');
    const data = new Bucket(first, 'Data');
    upload(first, data);
    importFrom(stack, data);
  }],
  ['into another folder', (stack, bucket) => {
    importFrom(stack, bucket);
    upload(stack, bucket, '2026/1');
  }],
  ['into another bucket', (stack, bucket) => {
    importFrom(stack, bucket);
    upload(stack, new Bucket(stack, 'Web'));
  }],
  ['from its bucket into another bucket', (stack, bucket) => {
    importFrom(stack, bucket);
    upload(stack, new Bucket(stack, 'Web'), undefined, Source.bucket(bucket, 'web.zip'));
  }],
  ['into a bucket of another stack with the same logical id', (stack, bucket) => {
    importFrom(stack, bucket);
    const other = otherStack(stack);
    upload(other, new Bucket(other, 'Data'));
  }],
  ['of another stage', (stack) => {
    const [bucket, same] = ['One', 'Same'].map((id) => Bucket.fromBucketName(stack, id, 'fhir-data'));
    importFrom(stack, bucket);
    upload(new Stack(new Stage(stack.node.root, 'Prod'), 'Stack'), same);
  }],
])('an import does not warn of an upload %s', (_, add) => {
  expect(warningsOf(add)).toEqual([]);
});
