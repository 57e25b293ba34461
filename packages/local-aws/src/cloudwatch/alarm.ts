import { metricMath, type MetricMath, type PeriodValues } from './metric-math';
import { STATISTICS, type MetricId, type Metrics } from './metrics';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

interface MetricProperties {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: MetricProperties; readonly Period: number | string; readonly Stat: string };
  readonly ReturnData?: boolean | string;
}

/** The properties of AWS::CloudWatch::Alarm, as far as they are played. */
export interface AlarmProperties extends Partial<MetricProperties> {
  readonly AlarmName?: string;
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
  readonly Metrics?: readonly MetricQuery[];
}

export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly properties: AlarmProperties;
  readonly state: AlarmState;
  /** Every state it has been in, the oldest first; the last one is that of now. */
  readonly states: readonly AlarmState[];
}

/** What an alarm looks at and how it judges it. */
export interface AlarmRule {
  readonly periodMs: number;
  readonly periods: number;
  readonly datapointsToAlarm: number;
  readonly isBreaching: (value: number) => boolean;
  /** Whether a period that isn't over yet may be judged: what grows can only exceed a limit, not fall below it. */
  readonly judgesCurrentPeriod: boolean;
  readonly treatMissingData: string;
  /** What is compared, for one period from `from` to `to` in milliseconds; undefined without data. */
  value(metrics: Metrics, from: number, to: number): number | undefined;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const MISSING_DATA = ['breaching', 'notBreaching', 'ignore', 'missing'];

/** Reads the properties of an alarm. Throws if they ask for what isn't played. */
export function alarmRule(properties: AlarmProperties): AlarmRule {
  const { ComparisonOperator, EvaluationPeriods, DatapointsToAlarm, TreatMissingData = 'missing' } = properties;
  const compare = COMPARISONS[ComparisonOperator];
  if (!compare) {
    throw new Error(`comparison ${ComparisonOperator} isn't played here, give one of ${Object.keys(COMPARISONS).join(', ')}`);
  }
  if (!MISSING_DATA.includes(TreatMissingData)) {
    throw new Error(`TreatMissingData ${TreatMissingData} is unknown, give one of ${MISSING_DATA.join(', ')}`);
  }
  const threshold = Number(properties.Threshold);
  return {
    ...(properties.Metrics ? mathValue(properties.Metrics) : singleValue(properties)),
    periods: Number(EvaluationPeriods),
    datapointsToAlarm: Number(DatapointsToAlarm ?? EvaluationPeriods),
    isBreaching: (value) => compare(value, threshold),
    judgesCurrentPeriod: ComparisonOperator.startsWith('Greater'),
    treatMissingData: TreatMissingData,
  };
}

/** The state that follows from the metrics; the one that was if they don't say. */
export function alarmState(rule: AlarmRule, metrics: Metrics, now: number, before: AlarmState): AlarmState {
  const valueIn = (period: number): number | undefined => rule.value(metrics, period * rule.periodMs, (period + 1) * rule.periodMs);
  const valuesTo = (last: number): (number | undefined)[] => Array.from({ length: rule.periods }, (_, n) => valueIn(last - n));
  const current = Math.floor(now / rule.periodMs);
  if (!rule.judgesCurrentPeriod || valueIn(current) === undefined) {
    return stateOf(rule, valuesTo(current - 1), before);
  }
  // A value that comes late belongs to a period that is over: it is not overlooked because there is one of now.
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

function singleValue({ Namespace, MetricName, Dimensions, Period, Statistic = '' }: AlarmProperties): Pick<AlarmRule, 'value' | 'periodMs'> {
  if (Namespace === undefined || MetricName === undefined) {
    throw new Error('an alarm needs Namespace and MetricName, or Metrics');
  }
  const metric = metricOf({ Namespace, MetricName, Dimensions });
  return { value: reader(metric, Statistic), periodMs: Number(Period) * 1000 };
}

function mathValue(queries: readonly MetricQuery[]): Pick<AlarmRule, 'value' | 'periodMs'> {
  const stats = queries.flatMap(({ Id, MetricStat }) => MetricStat ? [{ Id, ...MetricStat }] : []);
  const periods = [...new Set(stats.map(({ Period }) => Number(Period)))];
  if (periods.length !== 1) {
    throw new Error(`metrics with the periods ${periods.join(', ')} in one alarm aren't played here, give all the same`);
  }
  const returned = queries.filter(({ ReturnData }) => String(ReturnData ?? true) === 'true');
  if (returned.length !== 1) {
    throw new Error(`${returned.length} metrics of the alarm return data, let exactly one do so`);
  }
  const [{ Id, Expression }] = returned;
  const math: MetricMath = Expression === undefined ? (values) => values[Id] : metricMath(Expression, stats.map((stat) => stat.Id));
  const readers = stats.map(({ Id: id, Metric, Stat }) => [id, reader(metricOf(Metric), Stat)] as const);
  return {
    periodMs: periods[0] * 1000,
    value: (metrics, from, to) => math(Object.fromEntries(readers.map(([id, read]) => [id, read(metrics, from, to)])) as PeriodValues),
  };
}

function reader(metric: MetricId, statistic: string): AlarmRule['value'] {
  const compute = STATISTICS[statistic];
  if (!compute) {
    throw new Error(`statistic ${statistic || '(none)'} of ${metric.name} isn't played here, give one of ${Object.keys(STATISTICS).join(', ')}`);
  }
  return (metrics, from, to) => {
    const values = metrics.values(metric, from, to);
    return values.length > 0 ? compute(values) : undefined;
  };
}

function metricOf({ Namespace, MetricName, Dimensions = [] }: MetricProperties): MetricId {
  return { namespace: Namespace, name: MetricName, dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])) };
}
