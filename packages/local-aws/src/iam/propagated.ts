import type { Clock } from '../contract';

/** A value whose changes take effect after a delay, as in IAM. */
export class Propagated<T> {
  private readonly versions: { readonly value: T; readonly effectiveAt: number }[];

  public constructor(private readonly clock: Clock, private readonly delayMs: number, value: T) {
    this.versions = [this.version(value)];
  }

  /** The newest value, even if it is not in effect yet. */
  public get latest(): T {
    return this.versions[this.versions.length - 1].value;
  }

  /** The newest value in effect; undefined until the first value takes effect. */
  public get effective(): T | undefined {
    const now = this.clock.now();
    return this.versions.filter((version) => version.effectiveAt <= now).pop()?.value;
  }

  public set(value: T): void {
    const inEffect = this.effective;
    const superseded = this.versions.findIndex((version) => version.value === inEffect);
    if (superseded > 0) {
      this.versions.splice(0, superseded);
    }
    this.versions.push(this.version(value));
  }

  private version(value: T): { readonly value: T; readonly effectiveAt: number } {
    return { value, effectiveAt: this.clock.now() + this.delayMs };
  }
}
