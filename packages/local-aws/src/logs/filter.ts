import type { LogEvent } from './log-event';
import { ServiceError } from '../contract';

/** Which events FilterLogEvents is asked for: those that all members let through. */
export interface EventFilter {
  readonly logStreamNames?: readonly string[];
  readonly logStreamNamePrefix?: string;
  /** The first millisecond since the epoch. */
  readonly startTime?: number;
  /** The last millisecond since the epoch. */
  readonly endTime?: number;
  readonly filterPattern?: string;
}

/** Whether an event passes a filter. Throws if the pattern is of a kind that isn't played. */
export function eventFilter(filter: EventFilter): (event: LogEvent) => boolean {
  const { logStreamNames, logStreamNamePrefix = '', startTime = -Infinity, endTime = Infinity, filterPattern = '' } = filter;
  const terms = termsOf(filterPattern);
  return ({ stream, timestamp, message }) => (logStreamNames?.includes(stream) ?? true) && stream.startsWith(logStreamNamePrefix)
    && timestamp >= startTime && timestamp <= endTime && terms.every((term) => message.includes(term));
}

/** The texts that a message must contain, all of them. */
function termsOf(pattern: string): string[] {
  return [...pattern.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => {
    if (quoted !== undefined) {
      return quoted;
    }
    if (/^[-?%{[]/.test(word)) {
      throw new ServiceError('InvalidParameterException', `filter pattern ${pattern} isn't played by the local Logs, use words and "quoted texts"`);
    }
    return word;
  });
}
