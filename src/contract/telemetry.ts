/** The namespace of the metrics. */
export const METRIC_NAMESPACE = 'CdkHealthLakeImport';

/** The dimensions of the metrics. */
export interface MetricDimensions {
  readonly DatastoreId: string;
  readonly ConstructPath: string;
}

/** The source of all events of imports and exports. */
export const EVENT_SOURCE = 'cdk-healthlake-import';
