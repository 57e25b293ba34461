import { Fn, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { FhirImport, FhirSource, FhirStorage, type ValidationLevel } from '../../../src';
import { ACCOUNT, DATASTORE_ID, datastoreOf, importInto, newStack, REGION, templateWith, textParameter } from '../../support/synth';

const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/5f0e7a60-7c1d-11f0-8a3b-0a1b2c3d4e5f';
const ENV = { region: REGION, account: ACCOUNT };

describe('jobNamePrefix', () => {
  test.each(['x', 'fhir-import', 'Grüße/2025 = 100 %', 'x'.repeat(40)])('accepts the value "%s"', (jobNamePrefix) => {
    expect(() => importInto(newStack(), { jobNamePrefix })).not.toThrow();
  });

  test.each(['', 'x'.repeat(41)])('throws for the value "%s" because of its length', (jobNamePrefix) => {
    expect(() => importInto(newStack(), { jobNamePrefix })).toThrow(
      new RegExp(`^jobNamePrefix must have 1 to 40 characters, got ${jobNamePrefix.length} in "${jobNamePrefix}"; shorten it or leave it out`));
  });

  test.each(['a&b', 'a;b', 'a\nb', '(a)'])('throws for the value %j because of its characters', (jobNamePrefix) => {
    expect(() => importInto(newStack(), { jobNamePrefix }))
      .toThrow(`jobNamePrefix may have letters, digits, spaces and _.:/=+-%@, got "${jobNamePrefix}"; leave the other characters out`);
  });

  test('throws for spaces only', () => {
    expect(() => importInto(newStack(), { jobNamePrefix: '  ' }))
      .toThrow('jobNamePrefix must not have only spaces, got "  "; leave it out for the default');
  });

  test('accepts a token', () => {
    const stack = newStack();

    expect(() => importInto(stack, { jobNamePrefix: textParameter(stack) })).not.toThrow();
  });
});

describe('revision', () => {
  test.each([['', 0], [' ', 1], ['x'.repeat(257), 257]])('throws for the value "%s"', (revision, length) => {
    expect(() => importInto(newStack(), { revision })).toThrow(
      new RegExp(`^revision must have 1 to 256 characters and not only spaces, got "${revision.slice(0, 50)}" with ${length}; leave it out if`));
  });

  test.each(['a\0b', 'a\ud800', '\udc00'])('throws for the value %j, which is no text', (revision) => {
    expect(() => importInto(newStack(), { revision })).toThrow(
      `revision must not have NUL or half of a surrogate pair, got ${JSON.stringify(revision)}; leave these characters out`);
  });

  test('accepts 256 characters and accepts a token', () => {
    const stack = newStack();

    expect(() => importInto(stack, { revision: `${'x'.repeat(254)}\u{1f3e5}` }, 'Longest')).not.toThrow();
    expect(() => importInto(stack, { revision: textParameter(stack) }, 'Unknown')).not.toThrow();
  });
});

test.each(['datastore', 'source'])('an import throws if %s is undefined', (name) => {
  const stack = newStack();

  expect(() => new FhirImport(stack, 'Import', { datastore: datastoreOf(stack), source: FhirSource.storage(), [name]: undefined }))
    .toThrow(`an import needs a ${name}, got undefined; set the property ${name}`);
});

test('reportRole throws with failureReport: false, because it has no use', () => {
  const stack = newStack();
  const reportRole = iam.Role.fromRoleName(stack, 'Role', 'report');

  expect(() => importInto(stack, { reportRole, failureReport: false }))
    .toThrow('reportRole "Stack/Role" has no use with failureReport: false; leave reportRole or failureReport out');
});

test.each(['', 'STRICT', 'strict '])('validationLevel throws for the value "%s"', (level) => {
  expect(() => importInto(newStack(), { validationLevel: level as ValidationLevel }))
    .toThrow(`validationLevel must be one of strict, structure-only, minimal, got "${level}"; use a member of ValidationLevel`);
});

describe('outputPrefix', () => {
  test.each(['all/*', 'what?', 'of/${aws:username}'])('throws for the prefix %s, because it contains an IAM wildcard or variable', (prefix) => {
    expect(() => importInto(newStack(), { outputPrefix: prefix })).toThrow(`outputPrefix must not have "*", "?" or "$", got "${prefix}"; IAM`);
    expect(() => FhirSource.storage(prefix)).toThrow(`the prefix of a FHIR source must not have "*", "?" or "$", got "${prefix}"; IAM`);
  });

  test('throws if the location is longer than 1024 characters', () => {
    const stack = newStack();
    const outputBucket = s3.Bucket.fromBucketAttributes(stack, 'Output', {
      bucketName: 'amzn-s3-demo-bucket', encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN),
    });
    const storage = new FhirStorage(stack, 'Storage', { outputBucket });
    const room = 1024 - 's3://amzn-s3-demo-bucket//'.length;

    expect(() => importInto(stack, { storage, outputPrefix: 'o'.repeat(room) }, 'Longest')).not.toThrow();
    expect(() => importInto(stack, { storage, outputPrefix: 'o'.repeat(room + 1) }, 'TooLong')).toThrow(
      /^HealthLake accepts S3 locations of up to 1024 characters, got 1025 or more in "s3:\/\/amzn-s3-demo-bucket\/o+\/"; shorten the prefix/);
  });
});

describe('the check that results are not written into the input', () => {
  /** Returns a function that creates an import with these buckets and prefixes. */
  function importWithBuckets(buckets: (stack: Stack) => s3.IBucket[], input: string, output: string): () => unknown {
    const stack = newStack();
    const [inputBucket, outputBucket] = buckets(stack);
    return () => importInto(stack, {
      source: FhirSource.bucket(inputBucket, input),
      storage: new FhirStorage(stack, 'Storage', { outputBucket, encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) }),
      outputPrefix: output,
    });
  }
  const onceByName = (stack: Stack) => Array(2).fill(s3.Bucket.fromBucketName(stack, 'Bucket', 'amzn-s3-demo-bucket'));
  const twiceByName = (stack: Stack) => ['One', 'Other'].map((id) => s3.Bucket.fromBucketName(stack, id, 'amzn-s3-demo-bucket'));

  test.each<[string, (stack: Stack) => s3.IBucket[]]>([
    ['one construct', onceByName],
    ['one bucket imported twice by name', twiceByName],
    ['one bucket imported in two stacks', (stack) => [stack, new Stack(stack.node.root, 'Other')]
      .map((scope) => s3.Bucket.fromBucketName(scope, 'Bucket', 'amzn-s3-demo-bucket'))],
    ['one bucket imported twice by a value of another stack', (stack) => ['One', 'Other']
      .map((id) => s3.Bucket.fromBucketName(stack, id, Fn.importValue('BucketName')))],
    ['a bucket of the app and its import', (stack) => {
      const bucket = new s3.Bucket(stack, 'Bucket');
      return [bucket, s3.Bucket.fromBucketName(stack, 'Again', bucket.bucketName)];
    }],
  ])('fails if the input bucket and the output bucket are %s', (_, buckets) => {
    expect(importWithBuckets(buckets, 'data/', 'data/results/')).toThrow(
      /^the results would be written into the input: outputPrefix "data\/results\/" is inside the source's prefix "data\/" of the same bucket; give/);
  });

  test.each([['data/', 'data/'], ['', 'results/'], ['', '']])('fails for the input prefix "%s" and the output prefix "%s" in one bucket', (input, output) => {
    expect(importWithBuckets(onceByName, input, output)).toThrow(/^the results would be written into the input: outputPrefix/);
  });

  test.each([['data/', 'results/'], ['data/', 'data-results/'], ['data', 'database/'], ['data/in/', 'data/']])(
    'passes for the input prefix "%s" and the output prefix "%s" in one bucket', (input, output) => {
      expect(importWithBuckets(onceByName, input, output)).not.toThrow();
    });

  test('passes for two buckets, even if they have the same logical id', () => {
    const bothIn = (scopes: (stack: Stack) => Stack[]) => (stack: Stack) => scopes(stack).map((scope, index) => new s3.Bucket(scope, `Bucket${index}`));

    expect(importWithBuckets(bothIn((stack) => [stack, stack]), 'data/', 'data/')).not.toThrow();
    expect(importWithBuckets((stack) => [stack, new Stack(stack.node.root, 'Other')].map((scope) => new s3.Bucket(scope, 'Bucket')), '', ''))
      .not.toThrow();
  });

  test('passes if a prefix or a bucket name is a token', () => {
    const text = 'Text';
    const withToken = (side: 'input' | 'output') => () => {
      const stack = newStack();
      const token = textParameter(stack);
      const bucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'amzn-s3-demo-bucket');
      importInto(stack, {
        source: FhirSource.bucket(bucket, side === 'input' ? token : 'data/'),
        storage: new FhirStorage(stack, 'Storage', { outputBucket: bucket, encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) }),
        outputPrefix: side === 'output' ? token : 'data/',
      });
    };

    expect(withToken('input')).not.toThrow();
    expect(withToken('output')).not.toThrow();
    expect(importWithBuckets((stack) => [
      s3.Bucket.fromBucketName(stack, 'Bucket', 'amzn-s3-demo-bucket'), s3.Bucket.fromBucketName(stack, 'Other', Fn.ref(text)),
    ], 'data/', 'data/')).not.toThrow();
  });
});

describe('a data store', () => {
  const arn = (region: string, account: string) => `arn:aws:healthlake:${region}:${account}:datastore/fhir/${DATASTORE_ID}`;

  test.each([
    ['region', arn('us-west-2', ACCOUNT), 'us-west-2', REGION],
    ['account', arn(REGION, '444455556666'), '444455556666', ACCOUNT],
  ])('is rejected if the %s in its ARN is not that of the import', (what, datastoreArn, there, here) => {
    const stack = newStack({}, ENV);
    const datastore = CfnFHIRDatastore.fromFHIRDatastoreArn(stack, 'Elsewhere', datastoreArn);

    expect(() => importInto(stack, { datastore })).toThrow(new RegExp(
      `^the data store "Stack/Elsewhere.*" is in the ${what} ${there} and the import in ${here}; put the import into a stack of the ${what} ${there}`));
  });

  test('is rejected if its stack is in another Region', () => {
    const stack = newStack({}, ENV);
    const datastore = new CfnFHIRDatastore(new Stack(stack.node.root, 'West', { env: { ...ENV, region: 'us-west-2' } }), 'Datastore',
      { datastoreTypeVersion: 'R4' });

    expect(() => importInto(stack, { datastore })).toThrow(/^the data store "West\/Datastore" is in the region us-west-2 and the import in us-east-1;/);
  });

  test.each([
    '',
    'abc',
    DATASTORE_ID.toUpperCase(),
    ` ${DATASTORE_ID}`,
    `${DATASTORE_ID}\n`,
    `fhir/${DATASTORE_ID}`,
    arn(REGION, ACCOUNT),
  ])('is rejected if its id is %j', (id) => {
    const stack = newStack();
    expect(() => importInto(stack, { datastore: CfnFHIRDatastore.fromDatastoreId(stack, 'Named', id) }))
      .toThrow(`the id of a data store has 32 characters from 0-9 and a-f, got "${id}"; copy it from the console, or if it is an ARN, give the part after "datastore/fhir/"`);
  });

  test.each([
    [arn(REGION, ACCOUNT).replace(DATASTORE_ID, 'abc'), 'the id of a data store has 32 characters from 0-9 and a-f, got "abc"'],
    [arn(REGION, ACCOUNT).replace('aws', 'aws-us-gov'), 'the data store has an ARN of the partition aws-us-gov'],
    [arn(REGION, '1234'), 'the data store must have the ARN of a data store, got "arn:aws:healthlake:us-east-1:1234:datastore/fhir/'],
  ])('is rejected if its ARN is %s', (datastoreArn, problem) => {
    const stack = newStack({}, ENV);

    expect(() => importInto(stack, { datastore: CfnFHIRDatastore.fromFHIRDatastoreArn(stack, 'Named', datastoreArn) })).toThrow(problem);
  });

  test('is rejected if the app creates it with another FHIR version', () => {
    const stack = newStack();
    const [stu3, token] = ['STU3', textParameter(stack)]
      .map((datastoreTypeVersion, n) => new CfnFHIRDatastore(stack, `Own${n}`, { datastoreTypeVersion }));

    expect(() => importInto(stack, { datastore: stu3 }, 'First'))
      .toThrow('the data store "Stack/Own0" has the datastoreTypeVersion "STU3", and HealthLake has only R4; use R4');
    expect(() => importInto(stack, { datastore: token }, 'Second')).not.toThrow();
  });

  test('is accepted if its Region and account are those of the import', () => {
    const stack = newStack({}, ENV);

    expect(() => importInto(stack, { datastore: CfnFHIRDatastore.fromFHIRDatastoreArn(stack, 'Here', arn(REGION, ACCOUNT)) })).not.toThrow();
  });

  test('is accepted if the environment of the data store or of the import is unknown', () => {
    const agnostic = newStack();
    const concrete = newStack({}, ENV);
    const elsewhere = new Stack(concrete.node.root, 'Agnostic');
    const datastore = new CfnFHIRDatastore(elsewhere, 'Datastore', { datastoreTypeVersion: 'R4' });

    expect(() => importInto(agnostic, {
      datastore: CfnFHIRDatastore.fromFHIRDatastoreArn(agnostic, 'There', arn('us-west-2', '444455556666')),
    })).not.toThrow();
    expect(() => importInto(concrete, { datastore })).not.toThrow();
    expect(() => importInto(concrete, {
      datastore: CfnFHIRDatastore.fromDatastoreId(concrete, 'Named', textParameter(concrete)),
    }, 'Second')).not.toThrow();
  });

  test('can have an id that is a token', () => {
    const template = templateWith((stack) => ({ datastore: CfnFHIRDatastore.fromDatastoreId(stack, 'Named', textParameter(stack)) }));
    expect(JSON.stringify(template)).toContain(':datastore/fhir/",{"Ref":"Text"}');
  });
});
