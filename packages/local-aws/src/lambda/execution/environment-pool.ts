import type { EnvironmentInvocation, ExecutionEnvironment } from './execution-environment';
import { ServiceError, type InvocationResult } from '../../contract';
import type { KillAnswer } from '../faults';

/** The maximum number of execution environments of a function. Further events wait until an environment is free. */
const MAX_ENVIRONMENTS = 10;

/** Manages the execution environments of a function. */
export class EnvironmentPool {
  private readonly environments = new Set<ExecutionEnvironment>();
  private readonly idle: ExecutionEnvironment[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly running = new Set<Promise<unknown>>();
  private taken = 0;
  private isRetired = false;
  private isClosed = false;

  public constructor(private readonly start: () => Promise<ExecutionEnvironment>) {}

  /** Runs the event in an idle environment, or in a new environment if none is idle. */
  public async run(invocation: EnvironmentInvocation): Promise<InvocationResult> {
    const run = this.runInSlot(invocation);
    this.running.add(run);
    try {
      return await run;
    } finally {
      this.running.delete(run);
    }
  }

  /** Kills the processes of all environments, even in the middle of an event. The next event starts a new process. */
  public async kill(answer?: KillAnswer): Promise<void> {
    await Promise.all([...this.environments].map((environment) => environment.kill(answer)));
  }

  /** Completes the running events, then ends all processes. Resolves when all processes have ended. */
  public async retire(): Promise<void> {
    this.isRetired = true;
    await Promise.all(this.idle.splice(0).map((environment) => this.discard(environment)));
    await Promise.allSettled(this.running);
  }

  /** Kills the processes of all environments and rejects waiting events. */
  public async close(): Promise<void> {
    this.isClosed = true;
    await this.kill();
    await this.retire();
  }

  private async runInSlot(invocation: EnvironmentInvocation): Promise<InvocationResult> {
    if (this.taken >= MAX_ENVIRONMENTS) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.taken += 1;
    }
    try {
      const environment = await this.acquire();
      try {
        return await environment.invoke(invocation);
      } finally {
        await this.release(environment);
      }
    } finally {
      const next = this.waiting.shift();
      if (next) {
        next();
      } else {
        this.taken -= 1;
      }
    }
  }

  private async acquire(): Promise<ExecutionEnvironment> {
    for (let warm = this.idle.pop(); warm; warm = this.idle.pop()) {
      if (warm.isUsable) {
        return warm;
      }
      await this.discard(warm);
    }
    this.refuseIfClosed();
    const environment = await this.start();
    this.environments.add(environment);
    if (this.isClosed) {
      await this.discard(environment);
    }
    this.refuseIfClosed();
    return environment;
  }

  private async release(environment: ExecutionEnvironment): Promise<void> {
    if (environment.isUsable && !this.isRetired) {
      this.idle.push(environment);
    } else {
      await this.discard(environment);
    }
  }

  private async discard(environment: ExecutionEnvironment): Promise<void> {
    await environment.kill();
    this.environments.delete(environment);
  }

  private refuseIfClosed(): void {
    if (this.isClosed) {
      throw new ServiceError('ServiceException', 'the local Lambda is closed', 500);
    }
  }
}
