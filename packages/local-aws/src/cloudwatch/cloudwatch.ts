import type { Alarm } from './alarm';
import { Alarms, type FailedAction } from './alarms';
import { Dashboards } from './dashboards';
import { embeddedMetrics } from './embedded-metrics';
import { Metrics, type Datum, type Dimensions } from './metrics';
import type { Environment } from '../contract';
import type { Sns } from '../sns/sns';
import type { Execution } from '../stepfunctions/stepfunctions';

export type { Alarm } from './alarm';
export type { FailedAction } from './alarms';
export type { Datum, Dimensions } from './metrics';

/** CloudWatch evaluates an alarm once a minute. */
const EVALUATION_MS = 60_000;
/** The shortest pause between two evaluations in real time, however fast the clock of the local AWS runs. */
const SHORTEST_PAUSE_MS = 50;

const EXECUTION_METRICS: Readonly<Record<string, string>> = {
  SUCCEEDED: 'ExecutionsSucceeded', FAILED: 'ExecutionsFailed', ABORTED: 'ExecutionsAborted',
};

/** Emulates CloudWatch's metrics, alarms and dashboards. Evaluates all alarms after each new metric value, and once a minute by the clock of the local AWS. */
export class CloudWatch {
  public readonly alarms: Alarms;
  public readonly dashboards: Dashboards;
  private readonly metrics = new Metrics();
  private readonly closing = new AbortController();
  private evaluating?: Promise<void>;

  public constructor(private readonly environment: Environment, topics: Pick<Sns, 'publish'>) {
    this.alarms = new Alarms(environment, this.metrics, topics, () => this.evaluateRegularly());
    this.dashboards = new Dashboards(environment);
  }

  /** The actions that alarms could not perform. */
  public get failedActions(): readonly FailedAction[] {
    return this.alarms.failedActions;
  }

  /** Returns an alarm by name or ARN. Throws if there is none. */
  public alarm(nameOrArn: string): Alarm {
    const alarm = this.alarms.find(nameOrArn);
    if (!alarm) {
      throw new Error(`there is no alarm ${nameOrArn}`);
    }
    return alarm;
  }

  /** Returns the sum of all values of the metric with exactly these dimensions. */
  public sum(namespace: string, name: string, dimensions: Dimensions = {}): number {
    return this.metrics.values({ namespace, name, dimensions }).reduce((sum, value) => sum + value, 0);
  }

  /** Returns all values of the metric with exactly these dimensions, in the order in which they were put. */
  public data(namespace: string, name: string, dimensions: Dimensions = {}): readonly Datum[] {
    return this.metrics.data({ namespace, name, dimensions });
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

  /** Stores the metric values that a log line contains in the embedded metric format. */
  public takeLogLine(line: string): void {
    this.put(...embeddedMetrics(line.trim(), this.environment.clock.now()));
  }

  /** Stores two metric values for a state machine execution: one when the execution starts, and one when it ends. */
  public countExecution(execution: Execution): void {
    const count = (name: string): void => this.put({
      namespace: 'AWS/States', name, dimensions: { StateMachineArn: execution.setup.stateMachineArn }, value: 1, time: this.environment.clock.now(),
    });
    count('ExecutionsStarted');
    void execution.ended.then(() => count(EXECUTION_METRICS[execution.status]));
  }

  /** Resolves when every started action of an alarm has succeeded or failed. */
  public async settled(): Promise<void> {
    await this.alarms.settled();
  }

  public async close(): Promise<void> {
    this.closing.abort();
    await this.evaluating;
    await this.settled();
  }

  private evaluateRegularly(): void {
    this.evaluating ??= this.evaluateWhileThereAreAlarms();
  }

  private async evaluateWhileThereAreAlarms(): Promise<void> {
    const { clock, timeScale } = this.environment;
    try {
      while (this.alarms.size > 0) {
        await clock.sleep(Math.max(EVALUATION_MS, SHORTEST_PAUSE_MS * timeScale), this.closing.signal);
        this.alarms.evaluate();
      }
      this.evaluating = undefined;
    } catch (error) {
      if (!this.closing.signal.aborted) {
        throw error;
      }
    }
  }
}
