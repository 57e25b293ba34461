import { setMaxListeners } from 'node:events';
import type { Clock } from './service';

/** The longest delay of a Node timer. Node fires a timer with a longer delay at once, so a longer sleep needs several timers. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * A clock that starts at the real time and runs `scale` times faster. Its timers keep the process alive: if `close()` is forgotten, the process
 * hangs instead of ending early.
 */
export class ScaledClock implements Clock {
  private readonly startedAt = Date.now();
  private readonly origin = performance.now();
  private readonly sleepers = new Set<() => void>();
  private skipped = 0;
  private readonly closing = new AbortController();

  public constructor(public readonly scale: number = 1) {
    setMaxListeners(0, this.closing.signal); // each sleep adds a listener
    if (!(scale > 0 && Number.isFinite(scale))) {
      throw new Error(`time scale ${scale} is not a positive number, give 1 for real time or e.g. 60 for a minute per second`);
    }
  }

  public now(): number {
    return this.startedAt + this.skipped + (performance.now() - this.origin) * this.scale;
  }

  /**
   * Advances the clock by `ms` at once. Call it only while no function runs: a running function would time out, because its own timers
   * don't advance.
   *
   * @throws if the clock runs in real time, because functions then use the machine's clock.
   */
  public skip(ms: number): void {
    if (this.scale === 1) {
      throw new Error('a clock in real time can\'t skip time, give it a time scale, e.g. 60');
    }
    this.skipped += ms;
    [...this.sleepers].forEach((wake) => wake());
  }

  public async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal) {
      setMaxListeners(0, signal); // each sleep adds a listener
    }
    const until = this.now() + ms;
    do {
      await this.timer(Math.min(Math.max(0, (until - this.now()) / this.scale), LONGEST_TIMER_MS), signal);
    } while (this.now() < until);
  }

  /** Rejects all pending and later sleeps. */
  public close(): void {
    this.closing.abort(new Error('the clock is closed'));
  }

  private timer(ms: number, signal?: AbortSignal): Promise<void> {
    const signals = signal ? [this.closing.signal, signal] : [this.closing.signal];
    return new Promise((resolve, reject) => {
      const abort = (): void => finish(() => reject(signals.find((s) => s.aborted)?.reason));
      const wake = (): void => finish(resolve);
      const timer = setTimeout(wake, ms);
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.sleepers.delete(wake);
        signals.forEach((s) => s.removeEventListener('abort', abort));
        settle();
      };
      this.sleepers.add(wake);
      signals.forEach((s) => s.addEventListener('abort', abort));
      if (signals.some((s) => s.aborted)) {
        abort();
      }
    });
  }
}
