import { Duration } from 'aws-cdk-lib';
import { Alarm, type Metric, type MetricOptions, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { IMPORT } from '../../../lambda/import/kind';
import { evidenceOf } from '../../../lambda/jobs/evidence';
import { metricsOf, putMetrics } from '../../../lambda/telemetry/metrics';
import type { FhirImport, FhirImportProps } from '../../../src';
import type { ImportOutcomeProperties } from '../../../src/contract';
import { importJob, report } from '../../lambda/harness';
import { DATASTORE_ID, FEATURE_FLAGS, importInto, newStack, onlyResource, resourcesOfType, templateOf, textParameter } from '../../support/synth';

const METRICS: [string, string, (fhirImport: FhirImport, options?: MetricOptions) => Metric][] = [
  ['ResourcesScanned', 'Sum', (fhirImport, options) => fhirImport.metricResourcesScanned(options)],
  ['ResourcesImported', 'Sum', (fhirImport, options) => fhirImport.metricResourcesImported(options)],
  ['ResourcesFailed', 'Sum', (fhirImport, options) => fhirImport.metricResourcesFailed(options)],
  ['Duration', 'Maximum', (fhirImport, options) => fhirImport.metricDuration(options)],
  ['Succeeded', 'Sum', (fhirImport, options) => fhirImport.metricSucceeded(options)],
  ['Failed', 'Sum', (fhirImport, options) => fhirImport.metricFailed(options)],
];

/** A log line in the CloudWatch embedded metric format. */
interface MetricLine {
  readonly _aws: { readonly CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[] };
  readonly [member: string]: unknown;
}

/** Returns the log line with metrics that the handler writes for a completed job. */
function writtenOf(properties: ImportOutcomeProperties): MetricLine {
  const job = importJob({
    JobStatus: 'COMPLETED', JobProgressReport: report(10, 9, 1), SubmitTime: new Date(1_000_000), EndTime: new Date(1_090_000),
  });
  const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    putMetrics(properties, metricsOf(IMPORT, { kind: 'succeeded', evidence: evidenceOf(IMPORT, job) }));
    return JSON.parse(String(written.mock.calls[0][0])) as MetricLine;
  } finally {
    written.mockRestore();
  }
}

function importAndLine(id: string, props: Partial<FhirImportProps> = {}): { fhirImport: FhirImport; line: MetricLine } {
  const stack = newStack();
  const fhirImport = importInto(stack, props, id);
  const { Properties } = onlyResource(templateOf(stack), 'Custom::FhirImportOutcome');
  return { fhirImport, line: writtenOf(Properties as unknown as ImportOutcomeProperties) };
}

describe.each(METRICS)('the metric %s', (name, statistic, metricOf) => {
  test.each(['Import', 'Import für Ärzte', 'x'.repeat(600)])('matches the metric that the handler writes for the import "%s"', (id) => {
    const { fhirImport, line } = importAndLine(id);
    const metric = metricOf(fhirImport);
    const [{ Namespace, Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
    const written = Object.fromEntries(Dimensions[0].map((dimension) => [dimension, line[dimension]]));

    expect(metric).toMatchObject({ namespace: Namespace, metricName: name, statistic });
    expect(metric.dimensions).toEqual(written);
    expect(Metrics.map(({ Name }) => Name)).toContain(name);
    expect(line[name]).toEqual(expect.any(Number));
    expect(metric.period.toMinutes()).toBe(5);
  });

  test('accepts metric options', () => {
    const fhirImport = importInto(newStack());
    const metric = metricOf(fhirImport, { statistic: 'p90', period: Duration.hours(6), label: 'FHIR', unit: Unit.COUNT, color: '#ff0000' });

    expect(metric).toMatchObject({ statistic: 'p90', label: 'FHIR', unit: 'Count', color: '#ff0000', metricName: name });
    expect(metric.period.toHours()).toBe(6);
    expect(metric.dimensions).toEqual({ DatastoreId: DATASTORE_ID, ConstructPath: 'Stack/Import' });
  });
});

test('metricAlreadyImported() matches the metric that the handler emits for alreadyImported', () => {
  const metrics = metricsOf(IMPORT, { kind: 'already imported' });

  expect(metrics).toEqual({ AlreadyImported: { value: 1, unit: 'Count' } });
  expect(importInto(newStack()).metricAlreadyImported({ label: 'FHIR' })).toMatchObject({
    namespace: 'CdkHealthLakeImport', metricName: 'AlreadyImported', statistic: 'Sum', label: 'FHIR', dimensions: { DatastoreId: DATASTORE_ID, ConstructPath: 'Stack/Import' },
  });
});

test('FhirImport has a method for every metric that the handler writes for a completed job', () => {
  const [{ Metrics }] = importAndLine('Import').line._aws.CloudWatchMetrics;

  expect(Metrics.map(({ Name }) => Name).sort()).toEqual(METRICS.map(([name]) => name).sort());
});

test('metric() returns a metric by its name', () => {
  const metric = importInto(newStack()).metric('ResourcesImportedSoFar', { period: Duration.minutes(1) });

  expect(metric).toMatchObject({
    namespace: 'CdkHealthLakeImport',
    metricName: 'ResourcesImportedSoFar',
    statistic: 'Sum',
    dimensions: { DatastoreId: DATASTORE_ID, ConstructPath: 'Stack/Import' },
  });
  expect(metric.period.toMinutes()).toBe(1);
});

test.each(['resourcesFailed', 'Errors', ''])('metric() throws for the name "%s", because an alarm on such a metric would never fire', (name) => {
  expect(() => importInto(newStack()).metric(name)).toThrow(`an import has no metric "${name}"; use one of ResourcesScanned, ResourcesImported, `);
});

test('the DatastoreId dimension can be a token', () => {
  const stack = newStack();
  const datastoreId = textParameter(stack);
  const alarm = importInto(stack, { datastore: { fhirDatastoreRef: { datastoreId, datastoreArn: datastoreId }, env: stack.env, node: stack.node } as unknown as FhirImportProps['datastore'] })
    .alarmOnFailure();

  expect(alarm).toBeInstanceOf(Alarm);
  expect(onlyResource(templateOf(stack), 'AWS::CloudWatch::Alarm').Properties.Dimensions).toContainEqual({ Name: 'DatastoreId', Value: { Ref: 'Text' } });
});

describe.each(FEATURE_FLAGS)('alarmOnFailure() in an app %s', (_, flags) => {
  test('creates an alarm that fires at the first failure', () => {
    const stack = newStack(flags);
    importInto(stack).alarmOnFailure();

    expect(onlyResource(templateOf(stack), 'AWS::CloudWatch::Alarm').Properties).toEqual({
      AlarmDescription: 'The FHIR import Stack/Import failed',
      Namespace: 'CdkHealthLakeImport',
      MetricName: 'Failed',
      Dimensions: [{ Name: 'ConstructPath', Value: 'Stack/Import' }, { Name: 'DatastoreId', Value: DATASTORE_ID }],
      Statistic: 'Sum',
      Period: 300,
      Threshold: 1,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  test('creates two alarms for two ids, and throws for an id that is already used', () => {
    const stack = newStack(flags);
    const fhirImport = importInto(stack);
    const alarms = [fhirImport.alarmOnFailure(), fhirImport.alarmOnFailure('Pager')];

    expect(alarms.map(({ node }) => node.id)).toEqual(['FailureAlarm', 'Pager']);
    expect(resourcesOfType(templateOf(stack), 'AWS::CloudWatch::Alarm')).toHaveLength(2);
    expect(() => fhirImport.alarmOnFailure()).toThrow(/FailureAlarm/);
  });
});
