import { ALREADY_IMPORTED } from '../../../src/contract';
import { isRefused } from '../invariants/refusals';
import { hitsMonitor } from '../plan/plan';
import { faultKind } from '../run/fault-kinds';
import type { Observed } from '../run/observed';

/** Counts which steps, faults, operations and statuses a run covered. Each count has a group and a name. */
export class Tally {
  public plans = 0;
  private readonly groups = new Map<string, Map<string, number>>();

  public add({ plan, operations, jobs, jobsAtEnd = [], monitorings, events = [], injectedIntoMonitors }: Observed): void {
    this.plans += 1;
    for (const step of plan.steps) {
      this.count('steps', step.kind === 'deploy' && step.trouble ? step.trouble.kind : step.kind);
    }
    for (const operation of operations) {
      const { kind, wanted, after, settledAt, outputs } = operation;
      if (isRefused(operation)) {
        this.count('present data', 'refused');
      }
      if (wanted && outputs.jobId === ALREADY_IMPORTED) {
        this.count('present data', 'declared');
      }
      if (wanted) {
        this.count('kinds', wanted.variant.kind);
        this.count('completions', wanted.variant.completion);
        this.count('data stores', String(wanted.variant.datastore));
      }
      this.count('operations', kind);
      this.count('ends', settledAt === undefined ? 'none' : after);
    }
    for (const { fault } of operations.flatMap(({ injected }) => injected).filter((each) => !hitsMonitor(each.fault))) {
      this.count('faults injected', faultKind(fault));
    }
    for (const { fault } of injectedIntoMonitors) {
      this.count('faults injected', faultKind(fault));
    }
    for (const { status } of monitorings) {
      this.count('monitor executions', status);
    }
    for (const { detailType } of events) {
      this.count('events', detailType);
    }
    for (const { kind, JobStatus: status } of jobsAtEnd) {
      this.count(`${kind} jobs`, String(status));
    }
    if (jobs.length === 0) {
      this.count('plans without jobs', 'all');
    }
  }

  public of(group: string, name: string): number {
    return this.groups.get(group)?.get(name) ?? 0;
  }

  /** Returns a summary with one line for each group of counts. */
  public toString(): string {
    const lines = [...this.groups].map(([group, counts]) => {
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const each = [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${count}`).join(', ');
      return `${group}: ${total} (${each})`;
    });
    return [`plans: ${this.plans}`, ...lines].join('\n');
  }

  public count(group: string, name: string): void {
    const counts = this.groups.get(group) ?? new Map<string, number>();
    this.groups.set(group, counts.set(name, (counts.get(name) ?? 0) + 1));
  }
}
