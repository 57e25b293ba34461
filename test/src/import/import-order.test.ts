import { CfnResource, Duration, Stack, Stage } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { Completion, type FhirImport, type FhirImportProps, FhirSource } from '../../../src';
import { datastoreOf, importInto as minimalImport, newApp, newStack, onlyResource, templateOf } from '../../support/synth';

/** Creates an import whose source prefix is its construct id, so that each import has a different data set. */
function importInto(stack: Stack, props: Partial<FhirImportProps> = {}, id = 'Import'): FhirImport {
  return minimalImport(stack, { source: FhirSource.storage(id), ...props }, id);
}

/** Stands for an upload: a construct that refers to the input bucket. */
class Upload extends Construct {
  constructor(scope: Construct, id: string, bucket: s3.IBucket) {
    super(scope, id);
    new CfnResource(this, 'Resource', { type: 'Custom::Upload', properties: { Bucket: bucket.bucketName } });
  }
}

describe('executeAfter', () => {
  test('orders the job after an upload into the input bucket of the same import', () => {
    const stack = newStack();
    const fhirImport = importInto(stack);
    fhirImport.executeAfter(new Upload(stack, 'New', fhirImport.storage.inputBucket));
    const template = templateOf(stack); // throws on circular dependencies

    expect(onlyResource(template, 'Custom::FhirImportJob').DependsOn).toContain(onlyResource(template, 'Custom::Upload').logicalId);
    for (const role of [/DataAccessRole/, /OperatorRole/]) {
      expect(onlyResource(template, 'AWS::IAM::Role', role).DependsOn ?? []).not.toContain(onlyResource(template, 'Custom::Upload').logicalId);
    }
  });

  test('orders the job after the outcome of another import', () => {
    const stack = newStack();
    const [first, second] = [importInto(stack, {}, 'First'), importInto(stack, {}, 'Second')];
    second.executeAfter(first);
    const template = templateOf(stack);

    expect(onlyResource(template, 'Custom::FhirImportJob', /^Second/).DependsOn)
      .toContain(onlyResource(template, 'Custom::FhirImportOutcome', /^First/).logicalId);
  });

  test('accepts several constructs, in one call or in several calls', () => {
    const stack = newStack();
    const fhirImport = importInto(stack);
    const [one, two, three] = ['One', 'Two', 'Three'].map((id) => new CfnResource(stack, id, { type: 'Custom::Thing' }));
    fhirImport.executeAfter(one, two);
    fhirImport.executeAfter(three);

    expect(onlyResource(templateOf(stack), 'Custom::FhirImportJob').DependsOn).toEqual(expect.arrayContaining(['One', 'Two', 'Three']));
  });

  test('accepts constructs that are typed as an interface, such as IBucket', () => {
    const stack = newStack();
    const [before, after]: s3.IBucket[] = ['Before', 'After'].map((id) => new s3.Bucket(stack, id));
    const fhirImport = importInto(stack);
    fhirImport.executeAfter(before);
    fhirImport.executeBefore(after);
    const template = templateOf(stack);
    const job = onlyResource(template, 'Custom::FhirImportJob');

    expect(job.DependsOn).toContain(onlyResource(template, 'AWS::S3::Bucket', /^Before/).logicalId);
    expect(onlyResource(template, 'AWS::S3::Bucket', /^After/).DependsOn).toContain(job.logicalId);
  });
});

test.each([50, 180])('executeBefore orders constructs after the outcome of an import with a time-out of %d minutes', (minutes) => {
  const stack = newStack();
  const fhirImport = importInto(stack, { completion: Completion.waitFor({ timeout: Duration.minutes(minutes) }) });
  const thing = new CfnResource(stack, 'Thing', { type: 'Custom::Thing' });
  fhirImport.executeBefore(thing);
  const template = templateOf(stack);

  expect(onlyResource(template, 'Custom::Thing').DependsOn).toEqual(
    ['Custom::FhirImportJob', 'Custom::FhirImportOutcome'].map((type) => onlyResource(template, type).logicalId));
});

describe.each(['executeAfter', 'executeBefore'] as const)('%s()', (method) => {
  test.each<[string, (stack: Stack, parent: Construct, self: Construct) => Construct, string]>([
    ['the stack', (stack) => stack, 'Stack'],
    ['a parent of the import', (_, parent) => parent, 'Stack/Parent'],
    ['the import itself', (_, __, self) => self, 'Stack/Parent/Import'],
  ])('throws if the argument is %s', (_, pick, path) => {
    const stack = newStack();
    const parent = new Construct(stack, 'Parent');
    const fhirImport = importInto(parent as Stack, { datastore: datastoreOf(stack) });

    expect(() => fhirImport[method](pick(stack, parent, fhirImport)))
      .toThrow(new RegExp(`^${method}\\("${path}"\\) would make the import wait for itself, because that construct contains it; name the constructs`));
  });

  test('throws if the argument is in another stage', () => {
    const app = newApp();
    const [fhirImport, other] = ['Beta', 'Prod'].map((name) => importInto(new Stack(new Stage(app, name), 'Stack')));

    expect(() => fhirImport[method](other)).toThrow(
      `${method}("Prod/Stack/Import") can't order the import "Beta/Stack/Import", because they are in different stages; deploy one stage after the other`);
  });
});
