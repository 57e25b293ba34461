import { count, type Metric, type Metrics, writeMetrics } from './embedded-metrics';
import type { EndMetricName, MetricDimensions, PROGRESS_METRICS, ResultMetricName } from '../../src/contract';
import { durationOf } from '../import/healthlake-job';
import type { OutcomeDecision } from '../import/outcome/decision';
import type { Counts } from '../import/verdict';

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

/** Emits the metrics of an import. Emits nothing if the import has no construct path (contract version 1). */
export function putMetrics({ DatastoreId, ConstructPath }: Partial<MetricDimensions>, metrics: Metrics): void {
  if (DatastoreId !== undefined && ConstructPath !== undefined) {
    writeMetrics({ DatastoreId, ConstructPath } satisfies MetricDimensions, metrics, Date.now());
  }
}
