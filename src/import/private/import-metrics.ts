import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { METRIC_NAMESPACE, type MetricDimensions } from '../../contract';

/** A metric that the handler writes of the jobs of one import. */
export function importMetric(scope: IConstruct, dimensions: MetricDimensions, metricName: string, statistic: string,
  options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE, metricName, statistic, dimensionsMap: { ...dimensions }, ...options,
  }).attachTo(scope);
}
