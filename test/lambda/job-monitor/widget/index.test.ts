import { DescribeFHIRImportJobCommand, ListFHIRExportJobsCommand, ListFHIRImportJobsCommand } from '@aws-sdk/client-healthlake';
import { handler } from '../../../../lambda/job-monitor/widget';
import { Aws, DATASTORE, importJob, PATIENT, report, sdkError } from '../../harness';

const OTHER = 'f'.repeat(32);

let aws: Aws;
beforeEach(() => {
  aws = new Aws();
  aws.healthlake.on(ListFHIRImportJobsCommand).resolves({ ImportJobPropertiesList: [] });
  aws.healthlake.on(ListFHIRExportJobsCommand).resolves({ ExportJobPropertiesList: [] });
});
afterEach(() => aws.close());

const call = (event: object, remainingMs = 30_000) => handler({ ...event }, {
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:widget', getRemainingTimeInMillis: () => remainingMs,
});

test('describes its parameters and lists nothing', async () => {
  expect(await call({ describe: true, datastoreIds: [DATASTORE] })).toMatch(/^## .*``` yaml\ndatastoreIds:/s);
  expect(aws.healthlake.calls()).toEqual([]);
});

test('shows why parameters are invalid and lists nothing', async () => {
  expect(await call({ datastoreIds: ['<b>'], widgetContext: { theme: 'dark' } })).toContain('the data store id &quot;&lt;b&gt;&quot; does not have');
  expect(aws.healthlake.calls()).toEqual([]);
});

test('describes a running import that was listed without progress', async () => {
  const running = importJob({ JobStatus: 'IN_PROGRESS', JobProgressReport: undefined });
  aws.healthlake.on(ListFHIRImportJobsCommand).resolves({ ImportJobPropertiesList: [running, importJob({ JobId: 'done', JobStatus: 'COMPLETED' })] });
  aws.healthlake.on(DescribeFHIRImportJobCommand).resolves({ ImportJobProperties: { ...running, JobProgressReport: report(9, 8, 1) } });
  expect(await call({ datastoreIds: [DATASTORE] })).toContain('8 resources imported');
  expect(aws.healthlake.commandCalls(DescribeFHIRImportJobCommand)).toHaveLength(1);

  aws.healthlake.on(DescribeFHIRImportJobCommand).rejects(sdkError('AccessDeniedException', 'no'));
  expect(await call({ datastoreIds: [DATASTORE] })).toContain('no progress is known yet');
});

test('shows and logs the masked error of a data store, and shows the others', async () => {
  aws.healthlake.on(ListFHIRExportJobsCommand, { DatastoreId: OTHER }).rejects(sdkError('AccessDeniedException', `User ${PATIENT} is not authorized`));
  aws.healthlake.on(ListFHIRImportJobsCommand, { DatastoreId: DATASTORE }).resolves({ ImportJobPropertiesList: [importJob({ JobName: 'nightly' })] });
  const html = await call({ datastoreIds: [OTHER, DATASTORE] });
  expect(html).toContain('AccessDeniedException (full text: CloudTrail): User *** is not authorized');
  expect(html).toContain('<a>nightly</a>');
  expect(aws.lines.join()).toContain(OTHER);
  expect(html + aws.lines.join()).not.toContain(PATIENT);
});

test('gives a data store that does not answer only its share of the time', async () => {
  const timeouts = jest.spyOn(AbortSignal, 'timeout');
  aws.healthlake.on(ListFHIRExportJobsCommand, { DatastoreId: OTHER }).callsFake(() => new Promise(() => {}));
  expect(await call({ datastoreIds: [OTHER, DATASTORE] }, 2_200)).toContain('can\'t be listed: HealthLake did not return them in time');
  expect(timeouts.mock.calls).toEqual([[100], [200]]);
});
