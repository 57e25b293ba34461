import { ServiceError, type Environment } from '../contract';

export interface LogEvent {
  /** The time of the event in milliseconds since the epoch, by the clock of the local AWS. */
  readonly timestamp: number;
  readonly stream: string;
  readonly message: string;
}

/** Emulates CloudWatch Logs: log groups, streams and events in memory. */
export class Logs {
  /** Called with each message after it is written. */
  public onWrite?: (message: string) => void;
  /** The events of each log group, in the order of writing. */
  private readonly groups = new Map<string, LogEvent[]>();

  public constructor(private readonly env: Environment) {}

  /** Writes one event; creates the group if it doesn't exist. */
  public write(logGroup: string, stream: string, message: string): void {
    if (!this.hasGroup(logGroup)) {
      this.createGroup(logGroup);
    }
    this.groups.get(logGroup)?.push({ timestamp: Math.floor(this.env.clock.now()), stream, message });
    this.onWrite?.(message);
  }

  public hasGroup(logGroup: string): boolean {
    return this.groups.has(logGroup);
  }

  public groupNames(): string[] {
    return [...this.groups.keys()];
  }

  /** Returns the events of a log group, in the order of writing. */
  public events(logGroup: string): readonly LogEvent[] {
    return this.groups.get(logGroup) ?? [];
  }

  public createGroup(logGroup: string): void {
    if (this.hasGroup(logGroup)) {
      throw new ServiceError('ResourceAlreadyExistsException', `Resource of type 'AWS::Logs::LogGroup' with identifier '${logGroup}' already exists.`);
    }
    this.groups.set(logGroup, []);
  }

  public deleteGroup(logGroup: string): void {
    this.groups.delete(logGroup);
  }
}

/** Returns the ARN of a log group without the suffix `:*` that it has in policies and in CloudFormation. */
export function logGroupArn({ partition, region, accountId }: Environment, name: string): string {
  return `arn:${partition}:logs:${region}:${accountId}:log-group:${name}`;
}
