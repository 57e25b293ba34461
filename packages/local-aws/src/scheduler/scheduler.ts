import { randomUUID } from 'node:crypto';
import { nextTime, type NextTime } from './expression';
import type { AssumedRole, Environment, EventInvoker } from '../contract';
import type { StepFunctions } from '../stepfunctions/stepfunctions';

/** A schedule that invokes a function or starts executions of a state machine. */
export interface Schedule {
  readonly name: string;
  readonly expression: string;
  readonly isEnabled: boolean;
  readonly targetArn: string;
  readonly roleArn: string;
  /** The JSON text that the function or the execution receives. It may contain `<aws.scheduler.scheduled-time>` and the other keywords of EventBridge Scheduler. */
  readonly input: string;
}

/** One invocation or start of an execution by a schedule. */
export interface Tick {
  readonly scheduleName: string;
  /** The time for which the invocation was scheduled, in milliseconds since the epoch. */
  readonly scheduledAt: number;
}

/** The fault to inject into a tick: it is lost, delivered twice, or delivered late by a time on the clock of the local AWS. */
export type TickFault = 'lost' | 'twice' | { readonly lateByMs: number };

/** A tick whose invocation or start of an execution was denied or failed. */
export interface FailedTick extends Tick {
  readonly reason: string;
}

/** Assumes roles as a service principal. */
export interface RoleAssumer {
  assumeRole(by: { readonly service: string }, roleArn: string, context: Record<string, string>): Promise<AssumedRole>;
}

/**
 * Emulates EventBridge Scheduler: invokes functions asynchronously, or starts executions of state machines, at the times of their schedules. If the clock
 * jumps past several scheduled times, only the last of them causes a tick. Never retries a tick, because it fails only if a permission or its target is
 * missing.
 */
export class Scheduler {
  /** Returns the fault to inject into a tick. Undefined if the tick is delivered once and on time. */
  public beforeTick?: (tick: Tick) => TickFault | undefined;
  /** The ticks that Lambda or Step Functions accepted, the oldest first. A tick that was delivered twice is in the list twice. */
  public readonly delivered: Tick[] = [];
  public readonly failed: FailedTick[] = [];
  private readonly schedules = new Map<string, { readonly schedule: Schedule; readonly stop: AbortController }>();
  private readonly underWay = new Set<Promise<void>>();

  public constructor(
    private readonly environment: Environment,
    private readonly roles: RoleAssumer,
    private readonly functions: EventInvoker,
    private readonly states: Pick<StepFunctions, 'startExecution'>,
  ) {}

  public find(name: string): Schedule | undefined {
    return this.schedules.get(name)?.schedule;
  }

  /** Creates or changes a schedule. Throws if its expression isn't emulated. */
  public put(schedule: Schedule): void {
    const now = this.environment.clock.now();
    const next = nextTime(schedule.expression, now);
    this.delete(schedule.name);
    const stop = new AbortController();
    this.schedules.set(schedule.name, { schedule, stop });
    if (schedule.isEnabled) {
      this.track(this.run(schedule, next(now - 1), next, stop.signal), stop.signal);
    }
  }

  public delete(name: string): void {
    this.schedules.get(name)?.stop.abort();
    this.schedules.delete(name);
  }

  public arn(name: string): string {
    return this.regionalArn(`schedule/default/${name}`);
  }

  /** Starts a session of the role of a schedule. Rejects if the role doesn't trust EventBridge Scheduler. */
  public async assumeRole(roleArn: string): Promise<AssumedRole> {
    return this.roles.assumeRole({ service: 'scheduler.amazonaws.com' }, roleArn, {
      'sts:RoleSessionName': randomUUID(),
      'aws:SourceArn': this.regionalArn('schedule-group/default'),
      'aws:SourceAccount': this.environment.accountId,
    });
  }

  public async close(): Promise<void> {
    [...this.schedules.keys()].forEach((name) => this.delete(name));
    await Promise.all(this.underWay);
  }

  private async run(schedule: Schedule, first: number, next: NextTime, signal: AbortSignal): Promise<void> {
    const { clock } = this.environment;
    for (let due = first; ; due = next(due)) {
      await clock.sleep(Math.max(0, due - clock.now()), signal);
      for (let later = next(due); later <= clock.now(); later = next(later)) {
        due = later;
      }
      this.track(this.tick(schedule, { scheduleName: schedule.name, scheduledAt: due }, signal), signal);
    }
  }

  private async tick(schedule: Schedule, tick: Tick, signal: AbortSignal): Promise<void> {
    const fault = this.beforeTick?.(tick);
    if (fault === 'lost') {
      return;
    }
    if (typeof fault === 'object') {
      await this.environment.clock.sleep(fault.lateByMs, signal);
    }
    await Promise.all(Array.from({ length: fault === 'twice' ? 2 : 1 }, () => this.invoke(schedule, tick)));
  }

  private async invoke({ name, roleArn, targetArn, input: template }: Schedule, tick: Tick): Promise<void> {
    const values: Readonly<Record<string, string>> = {
      'schedule-arn': this.arn(name),
      'scheduled-time': new Date(tick.scheduledAt).toISOString().replace(/\.\d+Z$/, 'Z'),
      'execution-id': randomUUID(),
      'attempt-number': '1',
    };
    const input = template.replace(/<aws\.scheduler\.([a-z-]+)>/g, (keyword, key: string) => values[key] ?? keyword);
    try {
      const { caller } = await this.assumeRole(roleArn);
      await (targetArn.includes(':stateMachine:')
        ? this.states.startExecution(caller, { stateMachineArn: targetArn, input })
        : this.functions.invokeEvent(caller, targetArn, JSON.parse(input)));
      this.delivered.push(tick);
    } catch (error) {
      this.failed.push({ ...tick, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  private regionalArn(resource: string): string {
    const { partition, region, accountId } = this.environment;
    return `arn:${partition}:scheduler:${region}:${accountId}:${resource}`;
  }

  private track(work: Promise<void>, signal: AbortSignal): void {
    const tracked = work.catch((error: unknown) => {
      if (!signal.aborted) {
        throw error;
      }
    }).finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
  }
}
