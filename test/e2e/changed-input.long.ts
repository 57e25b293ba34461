import { CfnOutput, type CfnResource, type Stack } from 'aws-cdk-lib';
import { addOutputs, importApp } from './harness/import-app';
import { type Laptop, onLaptop, patients } from './harness/laptop';
import { Completion, ErrorTolerance, type FhirImport } from '../../src';

jest.setTimeout(300_000);

const WARNING = 'warning: objects of the input changed after their job was submitted; a new revision imports them';
const warningsOf = (laptop: Laptop) => laptop.logs().split('\n').filter((line) => line.includes(WARNING)).length;
const showInputChanged = (_: Stack, fhirImport: FhirImport) => addOutputs(fhirImport, 'inputChanged');

test('changed objects cause a warning, with failIfInputChanged a failure, and a new revision imports them', onLaptop({}, async (laptop, data) => {
  const deploy = (...args: Parameters<typeof importApp> extends [unknown, ...infer Rest] ? Rest : never) => laptop.deploy(importApp(data, ...args));
  expect(await deploy({}, showInputChanged)).toBe(0);
  expect(laptop.output('Import', 'inputChanged')).toBe('false');

  await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(4));
  expect(await deploy({}, showInputChanged)).toBe(0);
  expect(warningsOf(laptop)).toBe(0); // CloudFormation doesn't call the functions if no property changes

  const tolerant = { errorTolerance: ErrorTolerance.any() };
  expect(await deploy(tolerant, showInputChanged)).toBe(0);
  expect(laptop.output('Import', 'inputChanged')).toBe('true');
  expect(warningsOf(laptop)).toBe(1);
  const jobId = laptop.output('Import', 'jobId');

  const strict = { ...tolerant, failIfInputChanged: true };
  expect(await deploy(strict, showInputChanged)).toBe(1);
  expect(laptop.reasons('Import').join('\n')).toContain(`no import job was started: objects under s3://${data.bucket}/in/ changed after the import job ${jobId} `
    + 'was submitted: 1 of 1 .ndjson objects with content are newer; a new revision imports them');
  expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(laptop.output('Import', 'jobId')).toBe(jobId);
  expect(laptop.jobs()).toHaveLength(1);

  expect(await deploy({ ...strict, revision: '2' }, showInputChanged)).toBe(0);
  expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
  expect(laptop.output('Import', 'inputChanged')).toBe('false');
  expect(laptop.aws.healthlake.healthLake.resources(data.datastoreId)).toHaveLength(4);

  await laptop.remove(data.bucket, 'in/Patient.ndjson');
  expect(await deploy({ ...strict, revision: '2', errorTolerance: ErrorTolerance.none() }, showInputChanged)).toBe(0);
  expect(laptop.output('Import', 'inputChanged')).toBe('false');
}));

test.each([['that waits', {}], ['that is detached', { completion: Completion.detached() }]])(
  'inputChanged of an import %s can be used in a stack that an earlier version of the library deployed', async (_what, props) => onLaptop({}, async (laptop, data) => {
    expect(await laptop.deploy(importApp(data, props))).toBe(0);
    await laptop.untilNoJobRuns();
    // The provider of an earlier version responded without the attribute.
    const { resources } = laptop.stack('Import');
    const job = [...resources.values()].find(({ type }) => type === 'Custom::FhirImportJob')!;
    const { InputChanged, ...attributes } = job.attributes;
    expect(InputChanged).toBe('false');
    resources.set(job.logicalId, { ...job, attributes });

    const withoutProperty = importApp(data, props, (stack, fhirImport) => {
      const resource = fhirImport.node.findChild('Job').node.defaultChild as CfnResource;
      new CfnOutput(stack, 'raw', { value: resource.getAtt('InputChanged').toString() });
    });
    expect(await laptop.deploy(withoutProperty)).toBe(1);
    expect(laptop.reasons('Import').join('\n')).toContain('Vendor response doesn\'t contain InputChanged attribute');

    expect(await laptop.deploy(importApp(data, props, showInputChanged))).toBe(0);
    expect(laptop.output('Import', 'inputChanged')).toBe('false');
  })());
