import type { Datum, Dimensions } from './metrics';

interface EmbeddedMetrics {
  readonly _aws: {
    readonly Timestamp?: number;
    readonly CloudWatchMetrics?: readonly {
      readonly Namespace: string;
      readonly Dimensions?: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/**
 * Returns the metric values in a log line. Returns none if the line isn't a JSON object in the embedded metric format.
 *
 * @param now the time of the metric values if the line contains no timestamp
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(line: string, now: number): Datum[] {
  const content = parsed(line);
  if (!content) {
    return [];
  }
  const { Timestamp: time = now, CloudWatchMetrics = [] } = content._aws;
  return CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions: sets = [[]], Metrics: metrics }) =>
    sets.flatMap((set) => {
      const dimensions = dimensionsOf(content, set);
      if (!dimensions) {
        return [];
      }
      return metrics.flatMap(({ Name: name }) => numbers(content[name]).map((value) => ({ namespace, name, dimensions, value, time })));
    }));
}

function parsed(line: string): EmbeddedMetrics | undefined {
  if (!line.startsWith('{') || !line.includes('"_aws"')) {
    return undefined;
  }
  try {
    const content = JSON.parse(line);
    return typeof content._aws === 'object' && content._aws !== null ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the values of a dimension set. Returns undefined if the line lacks a value, because CloudWatch then ignores the dimension set. */
function dimensionsOf(content: EmbeddedMetrics, names: readonly string[]): Dimensions | undefined {
  const entries = names.map((name) => [name, content[name]] as const);
  return entries.every((entry): entry is readonly [string, string] => typeof entry[1] === 'string') ? Object.fromEntries(entries) : undefined;
}

function numbers(value: unknown): number[] {
  return [value].flat().filter((element): element is number => typeof element === 'number');
}
