import type { ChangeSet } from './change-set';
import type { Deployment, Unfinished } from './deployment';
import { EventLog } from './events';
import type { Output } from './outputs';
import type { ResourceRecord } from './resource-record';
import type { StackStatus } from './status';

/** What runs on a stack; a stack has at most one. */
export interface RunningOperation {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** One stack, also when it is deleted. */
export class Stack {
  public status: StackStatus = 'REVIEW_IN_PROGRESS';
  public statusReason?: string;
  /** When its newest update began, by the clock. */
  public updatedAt?: number;
  public deletedAt?: number;
  public terminationProtection = false;
  public disableRollback = false;
  public roleArn?: string;
  public deployment?: Deployment;
  public unfinished?: Unfinished;
  public operation?: RunningOperation;
  public outputs: readonly Output[] = [];
  /** Names of the exports of other stacks that this one uses. */
  public imports: ReadonlySet<string> = new Set();
  public readonly changeSets = new Map<string, ChangeSet>();
  public readonly resources = new Map<string, ResourceRecord>();
  /** What was deleted, or left behind, with the whole stack or in the roll-back of its creation; AWS still describes it. */
  public readonly gone = new Map<string, ResourceRecord>();
  /** In real time, as the CDK CLI compares it with its own. */
  public readonly createdAt = Date.now();
  public readonly events: EventLog;

  public constructor(public readonly id: string, public readonly name: string) {
    this.events = new EventLog(id, name);
  }

  public setStatus(status: StackStatus, reason?: string): void {
    this.status = status;
    this.statusReason = reason;
    this.events.add({
      LogicalResourceId: this.name,
      PhysicalResourceId: this.id,
      ResourceType: 'AWS::CloudFormation::Stack',
      ResourceStatus: status,
      ResourceStatusReason: reason,
    });
  }

  /** Keeps the record as the resource's newest and tells of it in the events. */
  public setResource(record: Omit<ResourceRecord, 'timestamp'>): ResourceRecord {
    const stamped = { ...record, timestamp: Date.now() };
    this.resources.set(record.logicalId, stamped);
    this.addResourceEvent(stamped);
    return stamped;
  }

  /** Takes the current resource under a logical id out of the stack. */
  public forget(logicalId: string): void {
    const record = this.resources.get(logicalId);
    this.resources.delete(logicalId);
    if (record && (this.status === 'DELETE_IN_PROGRESS' || this.status === 'ROLLBACK_IN_PROGRESS')) {
      this.gone.set(logicalId, record);
    }
  }

  /** An event about a resource that is not, or no longer, the current one under its logical id. */
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
