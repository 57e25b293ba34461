import type { Counts } from './counts';
import type { OutcomeDecision } from './decision';
import type { EndMetricName, ResultMetricName } from '../../../src/contract';
import { count, type Metrics } from '../../telemetry/metrics';
import { progressMetrics } from '../../telemetry/progress';
import { secondsBetween } from '../../telemetry/seconds';

/** The metrics of a look at the job. What was answered from the id, or in a roll-back, was not judged now: it has none. */
export function metricsOf({ kind, seen }: OutcomeDecision, counts: Counts): Metrics {
  switch (kind) {
    case 'wait':
      return progressMetrics(counts);
    case 'succeed':
    case 'fail':
      return {
        ResourcesScanned: count(counts.scanned),
        ResourcesImported: count(counts.imported),
        ResourcesFailed: count(counts.failed),
        Duration: { value: secondsBetween(seen?.job.SubmitTime, seen?.job.EndTime), unit: 'Seconds' },
        Succeeded: count(kind === 'succeed' ? 1 : 0),
        Failed: count(kind === 'fail' ? 1 : 0),
      } satisfies Record<ResultMetricName, Metrics[string]>;
    case 'already imported':
      return { AlreadyImported: count(1) } satisfies Partial<Record<EndMetricName, Metrics[string]>>;
    default:
      return {};
  }
}
