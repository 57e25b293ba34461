import { type LineId, NEVER_OBSERVED } from './lines';

/** What was seen of one line. */
export interface Sighting {
  readonly kind: 'confirmed' | 'otherwise' | 'not observed';
  readonly saw: string;
}

/** What a run has seen so far, by line. */
export class Sightings {
  private readonly seen = new Map<LineId, Sighting>();

  /** Notes what was seen; of several sightings of a line the one that disagrees with what we assume stays. */
  public note(line: LineId, asAssumed: boolean, saw: string): void {
    if (this.seen.get(line)?.kind !== 'otherwise') {
      this.seen.set(line, { kind: asAssumed ? 'confirmed' : 'otherwise', saw });
    }
  }

  /** Notes why a line could not be seen, unless it was. */
  public miss(line: LineId, why: string): void {
    if (!this.seen.has(line)) {
      this.seen.set(line, { kind: 'not observed', saw: why });
    }
  }

  public of(line: LineId): Sighting {
    return this.seen.get(line) ?? { kind: 'not observed', saw: NEVER_OBSERVED[line] ?? 'the run did not come that far' };
  }
}
