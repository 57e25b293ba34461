import { Duration } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { FhirJobMonitor } from '../../../src';
import { datastores, monitorIn } from '../../support/jobs';
import { FEATURE_FLAGS, newStack, onlyResource, resourcesOfType, type ResourceJson, templateOf } from '../../support/synth';

const ALARM = 'AWS::CloudWatch::Alarm';
const COMPOSITE = 'AWS::CloudWatch::CompositeAlarm';
const AT_LEAST = { ComparisonOperator: 'GreaterThanOrEqualToThreshold' };

/** A query of an alarm with an expression. */
interface Query {
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: { readonly MetricName: string }; readonly Period: number; readonly Stat: string };
}

/** Returns the expression of an alarm without the ids of its metrics, and the names of its metrics. */
function expressionOf({ Properties }: ResourceJson): { operation?: string; metrics: string[] } {
  const queries: Query[] = Properties.Metrics;
  const metrics = queries.flatMap(({ MetricStat }) => MetricStat ? [`${MetricStat.Metric.MetricName} ${MetricStat.Stat} ${MetricStat.Period}`] : []);
  return { operation: queries.find(({ Expression }) => Expression)?.Expression?.replace(/\(.*/, ''), metrics };
}

type Use = (monitor: FhirJobMonitor) => unknown;

const failed: Use = (monitor) => monitor.alarmOnFailedJobs();
const queue: Use = (monitor) => monitor.alarmOnQueueLength({ jobs: 20 });
const stuck: Use = (monitor) => monitor.alarmOnStuckJob({ age: Duration.hours(12) });
const missing: Use = (monitor) => monitor.alarmOnMissingJobs();

describe.each(FEATURE_FLAGS)('in an app %s', (_, flags) => {
  test.each<[string, Use, object, { operation: string; metrics: string[] }]>([
    ['alarmOnFailedJobs()', failed, { Threshold: 1, EvaluationPeriods: 3, DatapointsToAlarm: 1, TreatMissingData: 'notBreaching' },
      { operation: 'SUM', metrics: Array(2).fill('JobsFailed Maximum 300') }],
    ['alarmOnQueueLength()', queue, { Threshold: 20, EvaluationPeriods: 1, TreatMissingData: 'ignore' },
      { operation: 'MAX', metrics: Array(2).fill('JobsQueued Maximum 300') }],
    ['alarmOnStuckJob()', stuck, { Threshold: 12 * 3600, EvaluationPeriods: 1, TreatMissingData: 'ignore' },
      { operation: 'MAX', metrics: [...Array(2).fill('OldestRunningAge Maximum 300'), ...Array(2).fill('OldestQueuedAge Maximum 300')] }],
  ])('%s combines both kinds of jobs', (__, use, properties, expression) => {
    const stack = newStack(flags);
    use(monitorIn(stack));
    const alarm = onlyResource(templateOf(stack), ALARM);

    expect(alarm.Properties).toMatchObject({ ...AT_LEAST, ...properties });
    expect(expressionOf(alarm)).toEqual(expression);
  });

  test('alarmOnMissingJobs() fires if there is no data for three intervals', () => {
    const stack = newStack(flags);
    monitorIn(stack, { datastores: datastores(stack, 10) }).alarmOnMissingJobs();

    expect(onlyResource(templateOf(stack), ALARM).Properties).toEqual({
      ...AT_LEAST,
      AlarmDescription: 'The jobs of a HealthLake data store could not be listed (Stack/Jobs)',
      Namespace: 'CdkHealthLakeImport',
      MetricName: 'DatastoresNotListed',
      Dimensions: [{ Name: 'ConstructPath', Value: 'Stack/Jobs' }],
      Statistic: 'Maximum',
      Period: 300,
      Threshold: 1,
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
    });
  });

  test.each<[string, Use, number, number]>([
    ['5 data stores has one alarm on failed jobs', failed, 5, 1],
    ['6 data stores has two alarms on failed jobs, because an alarm has at most 10 metrics', failed, 6, 2],
    ['10 data stores has four alarms on stuck jobs', stuck, 10, 4],
  ])('a monitor of %s', (__, use, count, alarms) => {
    const stack = newStack(flags);
    use(monitorIn(stack, { datastores: datastores(stack, count), notificationTopic: new sns.Topic(stack, 'Topic') }));
    const template = templateOf(stack);
    const parts = resourcesOfType(template, ALARM);
    const metrics = parts.map((part) => expressionOf(part).metrics.length);

    expect(parts).toHaveLength(alarms);
    expect(Math.max(...metrics)).toBeLessThanOrEqual(10);
    expect(metrics.reduce((sum, length) => sum + length)).toBe(count * (use === stuck ? 4 : 2));
    expect(resourcesOfType(template, COMPOSITE)).toHaveLength(alarms === 1 ? 0 : 1);
    // Only one alarm notifies the topic: the composite alarm, or the only alarm.
    expect([...parts, ...resourcesOfType(template, COMPOSITE)].filter(({ Properties }) => Properties.AlarmActions)).toEqual([
      expect.objectContaining({ Type: alarms === 1 ? ALARM : COMPOSITE }),
    ]);
  });
});

test('the composite alarm fires if one of its alarms fires, and the first of them keeps its id when a data store is added', () => {
  const [five, six] = [5, 6].map((count) => {
    const stack = newStack();
    failed(monitorIn(stack, { datastores: datastores(stack, count) }));
    return templateOf(stack);
  });
  const ids = Object.entries(six.Resources).filter(([, { Type }]) => Type === ALARM).map(([id]) => id);

  expect(ids).toContain(onlyResource(five, ALARM).logicalId);
  expect(onlyResource(six, COMPOSITE).Properties.AlarmRule).toEqual({
    'Fn::Join': ['', ['(ALARM("', { 'Fn::GetAtt': [ids[0], 'Arn'] }, '") OR ALARM("', { 'Fn::GetAtt': [ids[1], 'Arn'] }, '"))']],
  });
});

test('an id allows a second alarm of a kind', () => {
  const stack = newStack();
  const monitor = monitorIn(stack);
  [failed, queue, stuck, missing].forEach((use) => use(monitor));
  const alarms = [
    monitor.alarmOnFailedJobs({ id: 'Pager1' }),
    monitor.alarmOnQueueLength({ id: 'Pager2', jobs: 1 }),
    monitor.alarmOnStuckJob({ id: 'Pager3', age: Duration.days(2) }),
    monitor.alarmOnMissingJobs({ id: 'Pager4' }),
  ];

  expect(alarms.map(({ node }) => node.id)).toEqual(['Pager1', 'Pager2', 'Pager3', 'Pager4']);
  expect(resourcesOfType(templateOf(stack), ALARM)).toHaveLength(8);
});

test.each<[string, Use, string]>([
  ['a queue of 0 jobs', (monitor) => monitor.alarmOnQueueLength({ jobs: 0 }), 'jobs must be a whole number above 0, got 0; give the number of queued jobs'],
  ['a queue of half a job', (monitor) => monitor.alarmOnQueueLength({ jobs: 0.5 }), 'jobs must be a whole number above 0, got 0.5; give'],
  ['an age below the interval', (monitor) => monitor.alarmOnStuckJob({ age: Duration.minutes(4) }),
    'age must be at least the interval of 5 minutes, got 4 minutes; give a longer age'],
])('an alarm throws for %s', (_, use, message) => {
  expect(() => use(monitorIn(newStack()))).toThrow(message);
});
