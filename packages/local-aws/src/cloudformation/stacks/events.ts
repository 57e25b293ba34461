import { randomUUID } from 'node:crypto';
import type { ResourceStatus, StackStatus } from './status';

/** One line of a stack's history. */
export interface StackEvent {
  readonly EventId: string;
  readonly StackId: string;
  readonly StackName: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
  readonly ResourceType: string;
  readonly Timestamp: number;
  readonly ResourceStatus: StackStatus | ResourceStatus;
  readonly ResourceStatusReason?: string;
}

/** What happened to a stack, in the order it happened. */
export class EventLog {
  private readonly events: StackEvent[] = [];

  public constructor(private readonly stackId: string, private readonly stackName: string) {}

  public add(event: Pick<StackEvent, 'LogicalResourceId' | 'PhysicalResourceId' | 'ResourceType' | 'ResourceStatus' | 'ResourceStatusReason'>): void {
    // The CDK CLI asks for what is younger than its own time, so this is real time; and it sorts by milliseconds, so none is there twice.
    const timestamp = Math.max(Date.now(), (this.events.at(-1)?.Timestamp ?? 0) + 1);
    this.events.push({ ...event, EventId: randomUUID(), StackId: this.stackId, StackName: this.stackName, Timestamp: timestamp });
  }

  public newestFirst(): StackEvent[] {
    return [...this.events].reverse();
  }
}
