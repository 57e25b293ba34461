import { figuresOf, gaugesOf } from './figures';
import type { ListedJob } from './listing';
import type { TickWindows } from './windows';
import { DATASTORES_NOT_LISTED, type JobDimensions, type JobMetricName, type JobMonitorInput } from '../../src/contract';
import { count, type Metric, type Metrics, writeMetrics } from '../telemetry/embedded-metrics';

/** The units of the metrics that aren't counts. */
const UNITS: Partial<Record<JobMetricName, Metric['unit']>> = { OldestRunningAge: 'Seconds', OldestQueuedAge: 'Seconds', ImportThroughput: 'None' };

/** Emits the metrics of all jobs of one kind in one data store. */
export function putJobMetrics(dimensions: JobDimensions, jobs: readonly ListedJob[], { current, complete }: TickWindows): void {
  const { DatastoreId, JobKind } = dimensions;
  writeMetrics({ DatastoreId, JobKind }, metricsOf(gaugesOf(jobs, Date.now())), current.start);
  for (const window of complete) {
    writeMetrics({ DatastoreId, JobKind }, metricsOf(figuresOf(JobKind, jobs, window)), window.start);
  }
}

/** Emits the number of data stores whose jobs could not be listed. */
export function putNotListed({ constructPath }: JobMonitorInput, { current }: TickWindows, notListed: number): void {
  writeMetrics({ ConstructPath: constructPath }, { [DATASTORES_NOT_LISTED]: count(notListed) }, current.start);
}

function metricsOf(figures: Partial<Record<JobMetricName, number>>): Metrics {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, { value, unit: UNITS[name as JobMetricName] ?? 'Count' }]));
}
