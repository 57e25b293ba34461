import { randomUUID } from 'node:crypto';
import { findPython } from './execution/runtimes';
import type { InvocationHook, KillAnswer } from './faults';
import type { CodeLoader } from './functions/code-package';
import { FunctionRegistry, type ResolvedFunction } from './functions/function-registry';
import type { FunctionHost, FunctionVersion } from './functions/function-version';
import { LambdaWire } from './wire';
import {
  ServiceError, type Caller, type Environment, type EventInvoker, type FunctionInvoker, type InvocationResult, type WireRequest, type WireResponse,
  type WireService,
} from '../contract';

export { RESPONSE_HOST } from './execution/execution-environment';
export type { InvocationFault, KillAnswer, PendingInvocation } from './faults';

/** The delays after which Lambda retries an event whose function failed, by the clock of the local AWS. */
const EVENT_RETRY_DELAYS_MS = [60_000, 120_000];

/** One run of a function, including the loading of its code. Times are in milliseconds, by the clock of the local AWS. */
export interface Invocation {
  readonly functionName: string;
  readonly memoryInMB: number;
  readonly startedAt: number;
  /** The end of the run; undefined while the function runs. */
  endedAt?: number;
}

/** Emulates AWS Lambda. Runs the real code of functions in Node.js and Python, each execution environment in a process of its own. */
export class Lambda implements WireService, FunctionInvoker, EventInvoker {
  public readonly host: FunctionHost;
  public readonly registry = new FunctionRegistry();
  /** Chooses a fault to inject into each invocation. */
  public beforeInvoke?: InvocationHook;
  /** All runs of functions, the oldest first. */
  public readonly invocations: Invocation[] = [];
  private readonly wire: LambdaWire;
  private readonly invocationCounts = new Map<string, number>();
  private readonly events = new Set<Promise<void>>();
  private readonly closing = new AbortController();

  public constructor(
    private readonly env: Environment, private readonly iam: FunctionHost['iam'], logs: FunctionHost['logs'], loadCode: CodeLoader,
    python = 'python3',
  ) {
    let found: ReturnType<typeof findPython> | undefined;
    this.host = { env, iam, logs, loadCode, layers: new Map(), python: () => found ??= findPython(python) };
    this.wire = new LambdaWire(this.host, this.registry, this);
  }

  public handle(request: WireRequest): Promise<WireResponse> {
    return this.wire.handle(request);
  }

  public async invoke(caller: Caller, functionArn: string, payload: unknown): Promise<InvocationResult> {
    const { arn } = await this.authorizeInvoke(caller, functionArn);
    return this.run(arn, payload, randomUUID());
  }

  /** Accepts the event and runs it later. Retries it twice if the function fails. */
  public async invokeEvent(caller: Caller, functionArn: string, payload: unknown, context?: Record<string, string>): Promise<void> {
    const { arn } = await this.authorizeInvoke(caller, functionArn, context);
    const event = this.runEvent(arn, payload).catch(() => undefined).finally(() => this.events.delete(event));
    this.events.add(event);
  }

  /**
   * Kills the processes of one function or of all functions, even in the middle of an event. The promise resolves when the processes have ended.
   * The kill signals are sent before the promise is returned, so `Faults.hook`, which is synchronous, can call this method.
   * @param functionName the physical name
   * @param answer the response to running events
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

  /** Returns the function. Throws if the caller may not invoke it, or if its runtime isn't supported. */
  private async authorizeInvoke(caller: Caller, functionArn: string, context?: Record<string, string>): Promise<ResolvedFunction> {
    const resolved = this.registry.resolve(functionArn);
    const { arn: resource, resourcePolicy, version } = resolved;
    await this.iam.authorize({ caller, action: 'lambda:InvokeFunction', resource, context, resourcePolicy });
    version.checkRuntime();
    return resolved;
  }

  private async run(functionArn: string, payload: unknown, requestId: string): Promise<InvocationResult> {
    // Throws if the function was deleted before a retry of its event.
    const functionName = this.registry.resolve(functionArn).version.configuration.name;
    const fault = await this.beforeInvoke?.({ functionName, payload, count: increment(this.invocationCounts, functionName) });
    if (fault?.error) {
      throw fault.error;
    }
    // Looks up the version again, because an update may have replaced it while `beforeInvoke` ran.
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
