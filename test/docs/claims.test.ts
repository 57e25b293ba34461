import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BootstraplessSynthesizer, CliCredentialsStackSynthesizer, LegacyStackSynthesizer, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CustomResourceConfig } from 'aws-cdk-lib/custom-resources';
import { FhirSource } from '../../src';
import { importInto, newApp, newStack, templateOf } from '../support/synth';

const TROUBLESHOOTING = readFileSync(join(__dirname, '../../docs/troubleshooting.md'), 'utf8');

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

test('CustomResourceConfig changes no template, as docs/limits.md says', () => {
  const [configured, plain] = [newStack(), newStack()];
  [configured, plain].forEach((stack) => importInto(stack));
  CustomResourceConfig.of(configured).addLogRetentionLifetime(logs.RetentionDays.ONE_DAY);
  CustomResourceConfig.of(configured).addRemovalPolicy(RemovalPolicy.DESTROY);
  CustomResourceConfig.of(configured).addLambdaRuntime(lambda.Runtime.NODEJS_20_X);

  expect(templateOf(configured)).toEqual(templateOf(plain));
});
