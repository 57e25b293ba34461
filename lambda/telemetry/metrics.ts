import { METRIC_NAMESPACE, type MetricDimensions } from '../../src/contract';

interface Metric {
  readonly value?: number;
  readonly unit: 'Count' | 'Seconds';
}

/** By name; those without a value are left out. */
export type Metrics = Readonly<Record<string, Metric>>;

export function count(value: number | undefined): Metric {
  return { value, unit: 'Count' };
}

/**
 * Writes metrics to the log, from where CloudWatch takes them. The line goes to the output as it is: the runtime wraps what it logs for us, and
 * CloudWatch wants the object bare.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function putMetrics({ DatastoreId, ConstructPath }: Partial<MetricDimensions>, metrics: Metrics): void {
  const known = Object.entries(metrics).filter(([, { value }]) => value !== undefined);
  if (known.length === 0 || ConstructPath === undefined) {
    return;
  }
  const line = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{
        Namespace: METRIC_NAMESPACE,
        Dimensions: [['DatastoreId', 'ConstructPath'] satisfies (keyof MetricDimensions)[]],
        Metrics: known.map(([Name, { unit: Unit }]) => ({ Name, Unit })),
      }],
    },
    DatastoreId,
    ConstructPath,
    ...Object.fromEntries(known.map(([name, { value }]) => [name, value])),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
