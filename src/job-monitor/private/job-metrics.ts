import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import { ENDED_JOB_METRICS, JOB_GAUGES, JOB_KINDS, type JobDimensions, type JobKind, type JobMetricName, METRIC_NAMESPACE } from '../../contract';
import { JobKind as Kind, type JobMetricOptions } from '../fhir-job-monitor-props';

const METRIC_NAMES: readonly string[] = [...JOB_GAUGES, ...ENDED_JOB_METRICS];

/** The metrics that exports don't have, because HealthLake reports no progress of exports. */
const OF_IMPORTS: readonly string[] = ['ImportThroughput', 'JobResourcesImported', 'JobResourcesFailed'] satisfies JobMetricName[];

/** The metrics of the jobs of several data stores. */
export class JobMetrics {
  private readonly datastoreIds: readonly string[];

  constructor(private readonly datastores: readonly IFHIRDatastoreRef[], private readonly period: Duration) {
    this.datastoreIds = datastores.map(({ fhirDatastoreRef }) => fhirDatastoreRef.datastoreId);
  }

  /** Returns a metric of one data store. Throws if there is no such metric, because an alarm on it would never fire, or if it is not clear which data store is meant. */
  public one(metricName: string, { datastore, jobKind = Kind.IMPORT, ...options }: JobMetricOptions = {}): cloudwatch.Metric {
    if (!METRIC_NAMES.includes(metricName)) {
      throw new Error(`the jobs of a data store have no metric "${metricName}"; use one of ${METRIC_NAMES.join(', ')}`);
    }
    if (jobKind === Kind.EXPORT && OF_IMPORTS.includes(metricName)) {
      throw new Error(`exports have no metric "${metricName}", because HealthLake reports no progress of them; leave jobKind out`);
    }
    return this.create(metricName, this.idOf(metricName, datastore), jobKind, options);
  }

  /** Returns a metric of all data stores for the given kinds of jobs. */
  public all(metricName: JobMetricName, kinds: readonly JobKind[] = JOB_KINDS): cloudwatch.Metric[] {
    return this.datastoreIds.flatMap((id) => kinds.map((kind) => this.create(metricName, id, kind)));
  }

  private create(metricName: string, datastoreId: string, jobKind: JobKind, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    const dimensions: JobDimensions = { DatastoreId: datastoreId, JobKind: jobKind };
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE, metricName, statistic: cloudwatch.Stats.MAXIMUM, period: this.period, dimensionsMap: { ...dimensions }, ...options,
    });
  }

  private idOf(metricName: string, datastore?: IFHIRDatastoreRef): string {
    const paths = () => this.datastores.map(({ node }) => `"${node.path}"`).join(', ');
    if (!datastore && this.datastoreIds.length > 1) {
      throw new Error(`the metric ${metricName} needs a datastore, because the job monitor has ${this.datastoreIds.length}; give one of ${paths()}`);
    }
    const id = datastore?.fhirDatastoreRef.datastoreId ?? this.datastoreIds[0];
    if (!this.datastoreIds.includes(id)) {
      throw new Error(`the job monitor doesn't list the jobs of the datastore "${datastore?.node.path}"; give one of ${paths()}`);
    }
    return id;
  }
}

/** The appearance of a metric in a graph. */
interface Appearance {
  readonly label?: string;
  readonly color?: string;
}

/** Returns the sum or the maximum of metrics. The expression names them, because `METRICS()` would include the other metrics of a graph. */
export function combine(operation: 'MAX' | 'SUM', metrics: readonly cloudwatch.Metric[], appearance: Appearance = {}): cloudwatch.IMetric {
  if (metrics.length === 1) {
    return metrics[0].with(appearance);
  }
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [idInExpression(metric, index), metric]));
  const expression = `${operation}([${Object.keys(usingMetrics).join(', ')}])`;
  return new cloudwatch.MathExpression({ expression, usingMetrics, period: metrics[0].period, ...appearance });
}

/** Returns an id that is unique in a graph whose expressions have different metrics. An id starts with a lower-case letter. */
function idInExpression({ metricName, dimensions }: cloudwatch.Metric, index: number): string {
  return `${metricName[0].toLowerCase()}${metricName.slice(1)}_${dimensions?.JobKind}_${index}`;
}
