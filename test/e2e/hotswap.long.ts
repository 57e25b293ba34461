import type { App } from 'aws-cdk-lib';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { importApp } from './harness/import-app';
import { type Existing, type Laptop, onLaptop } from './harness/laptop';

jest.setTimeout(180_000);

/** Returns an app with an import, and with a function that returns `answer` and the job's id. */
function app(data: Existing, answer: string) {
  return (root: App): void => importApp(data, {}, (stack, { jobId }) => {
    new Function(stack, 'Reader', {
      functionName: 'reader',
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline(`exports.handler = async () => ["${answer}", process.env.JOB];`),
      environment: { JOB: jobId },
    });
  })(root);
}

async function answerOf({ aws }: Laptop): Promise<unknown> {
  return (await aws.lambda.invoke(aws.iam.admin, 'reader', {})).payload;
}

test('cdk deploy --hotswap changes the code of a function beside an import without a deployment, and starts no job', onLaptop({}, async (laptop, data) => {
  expect(await laptop.deploy(app(data, 'one'))).toBe(0);
  const [{ JobId }] = laptop.jobs();
  expect(await answerOf(laptop)).toEqual(['one', JobId]);

  const { exitCode, output } = await laptop.cdk('deploy', app(data, 'two'), '--hotswap');
  expect(exitCode === 0 ? output : `failed: ${output}`).toContain('hotswapped');
  expect(await answerOf(laptop)).toEqual(['two', JobId]);
  expect(laptop.stack('Import').status).toBe('CREATE_COMPLETE');
  expect(laptop.jobs()).toHaveLength(1);
}));
