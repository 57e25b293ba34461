import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type ExportContract, contractOf, OF_THE_APP, shapeOf, VERSIONS, without } from './recorded';
import { fingerprintOf } from '../../lambda/export/fingerprint';
import { EXPORT } from '../../lambda/export/kind';
import { outcomeOf, watchedJobOf } from '../../lambda/jobs/monitor/start';
import { Completion, FhirDatastore, FhirExport } from '../../src';
import { CONTRACT_VERSION, EXPORT_RESOURCE_TYPES } from '../../src/contract';
import { Aws, jobEvent, outcomeEvent } from '../lambda/harness';
import { Deployed } from '../support/deployed';
import { monitorDefinitionOf } from '../support/state-machine';
import { exportFrom, templateOf } from '../support/synth';

const RECORDED = VERSIONS.flatMap((version): [string, ExportContract][] => {
  const { export: recorded } = contractOf(version);
  return recorded ? [[version, recorded]] : [];
});
const [, newest] = RECORDED[RECORDED.length - 1];

describe.each(RECORDED)('the handler, for an export of contract version %s,', (_, recorded) => {
  const { job, jobPhysicalId, jobAttributes, fingerprint, outcome, outcomePhysicalId, outcomeAttributes } = recorded;

  let aws: Aws;

  beforeEach(() => {
    aws = new Aws();
  });
  afterEach(() => aws.close());

  test('computes the recorded fingerprint, and a different fingerprint if the job has no revision', () => {
    expect(fingerprintOf(job)).toBe(fingerprint);
    expect(fingerprintOf({ DatastoreId: job.DatastoreId })).not.toBe(fingerprint);
  });

  test('reads every job attribute from the physical id in an update that keeps the revision', async () => {
    const { physicalId, data } = await aws.run(jobEvent({
      RequestType: 'Update',
      ResourceType: EXPORT_RESOURCE_TYPES.job,
      ResourceProperties: without(job, ['AllowEmpty', 'Watch']),
      OldResourceProperties: job,
      PhysicalResourceId: jobPhysicalId,
    }));

    expect(physicalId).toBe(jobPhysicalId);
    expect(Object.keys(data!)).toEqual(expect.arrayContaining([...jobAttributes]));
    expect(aws.callCount).toBe(0);
  });

  test('reads every outcome attribute from the physical id in an update', async () => {
    const { physicalId, data } = await aws.run(outcomeEvent({
      RequestType: 'Update',
      ResourceType: EXPORT_RESOURCE_TYPES.outcome,
      ResourceProperties: { ...outcome, TimeoutSeconds: '60' },
      OldResourceProperties: outcome,
      PhysicalResourceId: outcomePhysicalId,
    }));

    expect(physicalId).toBe(outcomePhysicalId);
    expect(Object.keys(data!)).toEqual(expect.arrayContaining([...outcomeAttributes]));
    expect(data).toMatchObject({ JobStatus: 'COMPLETED', FilesExported: '12', BytesExported: '3456789', ResourcesExported: '1000' });
  });
});

test('exports write exactly the properties of the newest contract version', () => {
  const { job, jobOfDetached, jobWithoutOptional, outcome, outcomeWithoutOptional, wait, waitWithoutOptional } = newest;
  const stack = new Stack(new App(), 'Export');
  const datastore = FhirDatastore.fromDatastoreId(stack, 'Datastore', job.DatastoreId);
  const all = { datastore, revision: job.Revision, allowEmpty: true };
  const whole = new FhirExport(stack, 'Whole', { ...all, completion: Completion.waitFor({ timeout: Duration.hours(2) }) });
  whole.onFailed('Failed');
  const bare = new FhirExport(stack, 'Bare', { datastore });
  bare.executeAfter(whole);
  new FhirExport(stack, 'Detached', { ...all, completion: Completion.detached() }).executeAfter(bare);
  const template = Template.fromStack(stack);
  const writtenTo = (type: string): Record<string, unknown>[] => Object.values(template.findResources(type)).map(({ Properties }) => Properties);
  const shapesOf = (type: string) => writtenTo(type).map(shapeOf);

  expect(shapesOf(EXPORT_RESOURCE_TYPES.job))
    .toEqual([without(shapeOf(job), jobOfDetached), without(shapeOf(job), jobWithoutOptional), shapeOf(job)]);
  expect(shapesOf(EXPORT_RESOURCE_TYPES.outcome)).toEqual([shapeOf(outcome), without(shapeOf(outcome), outcomeWithoutOptional)]);
  expect(shapesOf(EXPORT_RESOURCE_TYPES.wait)).toEqual([without(shapeOf(wait), waitWithoutOptional), shapeOf(wait)]);
  expect(writtenTo(EXPORT_RESOURCE_TYPES.job)[0]).toMatchObject(without(job, [...OF_THE_APP, ...jobOfDetached]));
  expect(job.ContractVersion).toBe(CONTRACT_VERSION);
});

describe('the input of a monitor execution of an export', () => {
  const { job, outcome, watched } = newest;

  test('equals the input that the contract records', () => {
    const input = watchedJobOf(EXPORT, outcomeOf(EXPORT, job, outcome.JobId, job.Watch!), watched.RequestedAt);

    expect(JSON.parse(JSON.stringify(input))).toEqual(watched);
  });

  test('is passed to the handler unchanged', () => {
    const stack = new Stack(new App(), 'Stack');
    exportFrom(stack, { completion: Completion.detached() });
    const { States } = monitorDefinitionOf(new Deployed(templateOf(stack)));
    const { Parameters: { Payload } } = States.Judge as unknown as { Parameters: { Payload: Record<string, string> } };

    expect(Payload).toEqual(Object.fromEntries(Object.keys(watched).map((member) => [`${member}.$`, `$.${member}`])));
  });
});
