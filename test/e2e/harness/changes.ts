import type { Laptop } from './laptop';

/** One creation, update or deletion of a resource. */
export interface Change {
  readonly logicalId: string;
  readonly status: string;
  readonly reason: string;
  /** How many minutes the change took on the scaled clock, to the nearest second. */
  readonly minutes: number;
}

/** Returns the completed changes of all resources whose logical id starts with the prefix. The change that ended first comes first. */
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
      // Stack events have real timestamps, because the CDK CLI compares them with the system clock.
      const seconds = Math.round(laptop.clockMsBetween(since.get(logicalId) ?? time, time) / 1000);
      changes.push({ logicalId, status, reason, minutes: seconds / 60 });
      since.delete(logicalId);
    }
  }
  return changes;
}
