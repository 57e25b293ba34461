import { randomUUID } from 'node:crypto';
import type { ChangeSet } from './change-set';
import type { Deployment, Unfinished } from './deployment';
import type { Output } from './outputs';
import type { ResourceRecord } from './resource-record';
import type { ResourceStatus, StackStatus } from './status';

/** The resource type of a nested stack. The events about a stack itself also have this resource type. */
export const STACK_TYPE = 'AWS::CloudFormation::Stack';

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

/** The events of a stack. */
export class EventLog {
  private readonly events: StackEvent[] = [];

  public constructor(private readonly stackId: string, private readonly stackName: string) {}

  public add(event: Pick<StackEvent, 'LogicalResourceId' | 'PhysicalResourceId' | 'ResourceType' | 'ResourceStatus' | 'ResourceStatusReason'>): void {
    // Timestamps are real time, because the CDK CLI compares them with its own clock. They are unique, because the CLI sorts events by them.
    const timestamp = Math.max(Date.now(), (this.events.at(-1)?.Timestamp ?? 0) + 1);
    this.events.push({ ...event, EventId: randomUUID(), StackId: this.stackId, StackName: this.stackName, Timestamp: timestamp });
  }

  public newestFirst(): StackEvent[] {
    return [...this.events].reverse();
  }
}

/** The running operation on a stack. A stack has at most one running operation. */
export interface RunningOperation {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** A stack, which may have been deleted. */
export class Stack {
  public status: StackStatus = 'REVIEW_IN_PROGRESS';
  public statusReason?: string;
  /** The start time of the latest update, by the clock of the local AWS. */
  public updatedAt?: number;
  public deletedAt?: number;
  public terminationProtection = false;
  public disableRollback = false;
  public roleArn?: string;
  public deployment?: Deployment;
  public unfinished?: Unfinished;
  public operation?: RunningOperation;
  public outputs: readonly Output[] = [];
  /** The names of the exports that the stack imports from other stacks. */
  public imports: ReadonlySet<string> = new Set();
  public readonly changeSets = new Map<string, ChangeSet>();
  public readonly resources = new Map<string, ResourceRecord>();
  /** Resources removed by the deletion of the stack or by the roll-back of its creation. DescribeStackResources still returns them. */
  public readonly gone = new Map<string, ResourceRecord>();
  /** The creation time in real time, because the CDK CLI compares it with its own clock. */
  public readonly createdAt = Date.now();
  public readonly events: EventLog;

  /** @param parent the stack in which this stack is nested */
  public constructor(public readonly id: string, public readonly name: string, public readonly parent?: Stack) {
    this.events = new EventLog(id, name);
  }

  /** The stack at the top of the tree of nested stacks. */
  public get root(): Stack {
    return this.parent?.root ?? this;
  }

  public setStatus(status: StackStatus, reason?: string): void {
    this.status = status;
    this.statusReason = reason;
    this.events.add({
      LogicalResourceId: this.name,
      PhysicalResourceId: this.id,
      ResourceType: STACK_TYPE,
      ResourceStatus: status,
      ResourceStatusReason: reason,
    });
  }

  /** Stores the newest record of a resource and adds a stack event. */
  public setResource(record: Omit<ResourceRecord, 'timestamp'>): ResourceRecord {
    const stamped = { ...record, timestamp: Date.now() };
    this.resources.set(record.logicalId, stamped);
    this.addResourceEvent(stamped);
    return stamped;
  }

  /** Removes the resource with this logical id from the stack. */
  public forget(logicalId: string): void {
    const record = this.resources.get(logicalId);
    this.resources.delete(logicalId);
    if (record && (this.status === 'DELETE_IN_PROGRESS' || this.status === 'ROLLBACK_IN_PROGRESS')) {
      this.gone.set(logicalId, record);
    }
  }

  /** Adds a stack event about a current or replaced resource. */
  public addResourceEvent(record: Pick<ResourceRecord, 'logicalId' | 'type' | 'physicalId' | 'status' | 'statusReason'>): void {
    this.events.add({
      LogicalResourceId: record.logicalId,
      PhysicalResourceId: record.physicalId ?? '',
      ResourceType: record.type,
      ResourceStatus: record.status,
      ResourceStatusReason: record.statusReason,
    });
  }
}
