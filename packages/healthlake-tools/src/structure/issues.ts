import type { StructureCode } from './problems';

/** A problem of one resource. */
export interface Issue {
  readonly code: StructureCode;
  /** The path of the value, such as `Patient.contact[0].gender`. It has no values of the data. */
  readonly location: string;
  /** The details of the problem. They may quote patient data. */
  readonly value?: string;
}

const MAX_VALUE_LENGTH = 200;

/** The problems that cause others at the same location and below it. */
const CAUSES: ReadonlySet<StructureCode> = new Set(['structure-array', 'structure-empty', 'structure-type']);

/** Collects the problems of one resource. Leaves out repeats, and problems that another one causes. */
export class Issues {
  private readonly found = new Map<string, Issue>();
  private readonly causes = new Set<string>();

  public add(issue: Issue): void {
    const key = `${issue.code} ${issue.location}`;
    if (this.found.has(key) || this.isConsequence(issue.location)) {
      return;
    }
    this.found.set(key, { ...issue, value: issue.value?.slice(0, MAX_VALUE_LENGTH) });
    if (CAUSES.has(issue.code)) {
      this.causes.add(issue.location);
    }
  }

  public get all(): Issue[] {
    return [...this.found.values()];
  }

  private isConsequence(location: string): boolean {
    for (let end = location.length; end > 0; end = Math.max(location.lastIndexOf('.', end - 1), location.lastIndexOf('[', end - 1))) {
      if (this.causes.has(location.slice(0, end))) {
        return true;
      }
    }
    return false;
  }
}
