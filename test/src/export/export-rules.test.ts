import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { FhirDatastore, FhirExport, type FhirExportProps, FhirJobProvider, FhirStorage } from '../../../src';
import { ACCOUNT, exportFrom, newApp, newStack, REGION, templateOf } from '../../support/synth';

const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/5f0e7a60-7c1d-11f0-8a3b-0a1b2c3d4e5f`;

function stackIn(env = { region: REGION, account: ACCOUNT }): Stack {
  return new Stack(newApp(), 'Stack', { env });
}

/** Returns a stack of another Region or account in the same app. */
function elsewhere(stack: Stack, env: { region?: string; account?: string }): Stack {
  return new Stack(stack.node.root as Stack, 'Elsewhere', { env: { region: REGION, account: ACCOUNT, ...env } });
}

function roleOf(stack: Stack, id = 'Role', account = ACCOUNT): iam.IRole {
  return iam.Role.fromRoleArn(stack, id, `arn:aws:iam::${account}:role/Same`);
}

function bucketOf(stack: Stack, attributes: Partial<s3.BucketAttributes> = {}): s3.IBucket {
  return s3.Bucket.fromBucketAttributes(stack, 'Bucket', {
    bucketName: 'amzn-s3-demo-output', encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN), ...attributes,
  });
}

test.each<[string, (stack: Stack) => Partial<FhirExportProps>, string]>([
  ['a job name prefix that is too long', () => ({ jobNamePrefix: 'x'.repeat(41) }), 'jobNamePrefix must have 1 to 40 characters, got 41'],
  ['an empty revision', () => ({ revision: '' }), 'revision must have 1 to 256 characters and not only spaces, got "" with 0'],
  ['an output prefix that is a URI', () => ({ outputPrefix: 's3://bucket/copies' }), 'outputPrefix must be a key prefix, got "s3://bucket/copies"'],
  ['an output bucket without a known key', (stack) => ({ storage: new FhirStorage(stack, 'Storage', { outputBucket: bucketOf(stack, { encryptionKey: undefined }) }) }),
    'the key of the output bucket "Stack/Bucket" is not known, and HealthLake demands one for its output'],
  ['an output bucket of another Region',
    (stack) => ({ storage: new FhirStorage(stack, 'Storage', { inputBucket: bucketOf(stack, { region: 'us-west-2' }), outputBucket: stack.node.findChild('Bucket') as s3.IBucket }) }),
    'the output bucket "Stack/Bucket" is in the region us-west-2 and the export in us-east-1; HealthLake uses only buckets of its own Region'],
  ['an output bucket whose name HealthLake refuses', (stack) => {
    const outputBucket = bucketOf(stack, { bucketName: 'Old_Bucket' });
    return { storage: new FhirStorage(stack, 'Storage', { inputBucket: outputBucket, outputBucket }) };
  }, 'HealthLake doesn\'t accept the bucket name "Old_Bucket"'],
  ['a data store of another Region', (stack) => ({ datastore: FhirDatastore.fromDatastoreId(elsewhere(stack, { region: 'us-west-2' }), 'Store', '0'.repeat(32)) }),
    'the data store "Elsewhere/Store" is in the region us-west-2 and the export in us-east-1; put the export into a stack of the region us-west-2'],
  ['a storage of another account', (stack) => ({ storage: new FhirStorage(elsewhere(stack, { account: '444455556666' }), 'Storage') }),
    'storage "Elsewhere/Storage" is in the account 444455556666 and the export in 111122223333; put the storage into a stack of the account 111122223333'],
  ['a provider of another Region', (stack) => ({ provider: new FhirJobProvider(elsewhere(stack, { region: 'us-west-2' }), 'Provider') }),
    'provider "Elsewhere/Provider" is in the region us-west-2 and the export in us-east-1'],
  ['a role of another account', (stack) => ({ dataAccessRole: roleOf(stack, 'Role', '444455556666') }),
    'dataAccessRole "Stack/Role" is in the account 444455556666 and the export in 111122223333'],
  ['one role for two purposes', (stack) => ({ dataAccessRole: roleOf(stack), reportRole: roleOf(stack, 'Again') }),
    'dataAccessRole and reportRole are the same role "Stack/Again", which would give functions more permissions than they need'],
  ['a role of the provider', (stack) => {
    const provider = new FhirJobProvider(stack, 'Provider', { handlerRole: roleOf(stack) });
    return { provider, operatorRole: roleOf(stack, 'Again') };
  }, 'operatorRole "Stack/Again" is also a role of the provider "Stack/Provider", whose functions would then have its permissions for every export'],
  ['an event bus of another Region', (stack) => ({ eventBus: events.EventBus.fromEventBusArn(stack, 'Bus', `arn:aws:events:us-west-2:${ACCOUNT}:event-bus/ops`) }),
    'eventBus "Stack/Bus" is in the region us-west-2 and the export in us-east-1; the export can send events only within its Region'],
])('throws for %s', (_, propsOf, message) => {
  const stack = stackIn();

  expect(() => exportFrom(stack, propsOf(stack))).toThrow(message);
});

test('throws if the data store is undefined', () => {
  expect(() => new FhirExport(newStack(), 'Export', { datastore: undefined as never })).toThrow('an export needs a datastore, got undefined; set the property datastore');
});

test('throws if a rule has a field that identifies the export', () => {
  expect(() => exportFrom(newStack()).onFailed('Failed', { eventPattern: { detail: { datastoreId: ['x'] } } }))
    .toThrow('the eventPattern of the rule "Failed" must not have datastoreId, because the rule would also match other events; leave out these fields, which identify the export');
});

test('throws for a metric that exports don\'t have', () => {
  expect(() => exportFrom(newStack()).metric('ResourcesImported')).toThrow('an export has no metric "ResourcesImported"; use one of FilesExported, BytesExported');
});

test('throws if executeAfter() names a construct that contains the export', () => {
  const stack = newStack();

  expect(() => exportFrom(stack).executeAfter(stack)).toThrow('executeAfter("Stack") would make the export wait for itself');
});

test('warns of supplied roles that could not be used', () => {
  const stack = newStack();
  const assumedBy = new iam.ServicePrincipal('ec2.amazonaws.com');
  exportFrom(stack, { dataAccessRole: new iam.Role(stack, 'Writer', { assumedBy }), operatorRole: new iam.Role(stack, 'Operator', { assumedBy }) });
  templateOf(stack);

  for (const warning of [
    'the trust policy of the dataAccessRole "Stack/Writer" doesn\'t let healthlake.amazonaws.com assume the role',
    'the dataAccessRole "Stack/Writer" has no policy, so HealthLake could read and write nothing; add the dataAccessStatements of the export to it',
    'the trust policy of the operatorRole "Stack/Operator" doesn\'t let the role "Stack/FhirImportProvider/HandlerRole" assume it, so the export couldn\'t use it',
  ]) {
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp(warning.replace(/[()]/g, '\\$&')));
  }
});

test('warns of a storage that creates an input bucket for exports only, and accepts any input bucket instead', () => {
  const stack = newStack();
  exportFrom(stack, { storage: new FhirStorage(stack, 'Storage') });
  const silent = newStack();
  exportFrom(silent, { storage: new FhirStorage(silent, 'Storage', { inputBucket: new s3.Bucket(silent, 'Any') }) });
  [stack, silent].forEach(templateOf);

  Annotations.fromStack(stack).hasWarning('/Stack/Storage', Match.stringLikeRegexp('an input bucket that no import reads; .* or any bucket if it is for exports only'));
  Annotations.fromStack(silent).hasNoWarning('*', Match.anyValue());
});

test('the synthesis fails if the output bucket does not block public access', () => {
  const stack = newStack();
  const outputBucket = new s3.Bucket(stack, 'Open', { encryption: s3.BucketEncryption.KMS, blockPublicAccess: new s3.BlockPublicAccess({ blockPublicAcls: false }) });
  exportFrom(stack, { storage: new FhirStorage(stack, 'Storage', { inputBucket: outputBucket, outputBucket }) });

  expect(() => templateOf(stack)).toThrow('the output bucket "Stack/Open" doesn\'t block all public access');
});
