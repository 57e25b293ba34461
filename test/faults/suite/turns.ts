/** Lets work be done at the same time, or one piece alone. */
export class Turns {
  private running = 0;
  private alones = 0;
  private wake: (() => void)[] = [];

  /** As soon as nothing is, or waits to be, done alone. */
  public async together<T>(work: () => Promise<T>): Promise<T> {
    while (this.alones > 0) {
      await this.change();
    }
    return this.run(work);
  }

  /** As soon as nothing else is done any more. */
  public async alone<T>(work: () => Promise<T>): Promise<T> {
    this.alones += 1;
    try {
      while (this.running > 0) {
        await this.change();
      }
      return await this.run(work);
    } finally {
      this.alones -= 1;
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
