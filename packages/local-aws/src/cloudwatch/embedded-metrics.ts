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
 * The values that a log line carries for CloudWatch; none unless it is nothing but one object in the embedded metric format.
 *
 * @param now the time of a line that doesn't say its own
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

/** Undefined if the line lacks one of them: then CloudWatch takes nothing for that set. */
function dimensionsOf(content: EmbeddedMetrics, names: readonly string[]): Dimensions | undefined {
  const entries = names.map((name) => [name, content[name]] as const);
  return entries.every((entry): entry is readonly [string, string] => typeof entry[1] === 'string') ? Object.fromEntries(entries) : undefined;
}

function numbers(value: unknown): number[] {
  return [value].flat().filter((element): element is number => typeof element === 'number');
}
