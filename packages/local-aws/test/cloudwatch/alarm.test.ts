import { alarmRule, alarmState, type AlarmProperties, type AlarmState } from '../../src/cloudwatch/alarm';
import { Metrics } from '../../src/cloudwatch/metrics';

const MINUTE = 60_000;
const NOW = 100 * MINUTE + 30_000;
const BASE: AlarmProperties = {
  Namespace: 'App', MetricName: 'Failures', Period: 60, Statistic: 'Sum', ComparisonOperator: 'GreaterThanThreshold', Threshold: 0, EvaluationPeriods: 1,
};

/** @param values one value for each period, oldest first and the current period last; undefined for a period without data */
function stateAfter(values: (number | undefined)[], properties: Partial<AlarmProperties> = {}, before: AlarmState = 'OK'): AlarmState {
  const metrics = new Metrics();
  values.forEach((value, n) => {
    const time = (100 - values.length + 1 + n) * MINUTE;
    if (value !== undefined) {
      metrics.put({ namespace: 'App', name: 'Failures', dimensions: {}, value, time });
    }
  });
  return alarmState(alarmRule({ ...BASE, ...properties }), metrics, NOW, before);
}

/** Returns a metric of an alarm on metric math. */
function query(Id: string, Period = 60) {
  const Metric = { Namespace: 'App', MetricName: 'Failures', Dimensions: [{ Name: 'Store', Value: Id }] };
  return { Id, MetricStat: { Metric, Period, Stat: 'Maximum' }, ReturnData: false };
}

/** Returns the state of an alarm above 2 on an expression over the metrics of two stores, `a` and `b`, which have these values. */
function mathState(Expression: string, a: number | undefined, b: number | undefined): AlarmState {
  const metrics = new Metrics();
  for (const [Store, value] of [['a', a], ['b', b]] as const) {
    if (value !== undefined) {
      metrics.put({ namespace: 'App', name: 'Failures', dimensions: { Store }, value, time: NOW });
    }
  }
  const { ComparisonOperator, EvaluationPeriods } = BASE;
  const rule = alarmRule({ ComparisonOperator, EvaluationPeriods, Threshold: 2, Metrics: [{ Id: 'e', Expression }, query('a'), query('b')] });
  return alarmState(rule, metrics, NOW, 'OK');
}

test.each<[string, number | undefined, number | undefined, AlarmState]>([
  ['MAX([a, b])', 1, 3, 'ALARM'],
  ['MAX([a, b])', 1, 2, 'OK'],
  ['MAX([a, b])', undefined, 3, 'ALARM'],
  ['MAX([a])', 1, 3, 'OK'],
  ['SUM([a,b])', 1, 2, 'ALARM'],
  ['SUM([a, b])', undefined, undefined, 'INSUFFICIENT_DATA'],
])('an alarm above 2 on the expression %s over the metrics %j and %j is %s', (expression, a, b, expected) => {
  expect(mathState(expression, a, b)).toBe(expected);
});

describe('the state of an alarm', () => {
  test.each<[string, (number | undefined)[], Partial<AlarmProperties>, AlarmState]>([
    ['above the limit', [1], {}, 'ALARM'],
    ['at the limit', [0], {}, 'OK'],
    ['at an inclusive limit', [0], { ComparisonOperator: 'GreaterThanOrEqualToThreshold' }, 'ALARM'],
    ['above the limit in the last whole period', [1, undefined], {}, 'ALARM'],
    ['above the limit in the last whole period, but not in the current period', [1, 0], {}, 'ALARM'],
    ['above the limit long ago', [1, undefined, undefined], { TreatMissingData: 'notBreaching' }, 'OK'],
    ['below a lower limit, when the period is over', [1, undefined], { ComparisonOperator: 'LessThanThreshold', Threshold: 2 }, 'ALARM'],
    ['below a lower limit so far', [5, 1], { ComparisonOperator: 'LessThanThreshold', Threshold: 2 }, 'OK'],
    ['above the limit in all of three periods', [1, 1, 1], { EvaluationPeriods: 3 }, 'ALARM'],
    ['above the limit in two of three periods', [1, 0, 1], { EvaluationPeriods: 3 }, 'OK'],
    ['above the limit in two of three periods, when two suffice', [1, 0, 1], { EvaluationPeriods: 3, DatapointsToAlarm: 2 }, 'ALARM'],
    ['no data', [], {}, 'INSUFFICIENT_DATA'],
    ['no data, when missing data is breaching', [], { TreatMissingData: 'breaching' }, 'ALARM'],
    ['no data, when missing data is not breaching', [], { TreatMissingData: 'notBreaching' }, 'OK'],
    ['one value in three periods', [undefined, undefined, 1], { EvaluationPeriods: 3 }, 'ALARM'],
    ['one value in three periods, missing data is not breaching', [undefined, undefined, 1], { EvaluationPeriods: 3, TreatMissingData: 'notBreaching' }, 'OK'],
  ])('case "%s": the metric values %j and the alarm properties %j give the state %s', (_, values, properties, expected) => {
    expect(stateAfter(values, properties)).toBe(expected);
  });

  test.each<AlarmState>(['OK', 'ALARM', 'INSUFFICIENT_DATA'])('stays %s if there is no data and TreatMissingData is `ignore`', (before) => {
    expect(stateAfter([], { TreatMissingData: 'ignore' }, before)).toBe(before);
  });

  test.each<[string, number]>([
    ['Sum', 6], ['Average', 2], ['Minimum', 1], ['Maximum', 3], ['SampleCount', 3],
  ])('is ALARM only if the %s of the metric values reaches the threshold', (statistic, expected) => {
    const metrics = new Metrics();
    for (const value of [1, 2, 3]) {
      metrics.put({ namespace: 'App', name: 'Failures', dimensions: {}, value, time: NOW });
    }
    const of = (threshold: number) =>
      alarmState(alarmRule({ ...BASE, Statistic: statistic, Threshold: threshold, ComparisonOperator: 'GreaterThanOrEqualToThreshold' }), metrics, NOW, 'OK');
    expect([of(expected), of(expected + 0.1)]).toEqual(['ALARM', 'OK']);
  });

  test('reflects a late value of the previous period even if the current period already has a value', () => {
    const metrics = new Metrics();
    metrics.put({ namespace: 'App', name: 'Failures', dimensions: {}, value: 0, time: NOW });
    const rule = alarmRule({ ...BASE, TreatMissingData: 'notBreaching' });
    expect(alarmState(rule, metrics, NOW, 'OK')).toBe('OK');
    metrics.put({ namespace: 'App', name: 'Failures', dimensions: {}, value: 1, time: NOW - MINUTE });
    expect([alarmState(rule, metrics, NOW, 'OK'), alarmState(rule, metrics, NOW + MINUTE, 'ALARM')]).toEqual(['ALARM', 'OK']);
  });

  test('does not depend on metrics with other dimensions', () => {
    expect(stateAfter([1], { Dimensions: [{ Name: 'Store', Value: 'a' }] })).toBe('INSUFFICIENT_DATA');
  });
});

test.each<[string, Partial<AlarmProperties>, string]>([
  ['a percentile', { Statistic: undefined }, 'statistic (none) of Failures'],
  ['an anomaly band', { ComparisonOperator: 'GreaterThanUpperThreshold' }, 'comparison GreaterThanUpperThreshold'],
  ['no metric', { MetricName: undefined }, 'needs Namespace and MetricName'],
  ['an expression that is not a maximum or a sum', { Metrics: [query('a'), { Id: 'e', Expression: 'a + 1' }] }, 'metric math "a + 1" isn\'t emulated'],
  ['an expression over two periods', { Metrics: [query('a', 60), query('b', 300), { Id: 'e', Expression: 'MAX([a, b])' }] }, 'metric math "MAX([a, b])"'],
  ['an expression over an unknown metric', { Metrics: [query('a'), { Id: 'e', Expression: 'SUM([a, b])' }] }, 'metric math "SUM([a, b])"'],
])('an alarm with %s is refused', (_, properties, reason) => {
  expect(() => alarmRule({ ...BASE, ...properties })).toThrow(reason);
});
