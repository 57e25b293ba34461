import { STATISTICS, type Metrics } from './metrics';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The emulated properties of AWS::CloudWatch::Alarm. */
export interface AlarmProperties {
  readonly AlarmName?: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly AlarmDescription?: string;
  readonly ActionsEnabled?: boolean | string;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
  readonly ComparisonOperator: string;
  readonly Threshold: number | string;
  readonly EvaluationPeriods: number | string;
  readonly DatapointsToAlarm?: number | string;
  readonly TreatMissingData?: string;
  readonly Period?: number | string;
  readonly Statistic?: string;
  readonly Metrics?: readonly unknown[];
}

export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly properties: AlarmProperties;
  readonly state: AlarmState;
  /** All states of the alarm since its creation, the oldest first. */
  readonly states: readonly AlarmState[];
}

/** The rule that determines the state of an alarm. */
export interface AlarmRule {
  readonly periodMs: number;
  readonly periods: number;
  readonly datapointsToAlarm: number;
  readonly isBreaching: (value: number) => boolean;
  /** Whether the alarm evaluates a period before the period ends. True for `Greater` comparisons, because later values can only raise a sum. */
  readonly judgesCurrentPeriod: boolean;
  readonly treatMissingData: string;
  /** Returns the statistic of the metric between two times in milliseconds since the epoch; undefined if the metric has no data between them. */
  value(metrics: Metrics, from: number, to: number): number | undefined;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const MISSING_DATA = ['breaching', 'notBreaching', 'ignore', 'missing'];

/** Reads the properties of an alarm. Throws if a property has a value that isn't emulated. */
export function alarmRule(properties: AlarmProperties): AlarmRule {
  const { ComparisonOperator, EvaluationPeriods, DatapointsToAlarm, TreatMissingData = 'missing' } = properties;
  const compare = COMPARISONS[ComparisonOperator];
  if (!compare) {
    throw new Error(`comparison ${ComparisonOperator} isn't emulated, give one of ${Object.keys(COMPARISONS).join(', ')}`);
  }
  if (!MISSING_DATA.includes(TreatMissingData)) {
    throw new Error(`TreatMissingData ${TreatMissingData} is unknown, give one of ${MISSING_DATA.join(', ')}`);
  }
  const threshold = Number(properties.Threshold);
  return {
    periodMs: Number(properties.Period) * 1000,
    value: metricReader(properties),
    periods: Number(EvaluationPeriods),
    datapointsToAlarm: Number(DatapointsToAlarm ?? EvaluationPeriods),
    isBreaching: (value) => compare(value, threshold),
    judgesCurrentPeriod: ComparisonOperator.startsWith('Greater'),
    treatMissingData: TreatMissingData,
  };
}

/** Returns the new state of an alarm. Returns the previous state if too much data is missing and the alarm ignores missing data. */
export function alarmState(rule: AlarmRule, metrics: Metrics, now: number, before: AlarmState): AlarmState {
  const valueIn = (period: number): number | undefined => rule.value(metrics, period * rule.periodMs, (period + 1) * rule.periodMs);
  const valuesTo = (last: number): (number | undefined)[] => Array.from({ length: rule.periods }, (_, n) => valueIn(last - n));
  const current = Math.floor(now / rule.periodMs);
  if (!rule.judgesCurrentPeriod || valueIn(current) === undefined) {
    return stateOf(rule, valuesTo(current - 1), before);
  }
  // A value can arrive after its period has ended. If the ended periods alone cause an alarm, the value of the current period must not hide it.
  const isLateAlarm = valuesTo(current - 1).filter((value) => value !== undefined && rule.isBreaching(value)).length >= rule.datapointsToAlarm;
  return isLateAlarm ? 'ALARM' : stateOf(rule, valuesTo(current), before);
}

function stateOf(rule: AlarmRule, values: readonly (number | undefined)[], before: AlarmState): AlarmState {
  const known = values.filter((value) => value !== undefined);
  const missing = values.length - known.length;
  const breaching = known.filter(rule.isBreaching).length + (rule.treatMissingData === 'breaching' ? missing : 0);
  if (rule.treatMissingData === 'ignore' && known.length < rule.datapointsToAlarm) {
    return before;
  }
  if (rule.treatMissingData === 'missing') {
    if (known.length === 0) {
      return 'INSUFFICIENT_DATA';
    }
    return breaching >= Math.min(rule.datapointsToAlarm, known.length) ? 'ALARM' : 'OK';
  }
  return breaching >= rule.datapointsToAlarm ? 'ALARM' : 'OK';
}

function metricReader({ Namespace, MetricName, Dimensions = [], Statistic = '', Metrics: math }: AlarmProperties): AlarmRule['value'] {
  if (math) {
    throw new Error('metric math isn\'t emulated, give Namespace and MetricName instead of Metrics');
  }
  if (Namespace === undefined || MetricName === undefined) {
    throw new Error('an alarm needs Namespace and MetricName');
  }
  const compute = STATISTICS[Statistic];
  if (!compute) {
    throw new Error(`statistic ${Statistic || '(none)'} of ${MetricName} isn't emulated, give one of ${Object.keys(STATISTICS).join(', ')}`);
  }
  const metric = { namespace: Namespace, name: MetricName, dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])) };
  return (metrics, from, to) => {
    const values = metrics.values(metric, from, to);
    return values.length > 0 ? compute(values) : undefined;
  };
}
