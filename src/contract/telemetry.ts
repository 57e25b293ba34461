/** The namespace of the metrics. */
export const METRIC_NAMESPACE = 'CdkHealthLakeImport';

/** The dimensions of the metrics. */
export interface MetricDimensions {
  readonly DatastoreId: string;
  readonly ConstructPath: string;
}

/** The source of the event at the end of an import. */
export const EVENT_SOURCE = 'cdk-healthlake-import';
