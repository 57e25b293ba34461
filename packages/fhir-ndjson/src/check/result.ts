import type { ProblemCode, Severity } from './problems';

/** A place in the data set. */
export interface Place {
  /** The name of the file, as given to `DataSetCheck.file`. */
  readonly file: string;
  /** The number of the line, from 1. */
  readonly line?: number;
}

/** A problem at a place. */
export interface Finding {
  readonly code: ProblemCode;
  readonly place: Place;
  /** The first place of the id, if the problem is a repeated id. */
  readonly other?: Place;
  /** The id, type or reference, at most 200 characters of it. This may be patient data, so it is shown only on request. */
  readonly value?: string;
}

export interface CheckResult {
  readonly files: readonly FileSummary[];
  /** The resources that are not known to be rejected, by type, in alphabetical order. */
  readonly types: readonly { readonly type: string; readonly count: number }[];
  /** The number of resources that are not known to be rejected. Lines that were not checked don't count. */
  readonly resources: number;
  /** The size of all files that HealthLake doesn't ignore. */
  readonly bytes: number;
  /** All problems, the most severe first, and then the most frequent. */
  readonly problems: readonly ProblemSummary[];
}

export interface FileSummary {
  readonly file: string;
  readonly bytes: number;
  readonly lines: number;
  /** The number of lines that are known to be rejected. */
  readonly rejected: number;
  readonly isIgnored: boolean;
}

/** All findings of a problem. */
export interface ProblemSummary {
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** The number of findings. A file that is pretty-printed or an array counts once. A missing target counts once. */
  readonly count: number;
  /** The number of files with this problem. A missing target counts for the file that refers to it first. */
  readonly files: number;
  /** The first findings. */
  readonly first: readonly Finding[];
}
