export type Dimensions = Readonly<Record<string, string>>;

/** Identifies a metric. Metrics with the same name and different dimensions are different metrics. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

/** One value of a metric. */
export interface Datum extends MetricId {
  readonly value: number;
  /** The time of the value in milliseconds since the epoch, by the clock of the local AWS. */
  readonly time: number;
}

export const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  SampleCount: (values) => values.length,
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Minimum: (values) => Math.min(...values),
  Maximum: (values) => Math.max(...values),
};

/** Stores all values of all metrics. */
export class Metrics {
  private readonly metrics = new Map<string, Datum[]>();

  public put(datum: Datum): void {
    const key = metricKey(datum);
    const data = this.metrics.get(key);
    if (data) {
      data.push(datum);
    } else {
      this.metrics.set(key, [datum]);
    }
  }

  /** Returns the values of a metric between two times in milliseconds since the epoch, including `from` and excluding `to`. */
  public values(metric: MetricId, from = -Infinity, to = Infinity): number[] {
    return this.data(metric).filter(({ time }) => time >= from && time < to).map(({ value }) => value);
  }

  /** Returns all values of a metric in the order in which they were put. */
  public data(metric: MetricId): readonly Datum[] {
    return this.metrics.get(metricKey(metric)) ?? [];
  }
}

function metricKey({ namespace, name, dimensions }: MetricId): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => a < b ? -1 : 1)]);
}
