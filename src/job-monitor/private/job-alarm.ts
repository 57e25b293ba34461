import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { combine } from './job-metrics';

/**
 * The maximum number of metrics in the expression of an alarm.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-data-queries.html
 */
const MAX_METRICS = 10;

/** Properties of the alarm that `createJobAlarm()` creates. */
export interface JobAlarmProps extends Omit<cloudwatch.CreateAlarmOptions, 'comparisonOperator'> {
  /** The operation that combines the metrics of all data stores. */
  readonly operation: 'MAX' | 'SUM';
  readonly metrics: readonly cloudwatch.Metric[];
  /** The topic that the alarm notifies. */
  readonly topic?: sns.ITopic;
}

/**
 * Creates an alarm that fires if the combined metrics of the data stores reach the threshold. If there are too many metrics for one alarm, several alarms share
 * them, and the returned alarm fires if one of these fires.
 */
export function createJobAlarm(scope: Construct, id: string, { operation, metrics, topic, ...options }: JobAlarmProps): cloudwatch.AlarmBase {
  const starts = Array.from({ length: Math.ceil(metrics.length / MAX_METRICS) }, (_, index) => index * MAX_METRICS);
  // The first alarm keeps its id if more data stores need a composite alarm, because CloudFormation can't change the type of a resource.
  const alarms = starts.map((start, index) => new cloudwatch.Alarm(scope, index === 0 ? id : `${id}${index + 1}`, {
    ...options,
    metric: combine(operation, metrics.slice(start, start + MAX_METRICS)),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  }));
  const alarm = alarms.length === 1 ? alarms[0] : new cloudwatch.CompositeAlarm(scope, `${id}Any`, {
    alarmRule: cloudwatch.AlarmRule.anyOf(...alarms),
    alarmDescription: options.alarmDescription,
  });
  if (topic) {
    alarm.addAlarmAction(new SnsAction(topic));
  }
  return alarm;
}
