import type { Alarm } from './alarm';
import { Alarms, type AlarmTopics, type FailedAction } from './alarms';
import { embeddedMetrics } from './embedded-metrics';
import { Metrics, type Datum, type Dimensions } from './metrics';
import type { Environment } from '../contract';
import type { Execution } from '../stepfunctions/stepfunctions';

export type { Alarm } from './alarm';
export type { FailedAction } from './alarms';
export type { Datum, Dimensions } from './metrics';

/** CloudWatch looks at an alarm so often. */
const EVALUATION_MS = 60_000;
/** However fast the clock runs, alarms are looked at no more often than this, in real time. */
const SHORTEST_PAUSE_MS = 50;

const EXECUTION_METRICS: Readonly<Record<string, string>> = {
  SUCCEEDED: 'ExecutionsSucceeded', FAILED: 'ExecutionsFailed', ABORTED: 'ExecutionsAborted',
};

/** Plays CloudWatch's metrics and alarms. Alarms are looked at when a value comes in, and every minute of the clock. */
export class CloudWatch {
  public readonly alarms: Alarms;
  private readonly metrics = new Metrics();
  private readonly closing = new AbortController();
  private watching?: Promise<void>;

  public constructor(private readonly environment: Environment, topics: AlarmTopics) {
    this.alarms = new Alarms(environment, this.metrics, topics, () => this.watch());
  }

  /** What alarms should have done and could not. */
  public get failedActions(): readonly FailedAction[] {
    return this.alarms.failedActions;
  }

  /** By name or ARN. Throws if there is none. */
  public alarm(nameOrArn: string): Alarm {
    const alarm = this.alarms.find(nameOrArn);
    if (!alarm) {
      throw new Error(`there is no alarm ${nameOrArn}`);
    }
    return alarm;
  }

  /** The sum of all values of the metric with just these dimensions. */
  public sum(namespace: string, name: string, dimensions: Dimensions = {}): number {
    return this.metrics.values({ namespace, name, dimensions }).reduce((sum, value) => sum + value, 0);
  }

  public put(...data: readonly Datum[]): void {
    if (data.length === 0 || this.closing.signal.aborted) {
      return;
    }
    for (const datum of data) {
      this.metrics.put(datum);
    }
    this.alarms.evaluate();
  }

  /** Takes the metrics out of a log line, if it has any. */
  public takeLogLine(line: string): void {
    this.put(...embeddedMetrics(line.trim(), this.environment.clock.now()));
  }

  /** Counts an execution of a state machine, and its end when it has come. */
  public countExecution(execution: Execution): void {
    const count = (name: string): void => this.put({
      namespace: 'AWS/States', name, dimensions: { StateMachineArn: execution.setup.stateMachineArn }, value: 1, time: this.environment.clock.now(),
    });
    count('ExecutionsStarted');
    void execution.ended.then(() => count(EXECUTION_METRICS[execution.status]));
  }

  /** Resolves when alarms have done what follows from the values so far. */
  public async settled(): Promise<void> {
    await this.alarms.settled();
  }

  public async close(): Promise<void> {
    this.closing.abort();
    await this.watching;
    await this.settled();
  }

  private watch(): void {
    this.watching ??= this.evaluateRegularly();
  }

  private async evaluateRegularly(): Promise<void> {
    const { clock, timeScale } = this.environment;
    try {
      while (this.alarms.size > 0) {
        await clock.sleep(Math.max(EVALUATION_MS, SHORTEST_PAUSE_MS * timeScale), this.closing.signal);
        this.alarms.evaluate();
      }
      this.watching = undefined;
    } catch (error) {
      if (!this.closing.signal.aborted) {
        throw error;
      }
    }
  }
}
