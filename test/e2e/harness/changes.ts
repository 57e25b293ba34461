import type { Laptop } from './laptop';

/** One creation, update or deletion of a resource. */
export interface Change {
  readonly logicalId: string;
  readonly status: string;
  readonly reason: string;
  /** Duration on the scaled clock, in minutes. It is exact to a second. */
  readonly minutes: number;
}

/** Returns the changes of all resources whose logical id has the prefix, ordered by the time when they ended. */
export function changesOf(laptop: Laptop, stackName: string, logicalIdPrefix: string): Change[] {
  const since = new Map<string, number>();
  const changes: Change[] = [];
  const events = laptop.stack(stackName).events.newestFirst().reverse();
  for (const { LogicalResourceId: logicalId, ResourceStatus: status, ResourceStatusReason: reason = '', Timestamp: time } of events) {
    if (!logicalId.startsWith(logicalIdPrefix)) {
      continue;
    }
    if (status.endsWith('_IN_PROGRESS')) {
      since.set(logicalId, since.get(logicalId) ?? time);
    } else {
      // The timestamps of events are real time, because the CDK CLI compares them with its own clock.
      const seconds = Math.round(laptop.clockMsBetween(since.get(logicalId) ?? time, time) / 1000);
      changes.push({ logicalId, status, reason, minutes: seconds / 60 });
      since.delete(logicalId);
    }
  }
  return changes;
}
