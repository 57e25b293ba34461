import type { Pace } from '../options';
import type { Clock } from '../ports';

/** A job that is ahead of its pace by less than this time waits only at its end. */
const SHORTEST_WAIT_MS = 100;

/** Slows a job down to its pace, and spreads the waits evenly over the job. */
export class Pacer {
  private readonly startedAt: number;

  public constructor(private readonly clock: Clock, private readonly pace: Pace, private readonly signal: AbortSignal) {
    this.startedAt = clock.now();
  }

  public elapsedMs(): number {
    return this.clock.now() - this.startedAt;
  }

  /** Waits until the pace allows this number of resources and this fraction (0 to 1) of the job. Returns whether it waited. */
  public async reach(resources: number, share: number): Promise<boolean> {
    const due = Math.max(resources / this.pace.resourcesPerSecond * 1000, share * this.pace.minimumDurationMs);
    const waitMs = due - this.elapsedMs();
    if (waitMs <= 0 || (waitMs < SHORTEST_WAIT_MS && share < 1)) {
      return false;
    }
    await this.clock.sleep(waitMs, this.signal);
    return true;
  }
}
