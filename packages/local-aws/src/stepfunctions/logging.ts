import { createHash } from 'node:crypto';
import type { HistoryEvent } from './history';
import { ServiceError } from '../contract';
import type { Logs } from '../logs/logs';

type Level = 'ALL' | 'ERROR' | 'FATAL' | 'OFF';

/** The logging configuration of a state machine: the logged events and the log group. */
export interface Logging {
  readonly level: Level;
  readonly includeExecutionData: boolean;
  readonly logGroup: string;
}

/** The IAM actions that the role of a state machine must allow if the state machine logs. */
export const LOG_DELIVERY_ACTIONS: readonly string[] = [
  'logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries',
  'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
];

/** The types of history events that each log level includes. */
const LOGGED: Readonly<Record<Level, RegExp>> = {
  ALL: /./,
  ERROR: /^FailStateEntered$|(Failed|TimedOut|Aborted)$/,
  FATAL: /^Execution(Failed|TimedOut|Aborted)$/,
  OFF: /(?!)/,
};

/**
 * Reads the property LoggingConfiguration. Returns undefined if logging is off.
 * @param configuration the property's value, which may have any shape
 */
export function loggingOf(configuration: Record<string, any> | undefined, logs: Pick<Logs, 'hasGroup'>): Logging | undefined {
  const level: Level = configuration?.Level ?? 'OFF';
  if (!Object.hasOwn(LOGGED, level)) {
    throw invalid(`Level ${level} is unknown, use one of ${Object.keys(LOGGED).join(', ')}.`);
  }
  if (level === 'OFF') {
    return undefined;
  }
  const destinations = configuration?.Destinations ?? [];
  if (destinations.length !== 1) {
    throw invalid('Must specify exactly one Log Destination.');
  }
  const arn: string = destinations[0].CloudWatchLogsLogGroup?.LogGroupArn ?? '';
  const logGroup = /^arn:[^:]+:logs:[^:]+:\d+:log-group:([^:]+):\*$/.exec(arn)?.[1];
  if (logGroup === undefined || !logs.hasGroup(logGroup)) {
    throw invalid('Log Destination not found.');
  }
  return { level, includeExecutionData: String(configuration?.IncludeExecutionData ?? false) === 'true', logGroup };
}

/** Writes the history of one execution to its log group, one JSON object per line. */
export class ExecutionLog {
  private readonly stream: string;

  public constructor(
    private readonly logs: Pick<Logs, 'hasGroup' | 'write'>, private readonly logging: Logging, private readonly executionArn: string, startedAt: number,
  ) {
    const [stateMachine] = executionArn.split(':').slice(-2);
    const minute = new Date(startedAt).toISOString().slice(0, 16).replace(/[T:]/g, '-');
    this.stream = `states/${stateMachine}/${minute}/${createHash('sha256').update(executionArn).digest('hex').slice(0, 8)}`;
  }

  public write({ id, previousEventId, timestamp, type }: HistoryEvent, details: object = {}): void {
    const { level, logGroup } = this.logging;
    // If the log group was deleted, Step Functions stops logging without an error.
    if (!LOGGED[level].test(type) || !this.logs.hasGroup(logGroup)) {
      return;
    }
    this.logs.write(logGroup, this.stream, JSON.stringify({
      id: String(id),
      type,
      details: this.shown(details),
      previous_event_id: String(previousEventId),
      event_timestamp: String(Math.round(timestamp * 1000)),
      execution_arn: this.executionArn,
      redrive_count: '0',
    }));
  }

  /** Removes input, output and parameters from the details of an event unless the state machine logs execution data. */
  private shown(details: object): object {
    if (this.logging.includeExecutionData) {
      return details;
    }
    return Object.fromEntries(Object.entries(details).filter(([name]) => !['input', 'output', 'parameters'].includes(name)));
  }
}

function invalid(problem: string): ServiceError {
  return new ServiceError('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${problem}`);
}
