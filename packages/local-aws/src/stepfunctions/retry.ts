import { createHash } from 'node:crypto';
import { matchesError } from './language/state-error';
import type { Retrier } from './language/states';

/** Counts the attempts of one stay in a state. */
export class RetryBudget {
  private readonly attempts = new Map<Retrier, number>();

  /** @param seed the same one gives the same delays under the jitter strategy FULL */
  public constructor(private readonly retriers: readonly Retrier[] = [], private readonly seed = '') {}

  /** How many seconds to wait before the next attempt; undefined if there is none. */
  public next(error: string): number | undefined {
    const retrier = this.retriers.find(({ ErrorEquals }) => matchesError(ErrorEquals, error));
    if (!retrier) {
      return undefined;
    }
    const { IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2, MaxDelaySeconds = Infinity, JitterStrategy = 'NONE' } = retrier;
    const attempt = this.attempts.get(retrier) ?? 0;
    if (attempt >= MaxAttempts) {
      return undefined;
    }
    this.attempts.set(retrier, attempt + 1);
    const delay = Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);
    return JitterStrategy === 'FULL' ? delay * fraction(`${this.seed}/${this.retriers.indexOf(retrier)}/${attempt}`) : delay;
  }
}

/** From 0 to 1, spread like a random number. */
function fraction(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE() / 2 ** 32;
}
