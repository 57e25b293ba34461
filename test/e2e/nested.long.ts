import { type App, CfnOutput, CustomResource, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { existing } from './harness/import-app';
import { type Existing, type Laptop, onLaptop } from './harness/laptop';
import { FhirImport, type FhirImportProps, FhirSource } from '../../src';

jest.setTimeout(180_000);

/** Returns an app whose stack `Root` has a nested stack with an import. */
function app(data: Existing, props: Partial<FhirImportProps> = {}, change: (parent: Stack, nested: NestedStack) => void = () => {}) {
  return (root: App): void => {
    const parent = new Stack(root, 'Root');
    const nested = new NestedStack(parent, 'Nested');
    const { datastore, data: bucket } = existing(nested, data);
    const { jobId } = new FhirImport(nested, 'Patients', { datastore, source: FhirSource.bucket(bucket, 'in/'), ...props });
    new CfnOutput(parent, 'jobId', { value: jobId });
    change(parent, nested);
  };
}

/** Makes the deployment fail after it has deployed the nested stack, because the name of a bucket is already taken. */
function failAfter({ bucket }: Existing) {
  return (parent: Stack, nested: NestedStack) => new Bucket(parent, 'Taken', { bucketName: bucket }).node.addDependency(nested);
}

/** Makes the deployment fail after 200 s, because a custom resource never answers. */
function failMeanwhile(parent: Stack): void {
  const { functionArn: serviceToken } = new Function(parent, 'Silent', {
    runtime: Runtime.NODEJS_22_X, handler: 'index.handler', code: Code.fromInline('exports.handler = async () => {};'),
  });
  new CustomResource(parent, 'Unanswered', { serviceToken, serviceTimeout: Duration.seconds(200) });
}

function nestedStatus({ aws }: Laptop) {
  return aws.cloudformation.stacks.all().find(({ parent }) => parent)?.status;
}

test('an import in a nested stack is created, compared, updated and destroyed, and the parent can read its attributes', onLaptop({}, async (laptop, data) => {
  laptop.appProps = { context: { 'aws:cdk:enable-asset-metadata': true } }; // as the CLI sets it, so that `cdk diff` finds the nested template
  const { exitCode, output } = await laptop.cdk('deploy', app(data));
  expect(exitCode === 0 ? output : `failed: ${output}`).toMatch(/Custom::FhirImportOutcome[^\n]*Nested/);
  expect(laptop.output('Root', 'jobId')).toBe(laptop.jobs()[0].JobId);
  expect((await laptop.cdk('diff', app(data))).output).toContain('There were no differences');

  const revised = app(data, { revision: '2' });
  expect((await laptop.cdk('diff', revised)).output).toMatch(/Stack Root-Nested[^]*\[~\] Custom::FhirImportJob/);
  expect(await laptop.deploy(revised)).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
  expect(laptop.output('Root', 'jobId')).toBe(laptop.jobs()[1].JobId);
  expect(nestedStatus(laptop)).toBe('UPDATE_COMPLETE');

  expect((await laptop.cdk('destroy', app(data))).exitCode).toBe(0);
  expect(laptop.aws.cloudformation.stacks.live()).toEqual([]);
}));

describe.each([
  ['shows the roll-back of its parent', true, 'UPDATE_ROLLBACK_COMPLETE'],
  ['is updated to its former template by the roll-back of its parent', false, 'UPDATE_COMPLETE'],
])('if the nested stack %s', (_, nestedStackShowsRollback, status) => {
  const options = { cloudformation: { nestedStackShowsRollback } };

  test('the roll-back starts no job, and the next deployment adopts the job of the failed one', onLaptop(options, async (laptop, data) => {
    expect(await laptop.deploy(app(data))).toBe(0);
    expect(await laptop.deploy(app(data, { revision: '2' }, failAfter(data)))).toBe(1);
    expect(laptop.stack('Root').status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(nestedStatus(laptop)).toBe(status);
    expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
    expect(laptop.output('Root', 'jobId')).toBe(laptop.jobs()[0].JobId);

    expect(await laptop.deploy(app(data, { revision: '2' }))).toBe(0);
    expect(laptop.jobs()).toHaveLength(2);
    expect(laptop.output('Root', 'jobId')).toBe(laptop.jobs()[1].JobId);
  }));
});

test('a roll-back in the middle of the import of a nested stack starts no job', onLaptop(
  { cloudformation: { nestedStackShowsRollback: false } }, async (laptop, data) => {
    expect(await laptop.deploy(app(data))).toBe(0);
    laptop.aws.healthlake.healthLake.stallQueue();
    expect(await laptop.deploy(app(data, { revision: '2' }, failMeanwhile))).toBe(1);
    expect(laptop.stack('Root').status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(nestedStatus(laptop)).toBe('UPDATE_COMPLETE');
    expect(laptop.output('Root', 'jobId')).toBe(laptop.jobs()[0].JobId);
    expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'QUEUED']);
  }));
