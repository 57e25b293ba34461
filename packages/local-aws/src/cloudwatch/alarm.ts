import { STATISTICS, type Metrics } from './metrics';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

interface MetricProperties {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

/** A metric or an expression of an alarm on metric math. */
interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: MetricProperties; readonly Period: number | string; readonly Stat: string };
  readonly ReturnData?: boolean | string;
}

/** The emulated properties of AWS::CloudWatch::Alarm. */
export interface AlarmProperties extends MetricProperties {
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

/** The emulated expressions of metric math: the maximum or the sum of metrics. As in CloudWatch, metrics without data are left out. */
const EXPRESSION = /^(MAX|SUM)\(\[(\w+(?:, ?\w+)*)\]\)$/;

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
    ...(properties.Metrics ? mathReader(properties.Metrics) : metricReader(properties, properties.Period, properties.Statistic)),
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

/** The period of an alarm, and its value in each period. */
type Reader = Pick<AlarmRule, 'periodMs' | 'value'>;

function metricReader({ Namespace, MetricName, Dimensions = [] }: MetricProperties, period: number | string | undefined, statistic = ''): Reader {
  if (Namespace === undefined || MetricName === undefined) {
    throw new Error('an alarm needs Namespace and MetricName');
  }
  const compute = STATISTICS[statistic];
  if (!compute) {
    throw new Error(`statistic ${statistic || '(none)'} of ${MetricName} isn't emulated, give one of ${Object.keys(STATISTICS).join(', ')}`);
  }
  const metric = { namespace: Namespace, name: MetricName, dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])) };
  return {
    periodMs: Number(period) * 1000,
    value: (metrics, from, to) => {
      const values = metrics.values(metric, from, to);
      return values.length > 0 ? compute(values) : undefined;
    },
  };
}

/** Reads the metrics of an alarm on metric math. Throws unless they are metrics with one period, and one expression that is their maximum or sum. */
function mathReader(queries: readonly MetricQuery[]): Reader {
  const readers = new Map(queries.flatMap(({ Id, MetricStat: stat }) => stat ? [[Id, metricReader(stat.Metric, stat.Period, stat.Stat)]] : []));
  const [watched, ...others] = queries.filter(({ ReturnData = true }) => String(ReturnData) === 'true');
  const [, operation, ids = ''] = EXPRESSION.exec(watched?.Expression ?? '') ?? [];
  const operands = ids.split(/, ?/).flatMap((id) => readers.get(id) ?? []);
  const [periodMs, ...otherPeriods] = new Set(operands.map((reader) => reader.periodMs));
  if (others.length > 0 || operands.length < ids.split(',').length || otherPeriods.length > 0) {
    throw new Error(`metric math ${JSON.stringify(watched?.Expression)} isn't emulated, give MAX([a, b]) or SUM([a, b]) of metrics with one period`);
  }
  return {
    periodMs,
    value: (metrics, from, to) => {
      const values = operands.flatMap((operand) => operand.value(metrics, from, to) ?? []);
      return values.length > 0 ? STATISTICS[operation === 'MAX' ? 'Maximum' : 'Sum'](values) : undefined;
    },
  };
}
