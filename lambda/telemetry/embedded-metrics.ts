import { METRIC_NAMESPACE } from '../../src/contract';

export interface Metric {
  readonly value?: number;
  readonly unit: 'Bytes' | 'Count' | 'Seconds' | 'None';
}

/** Metrics by name. A metric without a value is not emitted. */
export type Metrics = Readonly<Record<string, Metric>>;

export function count(value: number | undefined): Metric {
  return { value, unit: 'Count' };
}

/**
 * Emits metrics as a line of the log. The line is written to stdout directly, because CloudWatch needs the bare JSON object and the Lambda runtime wraps the
 * lines of `console.log`.
 *
 * @param timestamp the time of the metrics, in milliseconds since the epoch
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function writeMetrics(dimensions: Readonly<Record<string, string>>, metrics: Metrics, timestamp: number): void {
  const known = Object.entries(metrics).filter(([, { value }]) => value !== undefined);
  if (known.length === 0) {
    return;
  }
  const line = {
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [{
        Namespace: METRIC_NAMESPACE,
        Dimensions: [Object.keys(dimensions)],
        Metrics: known.map(([Name, { unit: Unit }]) => ({ Name, Unit })),
      }],
    },
    ...dimensions,
    ...Object.fromEntries(known.map(([name, { value }]) => [name, value])),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
