import { randomUUID } from 'node:crypto';
import type { InvocationHook, KillAnswer } from './faults';
import type { CodeLoader } from './functions/code-package';
import type { FunctionLogSink } from './functions/function-log';
import { FunctionRegistry, type ResolvedFunction } from './functions/function-registry';
import type { FunctionHost, FunctionVersion } from './functions/function-version';
import { LambdaWire } from './wire';
import {
  ServiceError, type Caller, type Environment, type FunctionInvoker, type InvocationResult,
  type WireRequest, type WireResponse, type WireService,
} from '../contract';

export type { CodeLoader } from './functions/code-package';
export { RESPONSE_HOST } from './execution/execution-environment';
export type { InvocationFault, InvocationHook, KillAnswer, PendingInvocation } from './faults';
export type { FunctionLogSink } from './functions/function-log';

/** After how much time, by the clock, Lambda runs an event again whose function failed. */
const EVENT_RETRY_DELAYS_MS = [60_000, 120_000];

/** One run of a function. Times are of the clock, in milliseconds; those of loading the code are included. */
export interface Invocation {
  readonly functionName: string;
  readonly memoryInMB: number;
  readonly startedAt: number;
  /** Undefined while it runs. */
  endedAt?: number;
}

/** AWS Lambda: runs the real code of Node.js functions, each execution environment in a process of its own. */
export class Lambda implements WireService, FunctionInvoker {
  public readonly host: FunctionHost;
  public readonly registry = new FunctionRegistry();
  /** Asked before each invocation what is to go wrong with it. */
  public beforeInvoke?: InvocationHook;
  /** All runs of functions, oldest first. */
  public readonly invocations: Invocation[] = [];
  private readonly wire: LambdaWire;
  private readonly invocationCounts = new Map<string, number>();
  private readonly droppedLines = new Map<string, number>();
  private readonly events = new Set<Promise<void>>();
  private readonly closing = new AbortController();

  public constructor(
    private readonly env: Environment,
    private readonly iam: FunctionHost['iam'],
    logs: FunctionLogSink,
    loadCode: CodeLoader,
  ) {
    this.host = { env, iam, logs, loadCode, onDroppedLogLine: (name) => increment(this.droppedLines, name) };
    this.wire = new LambdaWire(iam, this.registry, this);
  }

  public handle(request: WireRequest): Promise<WireResponse> {
    return this.wire.handle(request);
  }

  public async invoke(caller: Caller, functionArn: string, payload: unknown): Promise<InvocationResult> {
    const { arn } = await this.authorizeInvoke(caller, functionArn);
    return this.run(arn, payload, randomUUID());
  }

  /**
   * Accepts the event and runs it later, up to twice more if the function fails.
   * @param context condition keys that a service sets: aws:SourceArn, aws:SourceAccount
   */
  public async invokeEvent(caller: Caller, functionArn: string, payload: unknown, context?: Record<string, string>): Promise<void> {
    const { arn } = await this.authorizeInvoke(caller, functionArn, context);
    const event = this.runEvent(arn, payload).catch(() => undefined).finally(() => this.events.delete(event));
    this.events.add(event);
  }

  /** Throws unless the caller may invoke the function, and the function can be run here. */
  public async authorizeInvoke(caller: Caller, functionArn: string, context?: Record<string, string>): Promise<ResolvedFunction> {
    const resolved = this.registry.resolve(functionArn);
    await this.iam.authorize({ caller, action: 'lambda:InvokeFunction', resource: resolved.arn, context, resourcePolicy: resolved.resourcePolicy });
    resolved.version.checkRuntime();
    return resolved;
  }

  /** How many lines were lost because the function's role may not write its log. */
  public droppedLogLines(functionName: string): number {
    return this.droppedLines.get(functionName) ?? 0;
  }

  /**
   * Kills the processes of a function, or of all, also those in the middle of an event. They are killed before this returns, and
   * gone when it resolves: a fault hook that doesn't await it ends the process at the very request that it is asked about.
   * @param functionName the physical name
   * @param answer what the callers get whose event was under way
   */
  public async killEnvironments(functionName?: string, answer: KillAnswer = 'function-error'): Promise<void> {
    await this.registry.kill(answer, functionName);
  }

  /** Kills all processes and removes their code. */
  public async close(): Promise<void> {
    this.closing.abort(new Error('the local Lambda is closed'));
    await this.registry.close();
    await Promise.all(this.events);
  }

  private async run(functionArn: string, payload: unknown, requestId: string): Promise<InvocationResult> {
    const functionName = this.registry.get(functionArn).name;
    const fault = await this.beforeInvoke?.({ functionName, payload, count: increment(this.invocationCounts, functionName) });
    if (fault?.error) {
      throw fault.error;
    }
    // Found only now: while the hook was asked, an update may have put another version in its place.
    const { version } = this.registry.resolve(functionArn);
    const { killAfterMs, killAnswer, twice = false } = fault ?? {};
    const invocation = { requestId, functionArn, payload: JSON.stringify(payload ?? null), killAfterMs, killAnswer };
    const start = () => this.record(version, version.run(invocation));
    const runs = twice ? [start(), start()] : [start()];
    await Promise.allSettled(runs);
    return runs[0];
  }

  private async record({ configuration }: FunctionVersion, result: Promise<InvocationResult>): Promise<InvocationResult> {
    const { name: functionName, memorySize: memoryInMB } = configuration;
    const invocation: Invocation = { functionName, memoryInMB, startedAt: this.env.clock.now() };
    this.invocations.push(invocation);
    try {
      return await result;
    } finally {
      invocation.endedAt = this.env.clock.now();
    }
  }

  private async runEvent(functionArn: string, payload: unknown): Promise<void> {
    const requestId = randomUUID();
    for (const delay of [0, ...EVENT_RETRY_DELAYS_MS]) {
      if (delay > 0) {
        await this.env.clock.sleep(delay, this.closing.signal);
      }
      if (await this.succeeds(functionArn, payload, requestId)) {
        return;
      }
    }
  }

  private async succeeds(functionArn: string, payload: unknown, requestId: string): Promise<boolean> {
    try {
      return !(await this.run(functionArn, payload, requestId)).functionError;
    } catch (error) {
      if (error instanceof ServiceError) {
        return false;
      }
      throw error;
    }
  }
}

function increment(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}
