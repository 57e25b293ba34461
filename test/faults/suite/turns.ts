/** Runs work at the same time, or one piece alone. */
export class Turns {
  private running = 0;
  private waitingAlone = 0;
  private wake: (() => void)[] = [];

  /** Runs work beside other work, as soon as nothing runs or waits to run alone. */
  public async together<T>(work: () => Promise<T>): Promise<T> {
    while (this.waitingAlone > 0) {
      await this.change();
    }
    return this.run(work);
  }

  /** Runs work as soon as nothing else runs. */
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
