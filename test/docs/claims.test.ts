import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BootstraplessSynthesizer, CliCredentialsStackSynthesizer, LegacyStackSynthesizer, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CustomResourceConfig } from 'aws-cdk-lib/custom-resources';
import { FhirDatastore, FhirExport, FhirSource, FhirStorage } from '../../src';
import { type JsonSchema, violations } from '../support/json-schema';
import { importInto, newApp, newStack, templateOf } from '../support/synth';

const read = (page: string) => readFileSync(join(__dirname, '../../docs', page), 'utf8');
const TROUBLESHOOTING = read('troubleshooting.md');

describe('docs/troubleshooting.md', () => {
  test('quotes the error for a stack that can have no assets', () => {
    const stack = new Stack(newApp(), 'Stack', { synthesizer: new BootstraplessSynthesizer() });
    const text = 'Cannot add assets to a Stack that uses the BootstraplessSynthesizer';

    expect(() => importInto(stack)).toThrow(text);
    expect(TROUBLESHOOTING).toContain(text);
  });

  test.each([
    ['LegacyStackSynthesizer', LegacyStackSynthesizer],
    ['CliCredentialsStackSynthesizer', CliCredentialsStackSynthesizer],
  ])('names %s, with which an import can be synthesized', (name, Synthesizer) => {
    const stack = new Stack(newApp(), 'Stack', { synthesizer: new Synthesizer() });
    importInto(stack);

    expect(() => templateOf(stack)).not.toThrow();
    expect(TROUBLESHOOTING).toContain(name);
  });

  test('names the values that keep the exports for the bucket of an import', () => {
    const exportsOf = (use: (bucket: s3.Bucket, data: Stack) => void) => {
      const data = new Stack(newApp(), 'Data');
      use(new s3.Bucket(data, 'Bucket', { encryption: s3.BucketEncryption.KMS }), data);
      return Object.keys((templateOf(data) as unknown as { Outputs: object }).Outputs).sort();
    };

    const used = exportsOf((bucket, data) => importInto(new Stack(data.node.root, 'Import'), { source: FhirSource.bucket(bucket, 'fhir/') }));
    const kept = exportsOf((bucket, data) => {
      [bucket.bucketName, bucket.bucketArn, bucket.encryptionKey?.keyArn].forEach((value) => data.exportValue(value));
    });

    expect(kept).toEqual(used);
  });
});

describe('docs/export.md', () => {
  const [report, statements] = [...read('export.md').matchAll(/```json\n(.*?)\n```/gs)].map(([, json]) => JSON.parse(json) as unknown);

  test('shows a report that matches the schema', () => {
    expect(violations(report, JSON.parse(read('export.schema.json')) as JsonSchema)).toEqual([]);
  });

  test('shows the statements that a supplied data access role needs', () => {
    const stack = newStack();
    const outputKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab');
    const outputBucket = s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'output-bucket', encryptionKey: outputKey });
    const datastore = FhirDatastore.fromDatastoreId(stack, 'Datastore', '0123456789abcdef0123456789abcdef');
    const { dataAccessStatements } = new FhirExport(stack, 'Nightly', {
      datastore, storage: new FhirStorage(stack, 'Storage', { outputBucket }), outputPrefix: 'nightly/',
    });

    const rendered = JSON.stringify(stack.resolve(dataAccessStatements.map((statement) => statement.toStatementJson())));
    const partition = '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":s3:::output-bucket';
    const named = rendered.replaceAll(`${partition}"]]}`, '"arn:aws:s3:::OUTPUT-BUCKET"').replaceAll(`${partition}/nightly/*"]]}`, '"arn:aws:s3:::OUTPUT-BUCKET/nightly/*"')
      .replaceAll(outputKey.keyArn, 'KEY-ARN');
    expect(JSON.parse(named)).toEqual(statements);
  });
});

test('CustomResourceConfig changes no template, as docs/limits.md says', () => {
  const [configured, plain] = [newStack(), newStack()];
  [configured, plain].forEach((stack) => importInto(stack));
  CustomResourceConfig.of(configured).addLogRetentionLifetime(logs.RetentionDays.ONE_DAY);
  CustomResourceConfig.of(configured).addRemovalPolicy(RemovalPolicy.DESTROY);
  CustomResourceConfig.of(configured).addLambdaRuntime(lambda.Runtime.NODEJS_20_X);

  expect(templateOf(configured)).toEqual(templateOf(plain));
});
