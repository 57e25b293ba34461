import { count, type Metric, type Metrics, writeMetrics } from './embedded-metrics';
import type { EndMetricName, MetricDimensions } from '../../src/contract';
import { durationOf, hasEnded } from '../jobs/healthlake-job';
import type { JobKind } from '../jobs/kind';
import type { OutcomeDecision } from '../jobs/outcome/decision';
import type { Counts } from '../jobs/verdict';

/** Returns the metrics of a decision. The decisions `answer from the id` and `succeed unjudged` have no metrics, because they don't judge the job. */
export function metricsOf(kindOfJob: JobKind, { kind, evidence }: OutcomeDecision): Metrics {
  const { counts, job } = evidence ?? {};
  switch (kind) {
    case 'running': // a job that has ended is waiting for its verdict
      return hasEnded(job?.JobStatus) ? {} : progressMetrics(kindOfJob, counts);
    case 'succeeded':
    case 'failed':
      return {
        ...countMetrics(kindOfJob, counts),
        Duration: { value: durationOf(job), unit: 'Seconds' },
        Succeeded: count(kind === 'succeeded' ? 1 : 0),
        Failed: count(kind === 'failed' ? 1 : 0),
      };
    case 'already imported':
      return { AlreadyImported: count(1) } satisfies Partial<Record<EndMetricName, Metric>>;
    default:
      return {};
  }
}

/** Returns the metrics of a job that has not ended. */
export function progressMetrics(kind: JobKind, counts: Counts = {}): Metrics {
  return countMetrics(kind, counts, 'SoFar');
}

function countMetrics({ results }: JobKind, counts: Counts = {}, suffix = ''): Metrics {
  return Object.fromEntries(Object.entries(results).map(([name, of]) => [`${name}${suffix}`, of === 'bytes' ? { value: counts[of], unit: 'Bytes' } : count(counts[of])]));
}

/** Emits the metrics of a job. Emits nothing if the job has no construct path (contract version 1). */
export function putMetrics({ DatastoreId, ConstructPath }: Partial<MetricDimensions>, metrics: Metrics): void {
  if (DatastoreId !== undefined && ConstructPath !== undefined) {
    writeMetrics({ DatastoreId, ConstructPath } satisfies MetricDimensions, metrics, Date.now());
  }
}
