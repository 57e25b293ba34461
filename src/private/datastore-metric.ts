import { Token } from 'aws-cdk-lib';
import { type IMetric, SearchExpression, type SearchExpressionOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';

/** Options of `apiMetric()`. */
export interface ApiMetricOptions extends SearchExpressionOptions {
  readonly statistic?: string;
}

/**
 * Returns HealthLake's metrics of API calls on a data store whose names contain all words of `name`. AWS documents the names as its console shows them, but not
 * the ids of the metrics, so this is a search expression.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/monitoring-cloudwatch.html
 */
export function apiMetric(datastore: IFHIRDatastoreRef, name: string, { statistic = Stats.SUM, ...options }: ApiMetricOptions = {}): IMetric {
  if (!Token.isUnresolved(name) && !/^[\w ]+$/.test(name)) {
    throw new Error(`the name of a metric must be words, got "${name}"; use words of a name in the CloudWatch console, for example "Throttled Requests"`);
  }
  const { env, fhirDatastoreRef: { datastoreId } } = datastore;
  const seconds = options.period?.toSeconds() ?? 300;
  return new SearchExpression({
    expression: `SEARCH('Namespace="AWS/HealthLake" "${datastoreId}" ${name}', '${statistic}', ${seconds})`,
    label: name,
    searchRegion: env.region,
    searchAccount: env.account,
    ...options,
  });
}
