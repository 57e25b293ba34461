import { METRIC_NAMESPACE, type EndMetricName, type MetricDimensions, type PROGRESS_METRICS, type ResultMetricName } from '../../src/contract';
import { durationOf } from '../import/healthlake-job';
import type { OutcomeDecision } from '../import/outcome/decision';
import type { Counts } from '../import/verdict';

interface Metric {
  readonly value?: number;
  readonly unit: 'Count' | 'Seconds';
}

/** Metrics by name. A metric without a value is not emitted. */
export type Metrics = Readonly<Record<string, Metric>>;

/** Returns the metrics of a decision. The decisions `answer from the id` and `succeed unjudged` have no metrics, because they don't judge the job. */
export function metricsOf({ kind, evidence }: OutcomeDecision): Metrics {
  const { counts, job } = evidence ?? {};
  switch (kind) {
    case 'running':
      return progressMetrics(counts);
    case 'succeeded':
    case 'failed':
      return {
        ResourcesScanned: count(counts?.scanned),
        ResourcesImported: count(counts?.imported),
        ResourcesFailed: count(counts?.failed),
        Duration: { value: durationOf(job), unit: 'Seconds' },
        Succeeded: count(kind === 'succeeded' ? 1 : 0),
        Failed: count(kind === 'failed' ? 1 : 0),
      } satisfies Record<ResultMetricName, Metric>;
    case 'already imported':
      return { AlreadyImported: count(1) } satisfies Partial<Record<EndMetricName, Metric>>;
    default:
      return {};
  }
}

/** Returns the metrics of a job that has not ended. */
export function progressMetrics({ scanned, imported, failed }: Counts = {}): Metrics {
  return {
    ResourcesScannedSoFar: count(scanned),
    ResourcesImportedSoFar: count(imported),
    ResourcesFailedSoFar: count(failed),
  } satisfies Record<typeof PROGRESS_METRICS[number], Metric>;
}

function count(value: number | undefined): Metric {
  return { value, unit: 'Count' };
}

/**
 * Emits metrics as a line of the log. The line is written to stdout directly, because CloudWatch needs the bare JSON object and the Lambda runtime wraps the
 * lines of `console.log`.
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
