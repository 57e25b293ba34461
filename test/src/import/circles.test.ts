import { NestedStack, type Stack } from 'aws-cdk-lib';
import { RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { type FhirImport, FhirSource } from '../../../src';
import { importInto as minimalImport, newStack, templateOf } from '../../support/synth';

/** Creates an import whose source is the given bucket. The prefix is the construct id, so that each import has a different data set. */
function importInto(stack: Stack, bucket: Bucket, id = 'Import'): FhirImport {
  return minimalImport(stack, { source: FhirSource.bucket(bucket, id) }, id);
}

const functionWith = (stack: Stack, text: string) =>
  new Function(stack, 'Function', { code: Code.fromInline('x'), handler: 'index.x', runtime: Runtime.NODEJS_22_X, environment: { text } });

describe('the synthesis fails and names the constructs', () => {
  test.each<[string, string, (stack: Stack, bucket: Bucket) => void]>([
    ['if the message of a rule uses the job id', '"Stack/Import" waits for "Stack/Import/Failed", which waits for "Stack/Import"', (stack, bucket) => {
      const fhirImport = importInto(stack, bucket);
      fhirImport.onFailed('Failed', { target: new SqsQueue(new Queue(stack, 'Queue'), { message: RuleTargetInput.fromObject({ job: fhirImport.jobId }) }) });
    }],
    [
      'if the function that a rule invokes uses the job id',
      '"Stack/Import" waits for "Stack/Import/Failed", which waits for "Stack/Function", which waits for "Stack/Import"',
      (stack, bucket) => {
        const fhirImport = importInto(stack, bucket);
        fhirImport.onFailed('Failed', { target: new LambdaFunction(functionWith(stack, fhirImport.jobId)) });
      },
    ],
    ['if the source bucket waits for the import', '"Stack/Import" waits for "Stack/Bucket", which waits for "Stack/Import"', (stack, bucket) => {
      importInto(stack, bucket).executeBefore(bucket);
    }],
    ['if the source bucket waits for an import in a nested stack', '"Stack/Nested/Import" waits for "Stack/Bucket", which waits for "Stack/Nested/Import"', (stack, bucket) => {
      importInto(new NestedStack(stack, 'Nested') as Stack, bucket).executeBefore(bucket);
    }],
    ['if the provider waits for the import', '"Stack/Import" waits for "Stack/FhirImportProvider/Provider/framework-onEvent", which waits', (stack, bucket) => {
      const fhirImport = importInto(stack, bucket);
      fhirImport.executeBefore(fhirImport.provider);
    }],
    ['only once if two imports wait for each other', '"Stack/Import" waits for "Stack/Second", which waits for "Stack/Import"; remove', (stack, bucket) => {
      const [first, second] = [importInto(stack, bucket), importInto(stack, bucket, 'Second')];
      first.executeAfter(second);
      second.executeAfter(first);
    }],
  ])('%s', (_, message, build) => {
    const stack = newStack();
    build(stack, new Bucket(stack, 'Bucket'));
    const errorOf = () => {
      try {
        templateOf(stack);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const errors = errorOf().split('\n').slice(1);

    expect(errors).toEqual([expect.stringContaining(message)]);
  });
});

test('a function that the import does not wait for can use the job id', () => {
  const stack = newStack();
  functionWith(stack, importInto(stack, new Bucket(stack, 'Bucket')).jobId);

  expect(() => templateOf(stack)).not.toThrow();
});
