import { PROBLEMS, type ProblemCode, type Severity } from './problems';
import type { Finding, ProblemSummary } from './result';

const SEVERITIES: readonly Severity[] = ['rejected', 'warning', 'info'];
const CODES = Object.keys(PROBLEMS);
const MAX_VALUE_LENGTH = 200;

interface Entry {
  count: number;
  files: number;
  readonly first: Finding[];
}

/** Counts findings, and keeps the first ones of each problem. */
export class Findings {
  private readonly entries = new Map<ProblemCode, Entry>();

  public constructor(private readonly first: number) {}

  /** Adds a finding. `isNewFile` says whether it is the first finding of this problem in its file. */
  public add(finding: Finding, isNewFile: boolean): void {
    const entry = this.entries.get(finding.code) ?? { count: 0, files: 0, first: [] };
    this.entries.set(finding.code, entry);
    entry.count += 1;
    entry.files += isNewFile ? 1 : 0;
    if (entry.first.length < this.first) {
      entry.first.push({ ...finding, ...(finding.value === undefined ? {} : { value: copyOf(finding.value) }) });
    }
  }

  public summaries(): ProblemSummary[] {
    return sorted([...this.entries].map(([code, entry]) => ({ code, severity: PROBLEMS[code].severity, ...entry, first: [...entry.first] })));
  }
}

/** Sorts problems: the most severe first, and then the most frequent. */
export function sorted(problems: readonly ProblemSummary[]): ProblemSummary[] {
  const rank = ({ severity }: ProblemSummary): number => SEVERITIES.indexOf(severity);
  return [...problems].sort((a, b) => rank(a) - rank(b) || b.count - a.count || CODES.indexOf(a.code) - CODES.indexOf(b.code));
}

/** Copies the start of a text. Without the copy, a part of a line keeps the whole line in memory. */
export function copyOf(text: string): string {
  return Buffer.from(text.slice(0, MAX_VALUE_LENGTH)).toString();
}
