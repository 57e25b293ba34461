import type { LogEvent } from './log-event';
import { ServiceError, type Environment, type LogSink } from '../contract';

interface LogGroup {
  readonly createdAt: number;
  retentionInDays?: number;
  readonly events: LogEvent[];
}

/** CloudWatch Logs: groups, streams and events in memory. */
export class Logs implements LogSink {
  /** Told of each message that is written. */
  public onWrite?: (message: string) => void;
  private readonly groups = new Map<string, LogGroup>();

  public constructor(private readonly env: Environment) {}

  /** Writes one event; the group is made if it doesn't exist. */
  public write(logGroup: string, stream: string, message: string): void {
    if (!this.hasGroup(logGroup)) {
      this.createGroup(logGroup);
    }
    this.groups.get(logGroup)?.events.push({ timestamp: this.now(), stream, message });
    this.onWrite?.(message);
  }

  public hasGroup(logGroup: string): boolean {
    return this.groups.has(logGroup);
  }

  public groupNames(): string[] {
    return [...this.groups.keys()];
  }

  public streamNames(logGroup: string): string[] {
    return [...new Set(this.events(logGroup).map((event) => event.stream))];
  }

  /** In the order in which they were written. */
  public events(logGroup: string): readonly LogEvent[] {
    return this.groups.get(logGroup)?.events ?? [];
  }

  /** In milliseconds since the epoch, by the clock. */
  public creationTime(logGroup: string): number | undefined {
    return this.groups.get(logGroup)?.createdAt;
  }

  public retentionInDays(logGroup: string): number | undefined {
    return this.groups.get(logGroup)?.retentionInDays;
  }

  public createGroup(logGroup: string): void {
    if (this.hasGroup(logGroup)) {
      throw new ServiceError('ResourceAlreadyExistsException', `Resource of type 'AWS::Logs::LogGroup' with identifier '${logGroup}' already exists.`);
    }
    this.groups.set(logGroup, { createdAt: this.now(), events: [] });
  }

  /** Undefined keeps the events for ever. */
  public retain(logGroup: string, days: number | undefined): void {
    const group = this.groups.get(logGroup);
    if (!group) {
      throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
    }
    group.retentionInDays = days;
  }

  public deleteGroup(logGroup: string): void {
    this.groups.delete(logGroup);
  }

  private now(): number {
    return Math.floor(this.env.clock.now());
  }
}
