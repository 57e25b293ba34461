import { Alarm, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Completion, type FhirExport } from '../../../src';
import { EXPORT_METRICS } from '../../../src/contract';
import { Deployed } from '../../support/deployed';
import { DATASTORE_ID, exportFrom, FEATURE_FLAGS, newStack, onlyResource, templateOf } from '../../support/synth';

const RULE = 'AWS::Events::Rule';
const TOPIC_ARN = 'arn:aws:sns:us-east-1:111122223333:ops';

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  test('the rules of an export match only events of that export, and the job depends on the rules', () => {
    const stack = newStack(flags);
    const fhirExport = exportFrom(stack, { outputPrefix: 'copies' });
    fhirExport.onSucceeded('Done');
    fhirExport.onFailed('Undone');
    fhirExport.onStatusChange('Change');
    const template = templateOf(stack);
    const { template: deployed } = new Deployed(template);
    const patternOf = (id: RegExp) => onlyResource(deployed, RULE, id).Properties.EventPattern;
    const detail = { constructPath: ['Stack/Export'], datastoreId: [DATASTORE_ID] };
    const output = onlyResource(template, 'AWS::S3::Bucket').logicalId.toLowerCase();

    expect(patternOf(/Done/)).toEqual({ 'source': ['cdk-healthlake-import'], 'detail-type': ['FHIR Export Succeeded'], detail });
    expect(patternOf(/Undone/)).toEqual({ 'source': ['cdk-healthlake-import'], 'detail-type': ['FHIR Export Failed'], detail });
    expect(patternOf(/Change/)).toEqual({
      'source': ['aws.healthlake'],
      'detail-type': [
        'Export Job Submitted', 'Export Job Queued', 'Export Job In Progress', 'Export Job Completed', 'Export Job Completed With Errors', 'Export Job Failed',
      ],
      'detail': { datastoreId: [DATASTORE_ID], outputDataConfig: { s3Uri: [`s3://${output}/copies/`] } },
    });
    expect(onlyResource(template, 'Custom::FhirExportJob').DependsOn).toEqual(expect.arrayContaining(
      [/Done/, /Undone/, /Change/].map((id) => onlyResource(template, RULE, id).logicalId)));
  });

  test('the topic of a detached export receives the counts, and the alarm of the monitor of exports notifies the topic', () => {
    const stack = newStack(flags);
    exportFrom(stack, { completion: Completion.detached(), notificationTopic: Topic.fromTopicArn(stack, 'Topic', TOPIC_ARN) });
    const template = templateOf(stack);
    const { EventPattern: pattern, Targets: [target] } = onlyResource(template, RULE).Properties;

    expect(pattern['detail-type']).toEqual(['FHIR Export Succeeded', 'FHIR Export Failed']);
    expect(target.InputTransformer.InputTemplate).toBe('"<detail-type>: job <detail-jobId> of data store <detail-datastoreId> (<detail-constructPath>), '
      + 'status <detail-jobStatus>, files <detail-filesExported>, bytes <detail-bytesExported>, resources <detail-resourcesExported>"');
    expect(onlyResource(template, 'AWS::CloudWatch::Alarm', /WatchExports/).Properties.AlarmActions).toEqual([TOPIC_ARN]);
  });
});

test.each<[string, string, (fhirExport: FhirExport) => Metric]>([
  ['FilesExported', 'Sum', (fhirExport) => fhirExport.metricFilesExported()],
  ['BytesExported', 'Sum', (fhirExport) => fhirExport.metricBytesExported()],
  ['ResourcesExported', 'Sum', (fhirExport) => fhirExport.metricResourcesExported()],
  ['Duration', 'Maximum', (fhirExport) => fhirExport.metricDuration()],
  ['Succeeded', 'Sum', (fhirExport) => fhirExport.metricSucceeded()],
  ['Failed', 'Sum', (fhirExport) => fhirExport.metricFailed()],
])('the metric %s is one of those that the handler writes', (metricName, statistic, metricOf) => {
  expect(EXPORT_METRICS).toContain(metricName);
  expect(metricOf(exportFrom(newStack()))).toMatchObject({
    namespace: 'CdkHealthLakeImport', metricName, statistic, dimensions: { DatastoreId: DATASTORE_ID, ConstructPath: 'Stack/Export' },
  });
});

test('alarmOnFailure() creates an alarm on the metric Failed', () => {
  const stack = newStack();

  expect(exportFrom(stack).alarmOnFailure()).toBeInstanceOf(Alarm);
  expect(onlyResource(templateOf(stack), 'AWS::CloudWatch::Alarm').Properties).toMatchObject({
    AlarmDescription: 'The FHIR export Stack/Export failed', MetricName: 'Failed', Threshold: 1,
  });
});
