import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import * as library from '../../src';
import { countsByType, datastoreOf, newStack, onlyResource, templateOf } from '../support/synth';

const SOURCES = join(__dirname, '../../src');

/** Returns the peers that the sources import. */
function peers(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const imports = files.flatMap((name) => readFileSync(join(SOURCES, name), 'utf8').match(/(?<=from ')(aws-cdk-lib|constructs)[^']*/g) ?? []);
  return [...new Set(imports)];
}

/** Loads the library again. Both copies use the same aws-cdk-lib, like a team library and an app that each have their own copy of this library. */
function anotherCopy(): typeof library {
  for (const peer of peers()) {
    const loaded: unknown = jest.requireActual(peer);
    jest.doMock(peer, () => loaded);
  }
  let copy = library;
  jest.isolateModules(() => {
    copy = jest.requireActual('../../src');
  });
  return copy;
}

const copy = anotherCopy();

function importWith({ FhirImport, FhirSource }: typeof library, stack: Stack, id: string, props: Partial<library.FhirImportProps> = {}) {
  const bucket = stack.node.tryFindChild('Bucket') as Bucket | undefined ?? new Bucket(stack, 'Bucket');
  return new FhirImport(stack, id, { datastore: datastoreOf(stack), source: FhirSource.bucket(bucket, 'in/'), ...props });
}

test('imports of two copies of the library share the storage and the provider of their stack', () => {
  const stack = newStack();
  const first = importWith(copy, stack, 'First');
  const second = importWith(library, stack, 'Second', { revision: '2', completion: library.Completion.detached() });
  second.executeAfter(first);

  expect(first).not.toBeInstanceOf(library.FhirImport);
  expect(second.provider).toBe(first.provider);
  expect(countsByType(templateOf(stack))).toMatchObject({ 'AWS::KMS::Key': 1, 'Custom::FhirImportJob': 2 });
});

test('the synthesis fails if two copies of the library import one data set', () => {
  const stack = newStack();
  importWith(copy, stack, 'First');
  importWith(library, stack, 'Second');

  expect(() => templateOf(stack)).toThrow('"Stack/Second" imports the same data set into the same data store as "Stack/First"');
});

test('a FhirDatastore of one copy of the library gives its key to an import of the other copy', () => {
  const stack = newStack();
  const datastore = new copy.FhirDatastore(stack, 'Store', { encryptionKey: new Key(stack, 'StoreKey') });
  importWith(library, stack, 'Import', { datastore });
  const template = templateOf(stack);

  expect(onlyResource(template, 'Custom::FhirImportJob').Properties.DatastoreInApp).toBe('true');
  expect(JSON.stringify(onlyResource(template, 'AWS::IAM::Role', /^ImportOperator/).Properties.Policies))
    .toContain(JSON.stringify({ 'Fn::GetAtt': [onlyResource(template, 'AWS::KMS::Key', /^StoreKey/).logicalId, 'Arn'] }));
  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  expect(() => importWith(library, stack, 'Other', { datastore, datastoreEncryptionKey: new Key(stack, 'OtherKey') }))
    .toThrow('datastoreEncryptionKey "Stack/OtherKey" is not the data store\'s own key "Stack/StoreKey"');
});
