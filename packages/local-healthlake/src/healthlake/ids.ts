import { createHash } from 'node:crypto';

/** Makes ids of 32 hex digits, as data stores and jobs have them. */
export class Ids {
  private count = 0;

  public constructor(private readonly seed: string) {}

  public next(): string {
    this.count += 1;
    return createHash('sha256').update(`${this.seed}/${this.count}`).digest('hex').slice(0, 32);
  }
}
