import { type LineId, NEVER_OBSERVED, type UnverifiedLine } from './lines';

/** The result of a run for the assumption in one row of docs/unverified.md. */
export interface Observation {
  readonly kind: 'confirmed' | 'otherwise' | 'not observed';
  /** The observed behaviour, or the reason why nothing was observed. */
  readonly details: string;
}

/** Collects the observations of a run, one for each row of docs/unverified.md. */
export class Observations {
  private readonly byLine = new Map<LineId, Observation>();

  /** Records whether the assumption in a row holds. Never overwrites an observation that contradicts the assumption. */
  public note(line: LineId, isAsAssumed: boolean, details: string): void {
    if (this.byLine.get(line)?.kind !== 'otherwise') {
      this.byLine.set(line, { kind: isAsAssumed ? 'confirmed' : 'otherwise', details });
    }
  }

  /** Records why the run could not test the assumption in a row. Does nothing if the row already has an observation. */
  public miss(line: LineId, reason: string): void {
    if (!this.byLine.has(line)) {
      this.byLine.set(line, { kind: 'not observed', details: reason });
    }
  }

  public of(line: LineId): Observation {
    return this.byLine.get(line) ?? { kind: 'not observed', details: NEVER_OBSERVED[line] ?? 'the run ended before the test' };
  }
}

/** Returns the text that a run prints: the observation for each row of docs/unverified.md, and the number of rows with each kind of observation. */
export function reportOf(lines: readonly UnverifiedLine[], observations: Observations): string {
  const rows = lines.map(({ id, assumption }) => {
    const { kind, details } = observations.of(id);
    return `${id.padEnd(5)}${plain(assumption)}\n    ${kind}: ${details}`;
  });
  const count = (kind: string) => lines.filter(({ id }) => observations.of(id).kind === kind).length;
  return [...rows, `${count('confirmed')} confirmed, ${count('otherwise')} otherwise, ${count('not observed')} not observed`].join('\n');
}

function plain(markdown: string): string {
  return markdown.replace(/`/g, '').trim();
}
