/** A shared/exclusive lock for asynchronous tasks: tasks run at the same time, or one task runs alone. */
export class Turns {
  private running = 0;
  private waitingAlone = 0;
  private wake: (() => void)[] = [];

  /** Runs a task at the same time as others. Waits first if another task runs alone or waits to run alone. */
  public async together<T>(work: () => Promise<T>): Promise<T> {
    while (this.waitingAlone > 0) {
      await this.change();
    }
    return this.run(work);
  }

  /** Runs a task alone, as soon as no other task runs. */
  public async alone<T>(work: () => Promise<T>): Promise<T> {
    this.waitingAlone += 1;
    try {
      while (this.running > 0) {
        await this.change();
      }
      return await this.run(work);
    } finally {
      this.waitingAlone -= 1;
      this.notify();
    }
  }

  private async run<T>(work: () => Promise<T>): Promise<T> {
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.notify();
    }
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.wake.push(resolve));
  }

  private notify(): void {
    this.wake.splice(0).forEach((wake) => wake());
  }
}
