import type { KillAnswer } from '../faults';
import { environmentLost, functionError, initTimedOut, runtimeExited, timedOut, type FunctionErrorPayload } from './invocation-errors';
import { RuntimeProcess, type ClockReading, type RuntimeMessage } from './runtime-process';
import type { Runtime } from './runtimes';
import type { Environment, InvocationResult, ServiceError } from '../../contract';
import type { FunctionLog } from '../functions/function-log';

/** The host name of CloudFormation's response bucket. Requests of functions to this host are sent to the local AWS. */
export const RESPONSE_HOST = 'cloudformation-custom-resource-response.local';

/** Lambda's time limit for loading a function's code. It is measured in real time, because loading takes real time. */
const INIT_TIMEOUT_MS = 10_000;

export interface EnvironmentLaunch {
  readonly runtime: Runtime;
  readonly handler: string;
  readonly codeDirectory: string;
  readonly layerDirectory?: string;
  readonly variables: Record<string, string>;
  readonly log: FunctionLog;
}

export interface EnvironmentInvocation {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: string;
  readonly timeoutSeconds: number;
  /** For tests: the time from the start of the event until the process is killed, in milliseconds of the local AWS clock. */
  readonly killAfterMs?: number;
  readonly killAnswer?: KillAnswer;
}

type Outcome =
  | { readonly payload: string }
  | { readonly error: FunctionErrorPayload }
  | { readonly serviceError: ServiceError };

/** A process that runs the events of a function one at a time, and stays warm between events. */
export class ExecutionEnvironment {
  private readonly runtime: RuntimeProcess;
  private readonly ready: Promise<FunctionErrorPayload | undefined>;
  private hasCrashed = false;
  /** The response to the event during which the process was killed; undefined if the process has not been killed. */
  private killedWith?: KillAnswer;
  private settleReady?: (error?: FunctionErrorPayload) => void;
  private settle?: (outcome: Outcome) => void;

  public constructor(private readonly env: Environment, private readonly launch: EnvironmentLaunch) {
    const { timeScale: scale } = env;
    const options = {
      handler: launch.handler,
      codeDirectory: launch.codeDirectory,
      layerDirectory: launch.layerDirectory,
      endpoint: env.endpoint(),
      responseHost: RESPONSE_HOST,
      time: { scale, ...this.readClock() },
    };
    this.runtime = new RuntimeProcess(
      launch.runtime, options, launch.variables, (message) => this.receive(message), (line) => launch.log.write(line),
    );
    this.ready = this.untilReady();
  }

  public get isUsable(): boolean {
    return this.runtime.isRunning && !this.hasCrashed && this.killedWith === undefined;
  }

  public async invoke(invocation: EnvironmentInvocation): Promise<InvocationResult> {
    this.launch.log.begin();
    try {
      const initError = await this.ready;
      if (initError) {
        return functionError(initError);
      }
      const outcome = await this.run(invocation);
      if ('serviceError' in outcome) {
        throw outcome.serviceError;
      }
      return 'error' in outcome ? functionError(outcome.error) : { payload: JSON.parse(outcome.payload) };
    } finally {
      await this.launch.log.flush();
    }
  }

  /**
   * Ends the process at once, as a crash of the machine would, and waits until it has ended.
   * @param answer the response to the running event; ignored if the process was killed before
   */
  public async kill(answer: KillAnswer = 'function-error'): Promise<void> {
    this.killedWith ??= answer;
    await this.runtime.kill();
  }

  private async untilReady(): Promise<FunctionErrorPayload | undefined> {
    const limit = setTimeout(() => {
      this.settleReady?.(initTimedOut(INIT_TIMEOUT_MS / 1000));
      void this.kill();
    }, INIT_TIMEOUT_MS);
    const settled = new Promise<FunctionErrorPayload | undefined>((resolve) => {
      this.settleReady = resolve;
    });
    // If the process exits before it is ready, `run` reports the exit for the first event.
    const error = await Promise.race([settled, this.runtime.exited.then(() => undefined)]);
    clearTimeout(limit);
    return error;
  }

  private async run(invocation: EnvironmentInvocation): Promise<Outcome> {
    const { requestId, functionArn, payload, timeoutSeconds, killAfterMs, killAnswer } = invocation;
    const { clock } = this.env;
    const timeout = timeoutSeconds * 1000;
    const timer = new AbortController();
    const answered = new Promise<Outcome>((resolve) => {
      this.settle = resolve;
    });
    const exited = this.runtime.exited.then(() => this.outcomeOfExit(requestId));
    const expired = clock.sleep(timeout, timer.signal).then(() => undefined);
    expired.catch(() => undefined);

    this.runtime.send({ requestId, functionArn, deadline: clock.now() + timeout, time: this.readClock(), payload });
    // An immediate kill uses no timer, because a short event might end before the timer fires.
    if (killAfterMs === 0) {
      void this.kill(killAnswer);
    } else if (killAfterMs !== undefined) {
      clock.sleep(killAfterMs, timer.signal).then(() => this.kill(killAnswer), () => undefined);
    }
    const outcome = await Promise.race([answered, exited, expired]);
    timer.abort();
    if (outcome) {
      return outcome;
    }

    await this.kill();
    this.launch.log.write(`${new Date(clock.now()).toISOString()} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`);
    return { error: timedOut(requestId, timeoutSeconds) };
  }

  private readClock(): ClockReading {
    return { realEpoch: performance.timeOrigin + performance.now(), clockEpoch: this.env.clock.now() };
  }

  private outcomeOfExit(requestId: string): Outcome {
    if (this.killedWith === 'service-error') {
      return { serviceError: environmentLost() };
    }
    return { error: runtimeExited(requestId, this.runtime.exitCode, this.runtime.signal) };
  }

  private receive(message: RuntimeMessage): void {
    switch (message.type) {
      case 'ready':
        this.settleReady?.();
        break;
      case 'log':
        this.launch.log.write(message.line);
        break;
      case 'succeeded':
        this.settle?.({ payload: message.payload });
        break;
      case 'crashed':
        this.hasCrashed = true;
        this.settleReady?.(message.error);
        this.settle?.({ error: message.error });
        break;
      case 'failed':
        this.settle?.({ error: message.error });
        break;
    }
  }
}
