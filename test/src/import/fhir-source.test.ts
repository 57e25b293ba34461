import type { Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { FhirSource, FhirStorage } from '../../../src';
import { importInto, newStack, onlyResource, resourcesOfType, templateOf, textParameter } from '../../support/synth';

const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/5f0e7a60-7c1d-11f0-8a3b-0a1b2c3d4e5f';
const OTHER_KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/ffffffff-7c1d-11f0-8a3b-0a1b2c3d4e5f';

function dataBucket(stack: Stack, encryptionKeyArn?: string): s3.IBucket {
  return s3.Bucket.fromBucketAttributes(stack, 'DataBucket', {
    bucketName: 'amzn-s3-demo-bucket',
    encryptionKey: encryptionKeyArn ? kms.Key.fromKeyArn(stack, 'DataKey', encryptionKeyArn) : undefined,
  });
}

function inputUri(stack: Stack, source: FhirSource): unknown {
  importInto(stack, { source });
  return onlyResource(templateOf(stack), 'Custom::FhirImportJob').Properties.InputS3Uri;
}

describe('FhirSource.bucket()', () => {
  test.each([
    ['synthea/', 's3://amzn-s3-demo-bucket/synthea/'],
    ['synthea', 's3://amzn-s3-demo-bucket/synthea/'],
    ['2025/11/export', 's3://amzn-s3-demo-bucket/2025/11/export/'],
    ['upload.tmp/', 's3://amzn-s3-demo-bucket/upload.tmp/'],
    ['', 's3://amzn-s3-demo-bucket/'],
  ])('turns the prefix "%s" into the location %s', (prefix, uri) => {
    const stack = newStack();

    expect(inputUri(stack, FhirSource.bucket(dataBucket(stack), prefix))).toBe(uri);
  });

  test('accepts a token as prefix', () => {
    const stack = newStack();

    expect(inputUri(stack, FhirSource.bucket(dataBucket(stack), textParameter(stack))))
      .toEqual({ 'Fn::Join': ['', ['s3://amzn-s3-demo-bucket/', { Ref: 'Text' }]] });
  });

  test.each([
    ['the key of the bucket', KEY_ARN, undefined, [KEY_ARN]],
    ['the given key if the bucket has no key', undefined, OTHER_KEY_ARN, [OTHER_KEY_ARN]],
    ['the given key and the key of the bucket', KEY_ARN, OTHER_KEY_ARN, [OTHER_KEY_ARN, KEY_ARN]],
    ['no key', undefined, undefined, []],
  ])('lets the data access role decrypt with %s', (_, own, given, keyArns) => {
    const stack = newStack();
    const encryptionKey = given ? kms.Key.fromKeyArn(stack, 'GivenKey', given) : undefined;
    const fhirImport = importInto(stack, { source: FhirSource.bucket(dataBucket(stack, own), 'synthea/', { encryptionKey }) });
    const decrypt = fhirImport.dataAccessStatements.filter(({ actions }) => actions.join() === 'kms:Decrypt');

    expect(decrypt.flatMap(({ resources }) => resources)).toEqual(keyArns);
  });

  test('adds only one policy statement for a key that encrypts both input and output', () => {
    const stack = newStack();
    const key = new kms.Key(stack, 'Key');
    const bucket = new s3.Bucket(stack, 'DataBucket', { encryptionKey: key });
    const fhirImport = importInto(stack, {
      source: FhirSource.bucket(bucket, 'synthea/', { encryptionKey: key }),
      storage: new FhirStorage(stack, 'Storage', { encryptionKey: key }),
    });

    expect(fhirImport.dataAccessStatements.filter(({ resources }) => resources.includes(key.keyArn)).map(({ actions }) => actions))
      .toEqual([['kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKey*']]);
  });
});

test.each([['2025', '2025/'], ['2025/', '2025/'], ['', '']])('a source for the folder "%s" has the prefix "%s"', (prefix, normalized) => {
  expect(FhirSource.bucket(dataBucket(newStack()), prefix).prefix).toBe(normalized);
  expect(FhirSource.storage(prefix).prefix).toBe(normalized);
});

describe('FhirSource.storage()', () => {
  test('adds a slash to a prefix that starts with a token, and rejects "*" after a token', () => {
    const stack = newStack();
    const token = textParameter(stack);
    const end = (prefix: string) => JSON.stringify(stack.resolve(inputUri(stack, FhirSource.storage(prefix))));

    expect(end(`${token}/2025`)).toContain('"/2025/"');
    expect(() => FhirSource.storage(`${token}/*`)).toThrow('must not have "*"');
  });

  test('lets the data access role decrypt with the key of a supplied input bucket', () => {
    const stack = newStack();
    const storage = new FhirStorage(stack, 'Storage', { inputBucket: dataBucket(stack, KEY_ARN) });
    const fhirImport = importInto(stack, { storage, source: FhirSource.storage() });

    expect(fhirImport.dataAccessStatements.find(({ actions }) => actions.join() === 'kms:Decrypt')?.resources).toEqual([KEY_ARN]);
    expect(onlyResource(templateOf(stack), 'Custom::FhirImportJob').Properties.InputS3Uri).toBe('s3://amzn-s3-demo-bucket/input/');
  });

  test('returns a source that two imports with different storages can share', () => {
    const stack = newStack();
    const source = FhirSource.storage();
    importInto(stack, { source, storage: new FhirStorage(stack, 'One') }, 'First');
    importInto(stack, { source, storage: new FhirStorage(stack, 'Other') }, 'Second');
    const uris = resourcesOfType(templateOf(stack), 'Custom::FhirImportJob').map(({ Properties }) => JSON.stringify(Properties.InputS3Uri));

    expect(new Set(uris).size).toBe(2);
  });
});

describe.each([
  ['bucket', (prefix: string, stack: Stack) => FhirSource.bucket(dataBucket(stack), prefix)],
  ['storage', (prefix: string) => FhirSource.storage(prefix)],
])('FhirSource.%s()', (_, sourceOf) => {
  test.each(['synthea/Patient.ndjson', 'export.NDJSON/', 'bundle.json', 'all.jsonl', 'all.gz', 'all.tgz', 'all.csv', 'all.parquet', 'all.tmp'])('throws for the prefix %s, which is not a folder', (prefix) => {
    expect(() => sourceOf(prefix, newStack()))
      .toThrow(`the prefix of a FHIR source must be a folder, got "${prefix}"; HealthLake imports all .ndjson objects of a folder, so name that`);
  });

  test('throws for a location of more than 1024 characters, even if the bucket name is unknown', () => {
    const stack = newStack();
    const source = sourceOf('p'.repeat(1020), stack);

    expect(() => importInto(stack, { source })).toThrow(/^HealthLake accepts S3 locations of up to 1024 characters, got 10\d\d or more in "s3:.*"; shorten/);
  });
});

test.each(['Legacy-Bucket', 'legacy_bucket'])('an import throws for the bucket name %s, which HealthLake rejects', (bucketName) => {
  const stack = newStack();
  const bucket = s3.Bucket.fromBucketName(stack, 'Legacy', bucketName);

  expect(() => importInto(stack, { source: FhirSource.bucket(bucket, 'synthea/') }))
    .toThrow(`HealthLake doesn't accept the bucket name "${bucketName}" (only lower-case letters, digits, "." and "-"); use another bucket`);
});
