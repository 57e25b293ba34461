import { alarmRule, alarmState, type AlarmProperties, type AlarmState } from '../../src/cloudwatch/alarm';
import { metricMath } from '../../src/cloudwatch/metric-math';
import { Metrics } from '../../src/cloudwatch/metrics';

describe('metric math', () => {
  test.each<[string, number | undefined]>([
    ['a + b', 5],
    ['a - b - 1', -2],
    ['a + b * 2', 8],
    ['(a + b) * 2', 10],
    ['b / a', 1.5],
    ['100 * a / (a + b)', 40],
    ['-a + 0.5', -1.5],
    ['a + none', undefined],
    ['a / (a - 2)', undefined],
    ['FILL(none, 0) + a', 2],
    ['FILL(a,7)+FILL(none,7)', 9],
    ['FILL(a + none, -1)', -1],
  ])('%s', (expression, expected) => {
    expect(metricMath(expression, ['a', 'b', 'none'])({ a: 2, b: 3 })).toBe(expected);
  });

  test.each(['a + unknown', 'SUM(METRICS())', 'a +', 'a b', '(a', 'FILL(a)', 'a > b', ''])('%s is refused', (expression) => {
    expect(() => metricMath(expression, ['a', 'b'])).toThrow("isn't played here at");
  });
});

const MINUTE = 60_000;
const NOW = 100 * MINUTE + 30_000;
const BASE: AlarmProperties = {
  Namespace: 'App', MetricName: 'Failures', Period: 60, Statistic: 'Sum', ComparisonOperator: 'GreaterThanThreshold', Threshold: 0, EvaluationPeriods: 1,
};

/** @param values of one period each, the last one that of now; undefined for none */
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

describe('the state of an alarm', () => {
  test.each<[string, (number | undefined)[], Partial<AlarmProperties>, AlarmState]>([
    ['above the limit', [1], {}, 'ALARM'],
    ['at the limit', [0], {}, 'OK'],
    ['at an inclusive limit', [0], { ComparisonOperator: 'GreaterThanOrEqualToThreshold' }, 'ALARM'],
    ['above it in the last whole period', [1, undefined], {}, 'ALARM'],
    ['above it in the last whole period, though not now', [1, 0], {}, 'ALARM'],
    ['above it long ago', [1, undefined, undefined], { TreatMissingData: 'notBreaching' }, 'OK'],
    ['below a lower limit, when the period is over', [1, undefined], { ComparisonOperator: 'LessThanThreshold', Threshold: 2 }, 'ALARM'],
    ['below a lower limit so far', [5, 1], { ComparisonOperator: 'LessThanThreshold', Threshold: 2 }, 'OK'],
    ['all of three above', [1, 1, 1], { EvaluationPeriods: 3 }, 'ALARM'],
    ['two of three above', [1, 0, 1], { EvaluationPeriods: 3 }, 'OK'],
    ['two of three above, which is enough', [1, 0, 1], { EvaluationPeriods: 3, DatapointsToAlarm: 2 }, 'ALARM'],
    ['nothing known', [], {}, 'INSUFFICIENT_DATA'],
    ['nothing known, and that is bad', [], { TreatMissingData: 'breaching' }, 'ALARM'],
    ['nothing known, and that is good', [], { TreatMissingData: 'notBreaching' }, 'OK'],
    ['one known of three', [undefined, undefined, 1], { EvaluationPeriods: 3 }, 'ALARM'],
    ['one known of three, and the others are good', [undefined, undefined, 1], { EvaluationPeriods: 3, TreatMissingData: 'notBreaching' }, 'OK'],
  ])('with %s', (_, values, properties, expected) => {
    expect(stateAfter(values, properties)).toBe(expected);
  });

  test.each<AlarmState>(['OK', 'ALARM', 'INSUFFICIENT_DATA'])('stays %s if missing data are ignored', (before) => {
    expect(stateAfter([], { TreatMissingData: 'ignore' }, before)).toBe(before);
  });

  test.each<[string, number]>([['Sum', 6], ['Average', 2], ['Minimum', 1], ['Maximum', 3], ['SampleCount', 3]])('rests on the %s of the values', (statistic, expected) => {
    const metrics = new Metrics();
    for (const value of [1, 2, 3]) {
      metrics.put({ namespace: 'App', name: 'Failures', dimensions: {}, value, time: NOW });
    }
    const of = (threshold: number) =>
      alarmState(alarmRule({ ...BASE, Statistic: statistic, Threshold: threshold, ComparisonOperator: 'GreaterThanOrEqualToThreshold' }), metrics, NOW, 'OK');
    expect([of(expected), of(expected + 0.1)]).toEqual(['ALARM', 'OK']);
  });

  test('sees a value that comes late, also if nothing is filled with something', () => {
    const metrics = new Metrics();
    const failures = { Id: 'm', MetricStat: { Metric: { Namespace: 'App', MetricName: 'Failures' }, Period: 60, Stat: 'Sum' }, ReturnData: false };
    const rule = alarmRule({ ...BASE, Metrics: [{ Id: 'filled', Expression: 'FILL(m, 0)' }, failures] });
    expect(alarmState(rule, metrics, NOW, 'OK')).toBe('OK');
    metrics.put({ namespace: 'App', name: 'Failures', dimensions: {}, value: 1, time: NOW - MINUTE });
    expect([alarmState(rule, metrics, NOW, 'OK'), alarmState(rule, metrics, NOW + MINUTE, 'ALARM')]).toEqual(['ALARM', 'OK']);
  });

  test('does not rest on metrics with other dimensions', () => {
    expect(stateAfter([1], { Dimensions: [{ Name: 'Store', Value: 'a' }] })).toBe('INSUFFICIENT_DATA');
  });
});

test.each<[string, Partial<AlarmProperties>, string]>([
  ['a percentile', { Statistic: undefined }, 'statistic (none) of Failures'],
  ['an anomaly band', { ComparisonOperator: 'GreaterThanUpperThreshold' }, 'comparison GreaterThanUpperThreshold'],
  ['no metric', { MetricName: undefined }, 'needs Namespace and MetricName'],
  ['two results', { Metrics: ['a', 'b'].map((Id) => ({ Id, MetricStat: { Metric: { Namespace: 'App', MetricName: Id }, Period: 60, Stat: 'Sum' } })) }, '2 metrics of the alarm return data'],
])('an alarm with %s is refused', (_, properties, reason) => {
  expect(() => alarmRule({ ...BASE, ...properties })).toThrow(reason);
});
