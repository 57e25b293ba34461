import type { Pace } from '../options';
import type { Clock } from '../ports';

/** Shorter waits are left to add up. */
const SHORTEST_WAIT_MS = 100;

/** Makes a job last as long as its pace says, and spreads the time evenly over the work. */
export class Pacer {
  public readonly startedAt: number;

  public constructor(private readonly clock: Clock, private readonly pace: Pace, private readonly signal: AbortSignal) {
    this.startedAt = clock.now();
  }

  public elapsedMs(): number {
    return this.clock.now() - this.startedAt;
  }

  /** Waits until so many resources, which are such a share (0 to 1) of the work, may be done. Tells whether it had to. */
  public async reach(resources: number, share: number): Promise<boolean> {
    const due = Math.max(resources / this.pace.resourcesPerSecond * 1000, share * this.pace.minimumDurationMs);
    const wait = due - this.elapsedMs();
    if (wait <= 0 || (wait < SHORTEST_WAIT_MS && share < 1)) {
      return false;
    }
    await this.clock.sleep(wait, this.signal);
    return true;
  }
}
