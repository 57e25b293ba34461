import type { Retrier } from './definition';
import { matchesError } from './state-error';

/** Counts the attempts of one stay in a state. */
export class RetryBudget {
  private readonly attempts = new Map<Retrier, number>();

  public constructor(private readonly retriers: readonly Retrier[] = []) {}

  /** How many seconds to wait before the next attempt; undefined if there is none. */
  public next(error: string): number | undefined {
    const retrier = this.retriers.find(({ ErrorEquals }) => matchesError(ErrorEquals, error));
    if (!retrier) return undefined;
    const { IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2, MaxDelaySeconds = Infinity } = retrier;
    const attempt = this.attempts.get(retrier) ?? 0;
    if (attempt >= MaxAttempts) return undefined;
    this.attempts.set(retrier, attempt + 1);
    return Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);
  }
}
